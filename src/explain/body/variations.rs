use std::borrow::Cow;

use crate::explain::body::decompression::decompress;
use crate::explain::body::json::{JsonEscapes, JsonLayout, JsonText};
use crate::explain::cause::Cause;
use crate::explain::ranked::Variations;
use crate::explain::url::query as query_variations;

/// More than there are kinds of change.
const MAX_BODIES: usize = 40;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A body as it may have been when it was signed, and what has happened to it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::explain) struct BodyVariation<'a> {
    pub(in crate::explain) content: Cow<'a, [u8]>,
    pub(in crate::explain) cause: Option<Cause>,
}

/// The bodies that may have been signed byte for byte.
pub(in crate::explain) fn body_variations(body: &[u8]) -> Bodies<'_> {
    let mut bodies = Bodies(Variations::at_most(MAX_BODIES));
    bodies.add(0, None, body);
    if let Some(decompressed) = decompress(body) {
        bodies.add(1, Some(Cause::Compressed), decompressed);
    }
    bodies.add_line_breaks(body);
    bodies.add_json(body);
    bodies.add_form(body);
    bodies
}

pub(in crate::explain) struct Bodies<'a>(Variations<BodyVariation<'a>>);

impl<'a> Bodies<'a> {
    pub(in crate::explain) fn iter(&self) -> impl Iterator<Item = (usize, &BodyVariation<'a>)> {
        self.0.iter().map(|ranked| (ranked.rank, &ranked.value))
    }

    /// The same bytes under one cause are enough.
    fn add(&mut self, rank: usize, cause: Option<Cause>, content: impl Into<Cow<'a, [u8]>>) {
        let content = content.into();
        if self.0.values().all(|known| known.content != content) {
            self.0.add(rank, BodyVariation { content, cause });
        }
    }

    fn add_line_breaks(&mut self, body: &'a [u8]) {
        let cause = Some(Cause::LineBreak);
        self.add(1, cause, body.strip_suffix(b"\n").unwrap_or(body));
        self.add(1, cause, body.trim_ascii_end());
        self.add(1, cause, [body, b"\n"].concat());
        self.add(2, cause, body.trim_ascii());
        self.add(2, cause, [body, b"\r\n"].concat());
        let unmarked = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        self.add(1, Some(Cause::ByteOrderMark), unmarked);
        let line_feeds = with_line_feeds(body);
        let cause = Some(Cause::LineEndings);
        self.add(2, cause, with_carriage_returns(&line_feeds));
        self.add(2, cause, line_feeds);
    }

    /// A form that is signed byte for byte, with its pairs reordered or encoded in another way.
    fn add_form(&mut self, body: &[u8]) {
        let text = std::str::from_utf8(body).unwrap_or_default();
        if !text.contains('=') || text.starts_with(['{', '[', '<']) {
            return;
        }
        let mut rewritten = Variations::at_most(MAX_BODIES);
        query_variations::add_with_rewritings(&mut rewritten, 0, &format!("?{text}"));
        let pairs = text.matches('&').count();
        for variation in rewritten.iter() {
            let form = variation.value.trim_start_matches('?');
            if !form.is_empty() && form.matches('&').count() == pairs {
                let content = form.as_bytes().to_vec();
                self.add(variation.rank.max(1), Some(Cause::FormEncoding), content);
            }
        }
    }

    fn add_json(&mut self, body: &[u8]) {
        let text = std::str::from_utf8(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body));
        let Some(mut json) = text.ok().and_then(JsonText::parse) else {
            return;
        };
        if matches!(json, JsonText::Scalar(_)) {
            return;
        }
        for (layout, rank) in LAYOUTS {
            let written = json.write(layout, JsonEscapes::AsTheyAre);
            self.add(rank, Some(Cause::JsonLayout), with_last_line(&written));
            self.add(rank, Some(Cause::JsonLayout), written.into_bytes());
        }
        for escapes in [
            JsonEscapes::AsciiOnly,
            JsonEscapes::Unescaped,
            JsonEscapes::Slashes,
        ] {
            for layout in [JsonLayout::Compact, JsonLayout::Spaced] {
                let written = json.write(layout, escapes).into_bytes();
                self.add(2, Some(Cause::JsonEscapes), written);
            }
        }
        json.sort();
        for (layout, rank) in LAYOUTS {
            let written = json.write(layout, JsonEscapes::AsTheyAre).into_bytes();
            self.add(rank.max(1), Some(Cause::JsonKeyOrder), written);
        }
    }
}

const LAYOUTS: [(JsonLayout, usize); 4] = [
    (JsonLayout::Compact, 1),
    (JsonLayout::Spaced, 1),
    (JsonLayout::Indented(2), 2),
    (JsonLayout::Indented(4), 3),
];

fn with_last_line(text: &str) -> Vec<u8> {
    [text, "\n"].concat().into_bytes()
}

pub(in crate::explain) fn with_line_feeds(text: &[u8]) -> Vec<u8> {
    let mut rewritten = Vec::with_capacity(text.len());
    for (index, &byte) in text.iter().enumerate() {
        if byte != b'\r' || text.get(index + 1) != Some(&b'\n') {
            rewritten.push(byte);
        }
    }
    rewritten
}

pub(in crate::explain) fn with_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut rewritten = Vec::with_capacity(text.len());
    for &byte in text {
        if byte == b'\n' {
            rewritten.push(b'\r');
        }
        rewritten.push(byte);
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause_of(arrived: &[u8], signed: &[u8]) -> Option<Cause> {
        let bodies = body_variations(arrived);
        let found = bodies.iter().find(|(_, body)| *body.content == *signed);
        found
            .unwrap_or_else(|| panic!("{signed:?} is not tried"))
            .1
            .cause
    }

    fn is_tried(arrived: &str, signed: &str) -> bool {
        let bodies = body_variations(arrived.as_bytes());
        bodies
            .iter()
            .any(|(_, body)| *body.content == *signed.as_bytes())
    }

    #[test]
    fn a_form_alone_is_written_as_a_form_and_keeps_its_pairs() {
        for (arrived, signed) in [
            ("a=b+c", "a=b%20c"),
            ("a=1&b=2&c=3", "c=3&b=2&a=1"),
            ("=1&b=2", "b=2&=1"),
        ] {
            assert!(is_tried(arrived, signed), "{arrived}");
        }
        for (arrived, signed) in [
            ("b+c", "b%20c"),
            (r#"{"a":"b+c=d"}"#, r#"{"a":"b%20c=d"}"#),
            ("[\"b+c=d\"]", "[\"b%20c=d\"]"),
            ("<a b=\"c+d\">", "<a b=\"c%20d\">"),
            ("a=1&b=2&c=3", "a=1&b=2"),
            ("a=1&b=2&c=3", "a=1&c=3"),
            ("a=1&b=2", ""),
        ] {
            assert!(!is_tried(arrived, signed), "{arrived}");
        }
    }

    #[test]
    fn likelier_changes_are_tried_first() {
        for (arrived, signed, rank) in [
            ("{}", "{}", 0),
            ("{}\n", "{}", 1),
            (" a", "a", 2),
            (r#"{"b":1,"a":2}"#, r#"{"b": 1, "a": 2}"#, 1),
            (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#, 1),
            (r#"{"b":1}"#, "{\n  \"b\": 1\n}", 2),
            (r#"{"b":1}"#, "{\n    \"b\": 1\n}", 3),
            (r#"{"b":"/"}"#, r#"{"b":"\/"}"#, 2),
            ("b=1&a=2", "a=2&b=1", 1),
            ("c=1&a=2&b=3", "b=3&a=2&c=1", 2),
        ] {
            let bodies = body_variations(arrived.as_bytes());
            let found = bodies
                .iter()
                .find(|(_, body)| *body.content == *signed.as_bytes());
            assert_eq!(found.map(|(rank, _)| rank), Some(rank), "{arrived}");
        }
    }

    #[test]
    fn each_change_on_the_way_is_undone() {
        for (arrived, signed, cause) in [
            ("{}", "{}", None),
            ("{}\n", "{}", Some(Cause::LineBreak)),
            ("{}", "{}\n", Some(Cause::LineBreak)),
            ("\u{feff}{}", "{}", Some(Cause::ByteOrderMark)),
            ("a\r\nb", "a\nb", Some(Cause::LineEndings)),
            ("a\nb", "a\r\nb", Some(Cause::LineEndings)),
            ("a=b+c", "a=b%20c", Some(Cause::FormEncoding)),
            ("b=%2b&a=1", "a=1&b=%2b", Some(Cause::FormEncoding)),
            (
                r#"{"a":1,"b":2}"#,
                r#"{"a": 1, "b": 2}"#,
                Some(Cause::JsonLayout),
            ),
            (r#"{"a": 1}"#, "{\"a\":1}\n", Some(Cause::JsonLayout)),
            ("a\r\nb\rc\r", "a\nb\rc\r", Some(Cause::LineEndings)),
            (
                r#"{"b":1,"a":2}"#,
                r#"{"a":2,"b":1}"#,
                Some(Cause::JsonKeyOrder),
            ),
            (
                r#"{"a":"é"}"#,
                r#"{"a":"\u00e9"}"#,
                Some(Cause::JsonEscapes),
            ),
        ] {
            assert_eq!(
                cause_of(arrived.as_bytes(), signed.as_bytes()),
                cause,
                "{arrived}"
            );
        }
    }
}
