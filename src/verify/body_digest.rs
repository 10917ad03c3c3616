//! The `bodySHA256` of a URL's query, which covers a body (guide "Webhook security").

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::encoding::{Sha256Digest, decode_hex};

/// Whether a URL, or the query of one after its `?`, has a `bodySHA256` at all.
pub(crate) fn names_body_digest(url: &str) -> bool {
    body_digests(url).next().is_some()
}

/// Whether every `bodySHA256` in the URL's query is that of this body; so it is where there is none.
pub(crate) fn body_digests_match(url: &str, body: &[u8]) -> bool {
    let mut named = body_digests(url).peekable();
    if named.peek().is_none() {
        return true;
    }
    let actual: Sha256Digest = Sha256::digest(body).into();
    named.all(|digest| {
        decode_hex(digest.as_bytes()).is_some_and(|named: Sha256Digest| named.ct_eq(&actual).into())
    })
}

fn body_digests(url: &str) -> impl Iterator<Item = &str> {
    let query = url.split_once('?').map(|(_, query)| query);
    query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter_map(|(name, value)| (name == "bodySHA256").then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf %s '{}' | sha256sum
    const DIGEST: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn a_url_without_one_says_nothing() {
        for url in [
            "https://h/bodySHA256=1",
            "https://h/x?xbodySHA256=1&bodysha256=2",
            "https://h/x?",
        ] {
            assert!(!names_body_digest(url), "{url}");
            assert!(body_digests_match(url, b"{}"), "{url}");
        }
    }

    #[test]
    fn hex_of_either_case_is_compared_and_anything_else_differs() {
        for (value, matches) in [
            (DIGEST.to_owned(), true),
            (DIGEST.to_uppercase(), true),
            (String::new(), false),
            (DIGEST[..62].to_owned(), false),
            (DIGEST.replace('4', "5"), false),
        ] {
            let url = format!("https://h/x?a=b&bodySHA256={value}&c");
            assert!(names_body_digest(&url));
            assert_eq!(body_digests_match(&url, b"{}"), matches, "{value}");
        }
    }

    #[test]
    fn each_of_two_must_match() {
        let twice = format!("https://h/x?bodySHA256={DIGEST}&bodySHA256={DIGEST}");
        assert!(body_digests_match(&twice, b"{}"));
        let another = format!("https://h/x?bodySHA256={DIGEST}&bodySHA256");
        assert!(!body_digests_match(&another, b"{}"));
    }
}
