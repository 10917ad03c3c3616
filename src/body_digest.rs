use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::signature::{Sha256Digest, decode_hex};

/// What the `bodySHA256` of a URL's query says of a body (guide "Webhook security").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyDigest {
    Matches,
    Differs,
}

/// Whether a URL, or the query of one behind its `?`, has a `bodySHA256` at all.
pub(crate) fn names_body_digest(url: &str) -> bool {
    body_digests(url).next().is_some()
}

impl BodyDigest {
    /// Holds the body against every `bodySHA256` in the URL's query; `None` where there is none.
    pub(crate) fn of(url: &str, body: &[u8]) -> Option<Self> {
        let mut named = body_digests(url).peekable();
        named.peek()?;
        let actual: Sha256Digest = Sha256::digest(body).into();
        let every_one_matches = named.all(|digest| {
            decode_hex(digest.as_bytes())
                .is_some_and(|named: Sha256Digest| named.ct_eq(&actual).into())
        });
        Some(if every_one_matches {
            Self::Matches
        } else {
            Self::Differs
        })
    }
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
            assert_eq!(BodyDigest::of(url, b"{}"), None, "{url}");
            assert!(!names_body_digest(url));
        }
    }

    #[test]
    fn hex_of_either_case_is_compared_and_anything_else_differs() {
        for (value, verdict) in [
            (DIGEST.to_owned(), BodyDigest::Matches),
            (DIGEST.to_uppercase(), BodyDigest::Matches),
            (String::new(), BodyDigest::Differs),
            (DIGEST[..62].to_owned(), BodyDigest::Differs),
            (DIGEST.replace('4', "5"), BodyDigest::Differs),
        ] {
            let url = format!("https://h/x?a=b&bodySHA256={value}&c");
            assert_eq!(BodyDigest::of(&url, b"{}"), Some(verdict), "{value}");
            assert!(names_body_digest(&url));
        }
    }

    #[test]
    fn each_of_two_must_match() {
        let twice = format!("https://h/x?bodySHA256={DIGEST}&bodySHA256={DIGEST}");
        assert_eq!(BodyDigest::of(&twice, b"{}"), Some(BodyDigest::Matches));
        let another = format!("https://h/x?bodySHA256={DIGEST}&bodySHA256");
        assert_eq!(BodyDigest::of(&another, b"{}"), Some(BodyDigest::Differs));
    }
}
