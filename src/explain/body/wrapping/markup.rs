//! A body that is the text of an XML document, or the value of a part of `multipart/form-data`.

use std::borrow::Cow;

use crate::explain::body::{html, multipart};

pub(super) fn is_likely(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    start.starts_with(b"<") || start.starts_with(b"--")
}

/// The longest text that there is.
pub(super) fn content(body: &str) -> Option<Vec<u8>> {
    const CDATA: &str = "<![CDATA[";
    if body.trim_start().starts_with("--") {
        let parts = multipart::pairs(body.as_bytes())?;
        let longest = parts.into_iter().map(|(_, value)| value);
        return longest.max_by_key(|value| value.len()).map(Cow::into_owned);
    }
    if let Some((_, rest)) = body.split_once(CDATA) {
        let (text, _) = rest.split_once("]]>")?;
        return Some(text.as_bytes().to_vec());
    }
    let texts = body
        .split('<')
        .filter_map(|element| element.split_once('>'));
    let (_, longest) = texts.max_by_key(|(_, text)| text.len())?;
    Some(html::unescaped(longest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_text_is_the_body() {
        for body in [
            "<?xml version=\"1.0\"?><m><id>1</id><b>a=1&amp;b=2</b></m>",
            "<m>\n  <![CDATA[a=1&b=2]]>\n</m>",
            "--x\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\na=1&b=2\r\n--x--\r\n",
        ] {
            assert!(is_likely(body.as_bytes()));
            assert_eq!(content(body).as_deref(), Some(&b"a=1&b=2"[..]), "{body}");
        }
        assert_eq!(content("<"), None);
        assert_eq!(content("--x"), None);
    }
}
