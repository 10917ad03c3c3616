//! The headers of a request in JSON, in any of the forms in which they are written.

use std::borrow::Cow;

use super::request::check_number_of_headers;
use crate::{failure::Failure, json::Json};

const NAMES: [&str; 5] = [
    "multiValueHeaders",
    "headers",
    "request_headers",
    "requestHeaders",
    "rawHeaders",
];

type Header = (String, Vec<u8>);

pub(super) fn has_headers(json: Json<'_>) -> bool {
    json.first(&NAMES)
        .is_some_and(|headers| !headers.is_empty())
}

/// Names with a value or several, objects or pairs of name and value, a list of lines or of names
/// and values in turn.
pub(super) fn headers_of(json: Json<'_>) -> Result<Vec<Header>, Failure> {
    let Some(headers) = json.first(&NAMES) else {
        return Ok(Vec::new());
    };
    if headers.is_object() {
        let fields = headers.fields();
        check_number_of_headers(fields.len())?;
        return Ok(fields
            .into_iter()
            .flat_map(|(name, value)| values(&name, value))
            .collect());
    }
    let elements = headers.elements();
    check_number_of_headers(elements.len() / 2)?;
    let texts: Option<Vec<_>> = elements.iter().map(|element| element.text()).collect();
    Ok(match texts {
        Some(texts) => listed(&texts),
        None => elements.into_iter().filter_map(paired).collect(),
    })
}

/// One text, several, or as `CloudFront` has them: `[{"key": "Host", "value": "h"}]`.
fn values(name: &str, value: Json<'_>) -> Vec<Header> {
    if let Some(value) = value.text() {
        return vec![header(name, &value)];
    }
    let texts = value
        .elements()
        .into_iter()
        .filter_map(|one| one.text().or_else(|| one.text_of("value")));
    texts.map(|value| header(name, &value)).collect()
}

/// As `["Host: h", …]`, or as `["Host", "h", …]`, which Node.js calls `rawHeaders`.
fn listed(texts: &[Cow<'_, str>]) -> Vec<Header> {
    let lines: Option<Vec<(&str, &str)>> = texts.iter().map(|line| line.split_once(": ")).collect();
    let in_turn = || {
        let (pairs, _) = texts.as_chunks::<2>();
        pairs
            .iter()
            .map(|[name, value]| (&**name, &**value))
            .collect()
    };
    let pairs = lines.unwrap_or_else(in_turn).into_iter();
    pairs.map(|(name, value)| header(name, value)).collect()
}

fn paired(pair: Json<'_>) -> Option<Header> {
    let (name, value) = if pair.is_object() {
        (pair.first(&["name", "key"])?, pair.get("value")?)
    } else {
        let [name, value] = pair.elements()[..] else {
            return None;
        };
        (name, value)
    };
    Some(header(&name.text()?, &value.text()?))
}

fn header(name: &str, value: &str) -> Header {
    (name.to_owned(), value.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_every_form() {
        for headers in [
            r#"{"Host":"h","X-A":["b"]}"#,
            r#"{"Host":[{"key":"Host","value":"h"}],"X-A":[{"value":"b"}]}"#,
            r#"[{"name":"Host","value":"h"},{"name":"X-A","value":"b"}]"#,
            r#"[{"key":"Host","value":"h"},{"key":"X-A","value":"b"}]"#,
            r#"[["Host","h"],["X-A","b"]]"#,
            r#"["Host: h","X-A: b"]"#,
            r#"["Host","h","X-A","b"]"#,
        ] {
            let json = format!(r#"{{"headers":{headers}}}"#);
            let json = Json::all(&json).unwrap()[0];
            assert!(has_headers(json));
            let expected = [header("Host", "h"), header("X-A", "b")];
            assert_eq!(headers_of(json).unwrap(), expected, "{headers}");
        }
        for without in ["{}", r#"{"headers":{}}"#, r#"{"headers":[ ]}"#, "3"] {
            assert!(!has_headers(Json::all(without).unwrap()[0]), "{without}");
        }
    }
}
