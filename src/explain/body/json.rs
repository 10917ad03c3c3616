use std::fmt::Write as _;

/// Deeper than any webhook, and shallow enough for any stack.
const MAX_DEPTH: usize = 128;

/// JSON as it is written: numbers, strings and the order of keys stay the text that they are, so
/// that nothing but the layout changes when it is written again.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::explain) enum JsonText<'a> {
    /// A number, a string with its quotes, `true`, `false` or `null`.
    Scalar(&'a str),
    Array(Vec<JsonText<'a>>),
    /// Keys with their quotes.
    Object(Vec<(&'a str, JsonText<'a>)>),
}

/// How JSON is written by what parses it and writes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum JsonLayout {
    /// `{"a":1,"b":2}`: JavaScript, Rust, Go.
    Compact,
    /// `{"a": 1, "b": 2}`: Python.
    Spaced,
    /// A line each, indented by this many spaces.
    Indented(usize),
}

/// How a string's characters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum JsonEscapes {
    AsTheyAre,
    /// `\u00e9` for é: Python, Ruby, PHP.
    AsciiOnly,
    /// é for `\u00e9`: JavaScript, Rust.
    Unescaped,
    /// `\/` for a slash: PHP.
    Slashes,
}

impl<'a> JsonText<'a> {
    pub(in crate::explain) fn parse(text: &'a str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let value = reader.value(MAX_DEPTH)?;
        reader.skip_white_space();
        reader.rest.is_empty().then_some(value)
    }

    /// The keys of every object in the order of their text.
    pub(in crate::explain) fn sort(&mut self) {
        match self {
            Self::Scalar(_) => {}
            Self::Array(items) => items.iter_mut().for_each(Self::sort),
            Self::Object(members) => {
                members.sort_by_key(|(key, _)| *key);
                for (_, value) in members {
                    value.sort();
                }
            }
        }
    }

    pub(in crate::explain) fn write(&self, layout: JsonLayout, escapes: JsonEscapes) -> String {
        let mut writer = Writer {
            layout,
            escapes,
            text: String::new(),
        };
        writer.value(self, 0);
        writer.text
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip_white_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, character: char) -> bool {
        self.skip_white_space();
        match self.rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<JsonText<'a>> {
        let depth = depth.checked_sub(1)?;
        if self.take('{') {
            return self.object(depth);
        }
        if self.take('[') {
            return self.array(depth);
        }
        if self.rest.starts_with('"') {
            return self.string().map(JsonText::Scalar);
        }
        let end = self
            .rest
            .find(|character: char| {
                !(character.is_ascii_alphanumeric() || "+-.".contains(character))
            })
            .unwrap_or(self.rest.len());
        let (scalar, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!scalar.is_empty()).then_some(JsonText::Scalar(scalar))
    }

    fn object(&mut self, depth: usize) -> Option<JsonText<'a>> {
        let mut members = Vec::new();
        if self.take('}') {
            return Some(JsonText::Object(members));
        }
        loop {
            self.skip_white_space();
            let key = self.string()?;
            if !self.take(':') {
                return None;
            }
            members.push((key, self.value(depth)?));
            if !self.take(',') {
                return self.take('}').then_some(JsonText::Object(members));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<JsonText<'a>> {
        let mut items = Vec::new();
        if self.take(']') {
            return Some(JsonText::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if !self.take(',') {
                return self.take(']').then_some(JsonText::Array(items));
            }
        }
    }

    /// With its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let mut is_escaped = false;
        let inside = self.rest.strip_prefix('"')?;
        let end = inside.find(|character| match character {
            _ if is_escaped => {
                is_escaped = false;
                false
            }
            '\\' => {
                is_escaped = true;
                false
            }
            character => character == '"',
        })?;
        let (string, rest) = self.rest.split_at(end + 2);
        self.rest = rest;
        Some(string)
    }
}

struct Writer {
    layout: JsonLayout,
    escapes: JsonEscapes,
    text: String,
}

impl Writer {
    fn value(&mut self, value: &JsonText<'_>, depth: usize) {
        match value {
            JsonText::Scalar(scalar) => self.scalar(scalar),
            JsonText::Array(items) => self.list(['[', ']'], items, depth, |writer, item, depth| {
                writer.value(item, depth);
            }),
            JsonText::Object(members) => {
                self.list(['{', '}'], members, depth, |writer, (key, value), depth| {
                    writer.scalar(key);
                    writer.text.push(':');
                    if writer.layout != JsonLayout::Compact {
                        writer.text.push(' ');
                    }
                    writer.value(value, depth);
                });
            }
        }
    }

    fn list<T>(
        &mut self,
        [open, close]: [char; 2],
        items: &[T],
        depth: usize,
        write: impl Fn(&mut Self, &T, usize),
    ) {
        self.text.push(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
                if self.layout == JsonLayout::Spaced {
                    self.text.push(' ');
                }
            }
            self.break_line(depth + 1);
            write(self, item, depth + 1);
        }
        if !items.is_empty() {
            self.break_line(depth);
        }
        self.text.push(close);
    }

    fn break_line(&mut self, depth: usize) {
        if let JsonLayout::Indented(spaces) = self.layout {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', depth * spaces));
        }
    }

    fn scalar(&mut self, scalar: &str) {
        match self.escapes {
            JsonEscapes::AsTheyAre => self.text.push_str(scalar),
            JsonEscapes::Slashes => self
                .text
                .push_str(&scalar.replace("\\/", "/").replace('/', "\\/")),
            JsonEscapes::AsciiOnly => self.ascii(scalar),
            JsonEscapes::Unescaped => self.unescaped(scalar),
        }
    }

    fn ascii(&mut self, scalar: &str) {
        for character in scalar.chars() {
            if character.is_ascii() {
                self.text.push(character);
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(self.text, "\\u{unit:04x}")
                    .expect("a String takes whatever is written to it");
            }
        }
    }

    fn unescaped(&mut self, scalar: &str) {
        let mut rest = scalar;
        while let Some(start) = rest.find('\\') {
            self.text.push_str(&rest[..start]);
            rest = &rest[start..];
            let length = if let Some((character, length)) = escaped_character(rest) {
                self.text.push(character);
                length
            } else {
                let length = rest.chars().take(2).map(char::len_utf8).sum();
                self.text.push_str(&rest[..length]);
                length
            };
            rest = &rest[length..];
        }
        self.text.push_str(rest);
    }
}

/// The character of an escape that need not be one, and the escape's length.
fn escaped_character(text: &str) -> Option<(char, usize)> {
    if text.starts_with("\\/") {
        return Some(('/', 2));
    }
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let first = unit(text)?;
    let second = unit(text.get(6..)?);
    let mut units = [Some(first), second].into_iter().flatten();
    let character = char::decode_utf16(&mut units).next()?.ok()?;
    (!character.is_ascii()).then_some((character, 6 * character.len_utf16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, layout: JsonLayout, escapes: JsonEscapes) -> String {
        JsonText::parse(text).unwrap().write(layout, escapes)
    }

    #[test]
    fn each_layout_changes_white_space_alone() {
        let text = r#" {"b":[1.0,{}, []],"a" : {"c":"x, y: \"z\""}} "#;
        let same = JsonEscapes::AsTheyAre;
        assert_eq!(
            written(text, JsonLayout::Compact, same),
            r#"{"b":[1.0,{},[]],"a":{"c":"x, y: \"z\""}}"#
        );
        assert_eq!(
            written(text, JsonLayout::Spaced, same),
            r#"{"b": [1.0, {}, []], "a": {"c": "x, y: \"z\""}}"#
        );
        assert_eq!(
            written(r#"{"a":[1,2],"b":{}}"#, JsonLayout::Indented(2), same),
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}"
        );
    }

    #[test]
    fn the_layouts_are_those_of_a_real_writer() {
        let value = serde_json::json!({"a": [1, {"b": null}], "c": "é\n", "d": [], "e": {}});
        let compact = value.to_string();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let same = JsonEscapes::AsTheyAre;
        assert_eq!(written(&pretty, JsonLayout::Compact, same), compact);
        assert_eq!(written(&compact, JsonLayout::Indented(2), same), pretty);
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let mut json = JsonText::parse(r#"{"b":{"d":1,"c":2},"a":[{"f":1,"e":2}]}"#).unwrap();
        json.sort();
        assert_eq!(
            json.write(JsonLayout::Compact, JsonEscapes::AsTheyAre),
            r#"{"a":[{"e":2,"f":1}],"b":{"c":2,"d":1}}"#
        );
    }

    #[test]
    fn escapes_are_added_and_taken_away() {
        let text = r#"["é/😀","\u00e9\/\ud83d\ude00\n\\u0041"]"#;
        let compact = JsonLayout::Compact;
        assert_eq!(
            written(text, compact, JsonEscapes::AsciiOnly),
            r#"["\u00e9/\ud83d\ude00","\u00e9\/\ud83d\ude00\n\\u0041"]"#
        );
        assert_eq!(
            written(text, compact, JsonEscapes::Unescaped),
            r#"["é/😀","é/😀\n\\u0041"]"#
        );
        assert_eq!(
            written(r#"["a/b\/c"]"#, compact, JsonEscapes::Slashes),
            r#"["a\/b\/c"]"#
        );
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_left_alone() {
        for text in [
            "",
            "{",
            "{\"a\"}",
            "[1,]",
            "{\"a\":1}x",
            "\"a",
            "\"\\",
            "a=b&c",
            "[\"\\u12\"",
            "é",
        ] {
            assert_eq!(JsonText::parse(text), None, "{text}");
        }
        assert!(JsonText::parse(&"[".repeat(100_000)).is_none());
        assert_eq!(
            written(r#"["\u12é"]"#, JsonLayout::Compact, JsonEscapes::Unescaped),
            r#"["\u12é"]"#
        );
    }
}
