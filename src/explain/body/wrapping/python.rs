//! What Python writes for bytes and for a dictionary: `b'…'` and `{'a': None}`.

/// A dictionary, or a list of them.
pub(super) fn is_likely(body: &[u8]) -> bool {
    body.starts_with(b"{'") || body.starts_with(b"[{'")
}

/// A quote that was not escaped becomes two characters, and `\x00` six.
pub(super) fn most(body: &[u8]) -> usize {
    let escaped = |byte: &&u8| b"\"\\".contains(*byte);
    body.len() + 2 * body.iter().filter(escaped).count()
}

/// The dictionary as JSON, in the same layout.
pub(super) fn dict(text: &str) -> Option<Vec<u8>> {
    let mut json = String::with_capacity(most(text.as_bytes()));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '\'' || first == '"' {
            let length = string(rest, first, &mut json)?;
            rest = &rest[length..];
        } else if let Some((python, other)) =
            [("None", "null"), ("True", "true"), ("False", "false")]
                .into_iter()
                .find(|(python, _)| rest.starts_with(python))
        {
            json.push_str(other);
            rest = &rest[python.len()..];
        } else {
            json.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Some(json.into_bytes())
}

/// Writes the string that the text begins with; its length, with both quotes.
fn string(text: &str, quote: char, json: &mut String) -> Option<usize> {
    json.push('"');
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => match characters.next()?.1 {
                '\'' => json.push('\''),
                'x' => json.push_str("\\u00"),
                other => json.extend(['\\', other]),
            },
            '"' if quote == '\'' => json.push_str("\\\""),
            character if character == quote => {
                json.push('"');
                return Some(index + 1);
            }
            character => json.push(character),
        }
    }
    None
}

/// What is between quotes, with or without a `b` before them.
pub(super) fn quoted(body: &[u8]) -> Option<Vec<u8>> {
    let is_bytes = body.starts_with(b"b");
    let body = body.strip_prefix(b"b").unwrap_or(body);
    let quote = *body.first()?;
    let content = body.strip_prefix(&[quote])?.strip_suffix(&[quote])?;
    match quote {
        b'\'' | b'"' if is_bytes => Some(unescaped(content)),
        b'\'' => Some(content.to_vec()),
        _ => None,
    }
}

fn unescaped(content: &[u8]) -> Vec<u8> {
    let mut found = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((&first, after)) = rest.split_first() {
        let (byte, length) = match (first, after) {
            (b'\\', [b'x', high, low, ..]) => (hex_byte(*high, *low).unwrap_or(b'x'), 4),
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b'r', ..]) => (b'\r', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [other, ..]) => (*other, 2),
            _ => (first, 1),
        };
        found.push(byte);
        rest = &rest[length..];
    }
    found
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_becomes_json() {
        for (python, json) in [
            (
                r"{'a': None, 'b': [True, False]}",
                r#"{"a": null, "b": [true, false]}"#,
            ),
            (
                r#"{'a': "it's", 'b': 'x "y"'}"#,
                r#"{"a": "it's", "b": "x \"y\""}"#,
            ),
            (
                r"{'a': 'it\'s\n\\ \xa0 é'}",
                r#"{"a": "it's\n\\ \u00a0 é"}"#,
            ),
        ] {
            assert!(is_likely(python.as_bytes()));
            let found = dict(python).unwrap();
            assert_eq!(String::from_utf8(found).unwrap(), json);
            assert!(json.len() <= most(python.as_bytes()));
        }
        assert_eq!(dict("{'a"), None);
    }

    #[test]
    fn quotes_are_taken_off_and_escapes_of_bytes_resolved() {
        for (body, content) in [
            (&br"b'a\x41\n\'\\'"[..], &b"aA\n'\\"[..]),
            (br#"b"it's""#, b"it's"),
            (br"'a\n'", br"a\n"),
        ] {
            assert_eq!(quoted(body).as_deref(), Some(content));
        }
        for body in [&b"'"[..], b"b", b"", b"\"a\"", b"'a"] {
            assert_eq!(quoted(body), None);
        }
    }
}
