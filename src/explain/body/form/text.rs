//! Names and values, each by itself, as what parses a form and writes it anew may have changed them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// As forms are mostly escaped.
pub(super) fn encoded(text: &[u8]) -> Vec<u8> {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'*')
        .remove(b' ');
    percent_encode(text, ENCODED)
        .to_string()
        .replace(' ', "+")
        .into_bytes()
}

/// A plus sign that was a space; the first character stays one, as in a number.
pub(super) fn with_spaces(text: &[u8]) -> Vec<u8> {
    let spaced = |(index, byte): (usize, &u8)| match byte {
        b'+' if index > 0 => b' ',
        byte => *byte,
    };
    text.iter().enumerate().map(spaced).collect()
}

/// Without the backslashes that PHP's `addslashes` puts before quotes.
pub(super) fn without_slashes(text: &[u8]) -> Vec<u8> {
    let mut found = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        match after.first() {
            Some(&escaped) if first == b'\\' && b"\\\"'".contains(&escaped) => {
                found.push(escaped);
                rest = &after[1..];
            }
            _ => {
                found.push(first);
                rest = after;
            }
        }
    }
    found
}

/// Out of what JavaScript's `escape()` writes: `%u2019` for a character outside Latin-1, a byte for one
/// of it.
pub(super) fn without_percent_u(text: &[u8]) -> Vec<u8> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let unit = after
            .strip_prefix(b"u")
            .and_then(|digits| digits.get(..4))
            .and_then(|digits| u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        match unit {
            Some(unit) if first == b'%' => {
                units.push(unit);
                rest = &after[5..];
            }
            _ => {
                units.push(first.into());
                rest = after;
            }
        }
    }
    String::from_utf16_lossy(&units).into_bytes()
}

/// UTF-8 of a text that has each half of a surrogate pair in three bytes (CESU-8), as Java's and old
/// databases' have; `None` where there is none.
pub(super) fn without_surrogates(text: &[u8]) -> Option<Vec<u8>> {
    let mut found = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        if let [0xed, a @ 0xa0..=0xaf, b, 0xed, c @ 0xb0..=0xbf, d, ..] = *rest {
            let half = |high: u8, low: u8| u32::from(high & 0xf) << 6 | u32::from(low & 0x3f);
            let character = char::from_u32(0x1_0000 + (half(a, b) << 10) + half(c & 0xf, d))?;
            found.extend(character.encode_utf8(&mut [0; 4]).bytes());
            rest = &rest[6..];
        } else {
            found.push(first);
            rest = after;
        }
    }
    (found.len() < text.len()).then_some(found)
}

/// A telephone number whose plus sign was lost, first as a space.
pub(super) fn as_number(text: &[u8]) -> Option<Vec<u8>> {
    const SHORTEST: usize = 7;
    let is_number = text.len() >= SHORTEST && text.iter().all(u8::is_ascii_digit);
    is_number.then(|| [b"+", text].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_becomes_what_it_was() {
        assert_eq!(encoded(b"a b+c"), b"a+b%2Bc");
        assert_eq!(with_spaces(b"+1+2+"), b"+1 2 ");
        assert_eq!(
            without_slashes(br#"it\'s \"a\\b\" \n\"#),
            br#"it's "a\b" \n\"#
        );
        assert_eq!(
            without_percent_u(b"%u2019\xe9%ud83d%ude00%u1"),
            "’é😀%u1".as_bytes()
        );
        let halves = b"a\xed\xa0\xbd\xed\xb8\x80b";
        assert_eq!(without_surrogates(halves).unwrap(), "a😀b".as_bytes());
        assert_eq!(without_surrogates("a😀".as_bytes()), None);
        assert_eq!(as_number(b"15551230001").unwrap(), b"+15551230001");
        assert_eq!(as_number(b"12345"), None);
    }
}
