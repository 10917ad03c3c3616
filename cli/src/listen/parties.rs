//! Who calls or writes to whom.

use http::{HeaderMap, header::CONTENT_TYPE};
use percent_encoding::percent_decode_str;

use crate::json::Json;

/// Longer ones are not phone numbers.
const AT_MOST: usize = 64;

#[derive(Clone, Debug, Default)]
pub(crate) struct Parties {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Parties {
    pub(super) fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let body = str::from_utf8(body).unwrap_or_default();
        if is_json(headers) {
            return Self::of_json(body);
        }
        Self {
            from: parameter(body, "From"),
            to: parameter(body, "To"),
        }
    }

    fn of_json(body: &str) -> Self {
        let values = Json::all(body).unwrap_or_default();
        let field = |name: &str| {
            let subjects = ["call", "message"].iter();
            let found = values.first().and_then(|value| {
                subjects
                    .filter_map(|subject| value.get(subject))
                    .find_map(|subject| subject.text_of(name))
            });
            short(&found.unwrap_or_default())
        };
        Self {
            from: field("from"),
            to: field("to"),
        }
    }
}

/// The decoded value of a form's parameter; empty where there is none.
pub(super) fn parameter(form: &str, wanted: &str) -> String {
    let found = form
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == wanted);
    found.map_or_else(String::new, |(_, value)| {
        let value = value.replace('+', " ");
        short(&percent_decode_str(&value).decode_utf8_lossy())
    })
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.contains("json"))
}

fn short(text: &str) -> String {
    text.chars().take(AT_MOST).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_parties_are_those_of_a_form_a_call_and_a_message() {
        let mut headers = HeaderMap::new();
        let form = Parties::of(&headers, b"a=b&From=%2B1+x&To=");
        assert_eq!((form.from.as_str(), form.to.as_str()), ("+1 x", ""));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for body in [
            &br#"{"call":{"from":"+1","to":"+2"}}"#[..],
            br#"{"message":{"to":"+2","from":"+1"}}"#,
        ] {
            let json = Parties::of(&headers, body);
            assert_eq!((json.from.as_str(), json.to.as_str()), ("+1", "+2"));
        }
        for body in [&b"{"[..], b"\xff", b"[]", b""] {
            assert_eq!(Parties::of(&headers, body).from, "");
        }
    }
}
