//! Text that was read in one character set and written in another.

/// What Windows-1252 has where Latin-1 has control characters, from 0x80; where it has nothing, what
/// the WHATWG's encoding standard has.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// A single-byte character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Latin1,
    Windows1252,
}

impl Charset {
    /// The text in UTF-8.
    pub(super) fn decode(self, text: &[u8]) -> Vec<u8> {
        let length = text.len() + text.iter().filter(|byte| !byte.is_ascii()).count();
        let mut decoded = String::with_capacity(length);
        decoded.extend(text.iter().map(|&byte| match (self, byte) {
            (Self::Windows1252, 0x80..=0x9f) => WINDOWS_1252[usize::from(byte - 0x80)],
            _ => char::from(byte),
        }));
        decoded.into_bytes()
    }

    /// What the text was, if something took it for Latin-1 and wrote it as UTF-8, or the other way round.
    pub(super) fn read_wrongly(text: &[u8]) -> Vec<Vec<u8>> {
        if text.is_ascii() {
            return Vec::new();
        }
        let found = match str::from_utf8(text) {
            Ok(_) => Self::Latin1.encode(text),
            Err(_) => Some(Self::Latin1.decode(text)),
        };
        let is_text = |text: &Vec<u8>| str::from_utf8(text).is_ok();
        found.into_iter().filter(is_text).collect()
    }

    /// UTF-8 in this character set; `None` where it has not all of the characters.
    pub(super) fn encode(self, text: &[u8]) -> Option<Vec<u8>> {
        let text = str::from_utf8(text).ok()?;
        let mut encoded = Vec::with_capacity(text.len());
        for character in text.chars() {
            let listed = WINDOWS_1252.iter().position(|known| *known == character);
            encoded.push(match (self, listed) {
                (Self::Windows1252, Some(position)) => 0x80 + u8::try_from(position).ok()?,
                _ => u8::try_from(character).ok()?,
            });
        }
        Some(encoded)
    }
}

/// UTF-8 of a text in UTF-16, with a byte order mark or with the zeros that ASCII has there.
pub(super) fn utf_16_to_utf_8(text: &[u8]) -> Option<Vec<u8>> {
    let (units, rest) = text.as_chunks::<2>();
    if !rest.is_empty() || units.is_empty() {
        return None;
    }
    let zeros_at = |index: usize| units.iter().filter(|unit| unit[index] == 0).count();
    let (marked, is_big) = match units[0] {
        [0xff, 0xfe] => (1, false),
        [0xfe, 0xff] => (1, true),
        _ if 2 * zeros_at(0) > units.len() => (0, true),
        _ if 2 * zeros_at(1) > units.len() => (0, false),
        _ => return None,
    };
    let units = units[marked..].iter().map(|&unit| {
        if is_big {
            u16::from_be_bytes(unit)
        } else {
            u16::from_le_bytes(unit)
        }
    });
    let characters = || char::decode_utf16(units.clone());
    let length = characters().map(|character| character.map_or(0, char::len_utf8));
    let mut decoded = String::with_capacity(length.sum());
    for character in characters() {
        decoded.push(character.ok()?);
    }
    Some(decoded.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_set_is_read_and_written() {
        for (charset, bytes, text) in [
            (Charset::Latin1, &b"Caf\xe9"[..], "Café"),
            (Charset::Windows1252, b"\x80 \x93Caf\xe9\x94", "€ “Café”"),
        ] {
            assert_eq!(charset.decode(bytes), text.as_bytes());
            assert_eq!(charset.encode(text.as_bytes()).as_deref(), Some(bytes));
        }
        assert_eq!(Charset::Latin1.encode("€".as_bytes()), None);
        assert_eq!(Charset::Latin1.encode(b"\xff"), None);
    }

    #[test]
    fn utf_16_is_told_by_its_mark_or_its_zeros() {
        let little: Vec<u8> = "{\"a\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = "{\"a\"}"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let marked = [&[0xff, 0xfe][..], &little].concat();
        for text in [little, big, marked] {
            assert_eq!(utf_16_to_utf_8(&text).as_deref(), Some(&b"{\"a\"}"[..]));
        }
        for text in [&b""[..], b"a", b"abcd", b"\xff\xfe\x00\xd8"] {
            assert_eq!(utf_16_to_utf_8(text), None);
        }
    }
}
