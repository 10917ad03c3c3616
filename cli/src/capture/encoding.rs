//! The encodings in which editors and shells save a text.

use std::borrow::Cow;

use crate::failure::Failure;

/// The bytes of a capture as the tool wrote them: without a byte order mark, and as UTF-8 where a
/// shell saved UTF-16.
pub(super) fn unwrapped(input: &[u8]) -> Result<Cow<'_, [u8]>, Failure> {
    if let Some(rest) = input.strip_prefix(b"\xef\xbb\xbf") {
        return Ok(Cow::Borrowed(rest));
    }
    let little: fn([u8; 2]) -> u16 = u16::from_le_bytes;
    let big: fn([u8; 2]) -> u16 = u16::from_be_bytes;
    let (bytes, unit) = match input {
        [0xff, 0xfe, rest @ ..] => (rest, little),
        [0xfe, 0xff, rest @ ..] => (rest, big),
        // Every capture begins with characters of ASCII.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => (input, little),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => (input, big),
        _ => return Ok(Cow::Borrowed(input)),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().copied().map(unit)).collect();
    match (text, rest) {
        (Ok(text), []) => Ok(Cow::Owned(text.into_bytes())),
        _ => Err(Failure::usage(
            "the capture looks like UTF-16 but is not: save it as UTF-8 (in PowerShell with Out-File \
             -Encoding utf8)",
        )),
    }
}

/// A text that is UTF-8, or else what editors save instead of it.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(from_latin_1(bytes)),
    }
}

/// Latin-1 as editors write it: with the characters of Windows-1252 in place of control characters.
pub(super) fn from_latin_1(bytes: &[u8]) -> String {
    const WINDOWS_1252: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    bytes
        .iter()
        .map(|&byte| match byte {
            0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
            _ => char::from(byte),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_and_utf_16_are_unwrapped() {
        let utf_16 = |mark: &[u16], to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = mark.iter().copied().chain("POST é👋".encode_utf16());
            units.flat_map(to_bytes).collect()
        };
        for input in [
            "POST é👋".as_bytes().to_vec(),
            "\u{feff}POST é👋".as_bytes().to_vec(),
            utf_16(&[0xfeff], u16::to_le_bytes),
            utf_16(&[0xfeff], u16::to_be_bytes),
            utf_16(&[], u16::to_le_bytes),
            utf_16(&[], u16::to_be_bytes),
        ] {
            assert_eq!(&*unwrapped(&input).unwrap(), "POST é👋".as_bytes());
        }
        assert!(unwrapped(b"\xff\xfeP\0O").is_err());
        assert!(unwrapped(b"\xff\xfe\0\xd8P\0").is_err());
    }

    #[test]
    fn what_is_not_utf_8_is_latin_1() {
        assert_eq!(text(b"caf\xe9 \x93\x80\x94"), "café “€”");
        assert_eq!(text("café".as_bytes()), "café");
    }
}
