//! The XML of Burp's "Save items".

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{raw_http::read_raw_http, request::Captured};
use crate::failure::Failure;

pub(super) fn looks_like_burp(text: &str) -> bool {
    text.starts_with('<') && text.contains("<items") && text.contains("<request")
}

pub(super) fn read_burp(text: &str) -> Result<Vec<Captured>, Failure> {
    let mut requests = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("<request") {
        let (attributes, after) = rest[start..].split_once('>').unwrap_or_default();
        let (content, after) = after.split_once("</request>").ok_or_else(|| {
            Failure::usage("Burp's XML ends within a request: save the items once more")
        })?;
        rest = after;
        let content = character_data(content);
        let request = if attributes.contains("base64=\"true\"") {
            STANDARD.decode(content.trim()).map_err(|error| {
                Failure::usage(format!(
                    "Burp's XML says that a request is base64, and it is not ({error})"
                ))
            })?
        } else {
            content.into_bytes()
        };
        requests.push(read_raw_http(&request)?);
    }
    Ok(requests)
}

fn character_data(content: &str) -> String {
    let unquoted = content
        .trim()
        .strip_prefix("<![CDATA[")
        .and_then(|content| content.strip_suffix("]]>"));
    match unquoted {
        Some(content) => content.to_owned(),
        None => [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(content.to_owned(), |text, (entity, character)| {
            text.replace(entity, character)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_base64_and_as_text() {
        let base64 = STANDARD.encode("POST /a HTTP/1.1\r\nHost: h\r\n\r\na=b");
        let xml = format!(
            "<?xml version=\"1.0\"?><items burpVersion=\"2025.1\"><item>\
             <request base64=\"true\"><![CDATA[{base64}]]></request></item><item>\
             <request base64=\"false\">POST /b HTTP/1.1\nHost: h\n\na=b&amp;c=d</request></item></items>"
        );
        assert!(looks_like_burp(&xml));
        let all = read_burp(&xml).unwrap();
        assert_eq!((all.len(), &all[0].parts.uri), (2, &"/a".parse().unwrap()));
        assert_eq!(all[1].body(), b"a=b&c=d");
        assert!(read_burp("<items><request>").is_err());
    }
}
