//! Writes JSON anew as it reads it.

use super::{
    documented,
    reader::{MAX_DEPTH, Reader},
    strings,
    style::{Empties, JsonStyle, Layout, Order},
};

/// The text in another style; `None` where it would be longer than the limit.
pub(in crate::explain) fn rewrite(text: &str, style: JsonStyle, limit: usize) -> Option<String> {
    let mut writer = Writer {
        style,
        limit,
        empties: 0,
        is_object: false,
        text: String::with_capacity((text.len() + text.len() / 8 + 64).min(limit)),
    };
    let mut reader = Reader::new(text);
    writer.white_space(&mut reader)?;
    writer.value(&mut reader, 0)?;
    writer.white_space(&mut reader)?;
    if style.last_line {
        writer.push("\n")?;
    }
    Some(writer.text)
}

struct Writer {
    style: JsonStyle,
    limit: usize,
    text: String,
    /// How many empty arrays and objects were written.
    empties: u32,
    /// Whether what comes next is documented as an object.
    is_object: bool,
}

impl Writer {
    /// `None` where it would be too long. Room grows by half, so that little of it is waste.
    fn push(&mut self, text: &str) -> Option<()> {
        let length = self.text.len() + text.len();
        if length > self.limit {
            return None;
        }
        if length > self.text.capacity() {
            let room = (length + length / 4).min(self.limit);
            self.text.reserve_exact(room - self.text.len());
        }
        self.text.push_str(text);
        Some(())
    }

    fn white_space(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let white_space = reader.white_space();
        if self.style.layout == Layout::Kept {
            self.push(white_space)?;
        }
        Some(())
    }

    fn value(&mut self, reader: &mut Reader<'_>, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match reader.peek()? {
            b'"' => self.string(reader).map(|_| ()),
            b'{' if self.style.order != Order::Kept => self.ordered_object(reader, depth),
            b'{' => self.list(reader, ['{', '}'], depth, |writer, reader| {
                let key = writer.string(reader)?;
                writer.is_object = documented::is_object(key);
                writer.white_space(reader)?;
                reader.take(':').then_some(())?;
                writer.colon()?;
                writer.white_space(reader)?;
                writer.value(reader, depth + 1)
            }),
            b'[' => self.list(reader, ['[', ']'], depth, |writer, reader| {
                writer.value(reader, depth + 1)
            }),
            _ => match reader.scalar()? {
                "null" if self.is_object && self.style.empties == Empties::Documented => {
                    self.push("{}")
                }
                scalar => self.push(scalar),
            },
        }
    }

    /// As it was read.
    fn string<'a>(&mut self, reader: &mut Reader<'a>) -> Option<&'a str> {
        let string = reader.string()?;
        match self.style.escapes {
            None => self.push(string)?,
            Some(escapes) => strings::write(string, escapes, |piece| self.push(piece))?,
        }
        Some(string)
    }

    fn colon(&mut self) -> Option<()> {
        match self.style.layout {
            Layout::Kept | Layout::Compact => self.push(":"),
            Layout::Spaced | Layout::Indented(_) => self.push(": "),
        }
    }

    fn list(
        &mut self,
        reader: &mut Reader<'_>,
        [open, close]: [char; 2],
        depth: usize,
        mut item: impl FnMut(&mut Self, &mut Reader<'_>) -> Option<()>,
    ) -> Option<()> {
        reader.take(open).then_some(())?;
        let start = self.text.len();
        self.push(open.encode_utf8(&mut [0; 4]))?;
        self.white_space(reader)?;
        if reader.take(close) {
            if self.is_other_empty(open) {
                self.text.truncate(start);
                return self.push(if open == '[' { "{}" } else { "[]" });
            }
            return self.push(close.encode_utf8(&mut [0; 4]));
        }
        self.is_object = false;
        loop {
            self.break_line(depth + 1)?;
            self.white_space(reader)?;
            item(self, reader)?;
            self.white_space(reader)?;
            if reader.take(close) {
                self.break_line(depth)?;
                return self.push(close.encode_utf8(&mut [0; 4]));
            }
            reader.take(',').then_some(())?;
            self.comma()?;
        }
    }

    /// Whether the next empty array or object was the other one.
    fn is_other_empty(&mut self, open: char) -> bool {
        let number = self.empties;
        self.empties += 1;
        match self.style.empties {
            Empties::Kept => false,
            Empties::Objects => open == '[',
            Empties::Arrays => open == '{',
            Empties::Documented => open == '[' && self.is_object,
            Empties::Some(set) => number < u8::BITS && set & (1 << number) != 0,
        }
    }

    fn comma(&mut self) -> Option<()> {
        match self.style.layout {
            Layout::Spaced => self.push(", "),
            _ => self.push(","),
        }
    }

    fn break_line(&mut self, depth: usize) -> Option<()> {
        if let Layout::Indented(indentation) = self.style.layout {
            self.push("\n")?;
            for _ in 0..depth {
                self.push(indentation)?;
            }
        }
        Some(())
    }

    /// Its members as texts, sorted, and each rewritten.
    fn ordered_object(&mut self, reader: &mut Reader<'_>, depth: usize) -> Option<()> {
        let mut members: Vec<(&str, &str)> = Vec::new();
        reader.take('{').then_some(())?;
        loop {
            reader.skip_white_space();
            if reader.take('}') {
                break;
            }
            let key = reader.string()?;
            reader.skip_white_space();
            reader.take(':').then_some(())?;
            reader.skip_white_space();
            members.push((key, reader.skip_value(MAX_DEPTH)?));
            reader.skip_white_space();
            reader.take(',');
        }
        match self.style.order {
            Order::Kept => {}
            Order::Sorted => members.sort_by_key(|(key, _)| *key),
            Order::Documented => documented::sort(&mut members),
        }
        self.push("{")?;
        for (index, (key, value)) in members.iter().enumerate() {
            if index > 0 {
                self.comma()?;
            }
            self.break_line(depth + 1)?;
            self.string(&mut Reader::new(key))?;
            self.is_object = documented::is_object(key);
            self.colon()?;
            self.value(&mut Reader::new(value), depth + 1)?;
        }
        if !members.is_empty() {
            self.break_line(depth)?;
        } else if self.style.empties == Empties::Arrays {
            self.text.pop();
            return self.push("[]");
        }
        self.push("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: JsonStyle = JsonStyle {
        layout: Layout::Kept,
        escapes: None,
        order: Order::Kept,
        empties: Empties::Kept,
        last_line: false,
    };

    fn written(text: &str, style: JsonStyle) -> String {
        rewrite(text, style, 10_000).unwrap()
    }

    #[test]
    fn each_layout_changes_white_space_alone() {
        let text = r#" {"b":[1.0,{}, []],"a" : {"c":"x, y: \"z\""}} "#;
        assert_eq!(written(text, KEPT), text);
        for (layout, expected) in [
            (
                Layout::Compact,
                r#"{"b":[1.0,{},[]],"a":{"c":"x, y: \"z\""}}"#,
            ),
            (
                Layout::Spaced,
                r#"{"b": [1.0, {}, []], "a": {"c": "x, y: \"z\""}}"#,
            ),
            (
                Layout::Indented("  "),
                "{\n  \"b\": [\n    1.0,\n    {},\n    []\n  ],\n  \"a\": {\n    \"c\": \"x, y: \\\"z\\\"\"\n  }\n}",
            ),
        ] {
            assert_eq!(written(text, JsonStyle { layout, ..KEPT }), expected);
            let last_line = JsonStyle {
                layout,
                last_line: true,
                ..KEPT
            };
            assert_eq!(written(text, last_line), format!("{expected}\n"));
        }
    }

    #[test]
    fn keys_are_put_in_order_on_every_level() {
        let text = r#"{"vars":{},"call":{"to":1,"zz":[{"b":1,"a":2}],"call_id":2}}"#;
        for (order, expected) in [
            (
                Order::Sorted,
                r#"{"call":{"call_id":2,"to":1,"zz":[{"a":2,"b":1}]},"vars":{}}"#,
            ),
            (
                Order::Documented,
                r#"{"call":{"call_id":2,"to":1,"zz":[{"b":1,"a":2}]},"vars":{}}"#,
            ),
        ] {
            let style = JsonStyle {
                layout: Layout::Compact,
                order,
                ..KEPT
            };
            assert_eq!(written(text, style), expected);
        }
    }

    #[test]
    fn an_empty_array_becomes_the_object_that_php_made_it_of() {
        let style = JsonStyle {
            empties: Empties::Objects,
            ..KEPT
        };
        assert_eq!(written(r#"{"a":[],"b":[1]}"#, style), r#"{"a":{},"b":[1]}"#);
    }

    #[test]
    fn what_would_be_too_long_is_not_written() {
        let nested = format!("{}1{}", "[".repeat(60), "]".repeat(60));
        let style = JsonStyle {
            layout: Layout::Indented("    "),
            ..KEPT
        };
        assert_eq!(rewrite(&nested, style, 1_000), None);
        assert!(rewrite(&nested, style, 100_000).is_some());
    }
}
