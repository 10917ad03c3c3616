//! The ways in which the same text is percent-encoded.

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, percent_encode_byte};

/// An encoder that is in use: which bytes it leaves as they are, and how it writes a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) struct Style {
    /// Beside letters and digits.
    kept: &'static [u8],
    space: &'static str,
}

/// Of a query's names and values, the likelier ones first.
pub(in crate::explain) const QUERY_STYLES: [Style; 9] = [
    // RFC 3986: Python's `quote`, PHP's `rawurlencode`, Ruby's `ERB`, .NET.
    Style {
        kept: b"-._~",
        space: "%20",
    },
    // `quote_plus`, Go's `QueryEscape`.
    Style {
        kept: b"-._~",
        space: "+",
    },
    // `encodeURIComponent`.
    Style {
        kept: b"-._~!'()*",
        space: "%20",
    },
    // WHATWG forms: `URLSearchParams`, Java's `URLEncoder`.
    Style {
        kept: b"-._*",
        space: "+",
    },
    // PHP's `urlencode`.
    Style {
        kept: b"-._",
        space: "+",
    },
    // RFC 3986's `query`: what need not be escaped there.
    Style {
        kept: b"-._~!$'()*,;:@/?",
        space: "%20",
    },
    // WHATWG queries: what browsers escape in an address.
    Style {
        kept: b"-._~!$()*,;:@/?[]\\^`{|}+",
        space: "%20",
    },
    Style {
        kept: b"-._~/",
        space: "%20",
    },
    Style {
        kept: b"-._~:/",
        space: "+",
    },
];

/// Of a path's segments.
pub(in crate::explain) const PATH_STYLES: [Style; 5] = [
    // RFC 3986's `pchar`.
    Style {
        kept: b"-._~!$&'()*+,;=:@/",
        space: "%20",
    },
    Style {
        kept: b"-._~/",
        space: "%20",
    },
    Style {
        kept: b"-._/",
        space: "%20",
    },
    Style {
        kept: b"-._~!'()*/",
        space: "%20",
    },
    // WHATWG: what browsers escape.
    Style {
        kept: b"-._~!$&'()*+,;=:@/[]\\|%",
        space: "%20",
    },
];

impl Style {
    /// The text as this encoder writes it.
    pub(in crate::explain) fn encoded(self, decoded: &[u8]) -> String {
        let mut encoded = String::with_capacity(decoded.len());
        self.encode(decoded, &mut encoded);
        encoded
    }

    pub(in crate::explain) fn encode(self, decoded: &[u8], encoded: &mut String) {
        for &byte in decoded {
            if byte == b' ' {
                encoded.push_str(self.space);
            } else if byte.is_ascii_alphanumeric() || self.kept.contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(percent_encode_byte(byte));
            }
        }
    }
}

pub(in crate::explain) fn decode(text: &str) -> Cow<'_, [u8]> {
    percent_decode_str(text).into()
}

/// A byte that is written as an escape, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Toggle {
    Encode(u8),
    Decode(u8),
}

impl Toggle {
    fn apply(self, text: &str) -> String {
        match self {
            Self::Encode(byte) => text.replace(char::from(byte), percent_encode_byte(byte)),
            Self::Decode(byte) => {
                let upper = percent_encode_byte(byte);
                let plain = char::from(byte).to_string();
                text.replace(upper, &plain)
                    .replace(&upper.to_ascii_lowercase(), &plain)
            }
        }
    }
}

/// More bytes than these are not told apart: each doubles what there is to try.
const MAX_TOGGLES: usize = 5;

/// Every text in which some of the ASCII bytes that may be escaped or not are written the other way;
/// those with one such byte come first, and how many there are is told.
pub(in crate::explain) fn toggled(text: &str, separators: &[u8]) -> Vec<(usize, String)> {
    let toggles = toggles(text, separators);
    let mut found: Vec<(usize, String)> = (1_usize..1 << toggles.len())
        .map(|chosen| {
            let chosen = toggles
                .iter()
                .enumerate()
                .filter(|(index, _)| chosen & (1 << index) != 0);
            let mut rewritten = text.to_owned();
            let mut number = 0;
            for (_, toggle) in chosen {
                rewritten = toggle.apply(&rewritten);
                number += 1;
            }
            (number, rewritten)
        })
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found
}

/// The text with one escape in the other case, or one byte as an escape in lower case: most encoders write
/// upper case, and only hands and a few frameworks do not.
pub(in crate::explain) fn with_one_in_other_case(text: &str, separators: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for toggle in toggles(text, separators) {
        let (Toggle::Encode(byte) | Toggle::Decode(byte)) = toggle;
        let upper = percent_encode_byte(byte);
        let lower = upper.to_ascii_lowercase();
        found.push(match toggle {
            Toggle::Encode(byte) => text.replace(char::from(byte), &lower),
            Toggle::Decode(_) if text.contains(upper) => text.replace(upper, &lower),
            Toggle::Decode(_) => text.replace(&lower, upper),
        });
    }
    found
}

fn toggles(text: &str, separators: &[u8]) -> Vec<Toggle> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        let toggle = if byte == b'%' {
            match escaped_byte(&bytes[index..]).filter(u8::is_ascii) {
                Some(byte) if byte != b'%' => Toggle::Decode(byte),
                _ => continue,
            }
        } else if is_optional(byte) && !separators.contains(&byte) {
            Toggle::Encode(byte)
        } else {
            continue;
        };
        if found.len() < MAX_TOGGLES && !found.contains(&toggle) {
            found.push(toggle);
        }
    }
    found
}

/// Whether some encoders escape it and others do not. Nearly all leave `-`, `.` and `_`.
fn is_optional(byte: u8) -> bool {
    byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() && !b"-._%".contains(&byte)
}

fn escaped_byte(text: &[u8]) -> Option<u8> {
    let mut byte = [0];
    hex::decode_to_slice(text.get(1..3)?, &mut byte).ok()?;
    Some(byte[0])
}

/// `%2f` for `%2F`, and the other way round.
pub(in crate::explain) fn hex_in_other_case(text: &str) -> String {
    let upper = |digits: &str| digits.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_upper = text
        .match_indices('%')
        .filter_map(|(index, _)| text.get(index + 1..index + 3))
        .any(upper);
    let mut pieces = text.split('%');
    let mut rewritten = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        rewritten.push('%');
        match piece.get(..2) {
            Some(digits) if is_upper => rewritten.push_str(&digits.to_ascii_lowercase()),
            Some(digits) => rewritten.push_str(&digits.to_ascii_uppercase()),
            None => rewritten.push_str(piece),
        }
        rewritten.push_str(piece.get(2..).unwrap_or_default());
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_writes_the_same_text() {
        for style in QUERY_STYLES.iter().chain(&PATH_STYLES) {
            let mut encoded = String::new();
            style.encode("a ü+~'(/é%".as_bytes(), &mut encoded);
            let spaced = encoded.replace("%20", " ");
            let spaced = if style.space == "+" {
                spaced.replace('+', " ")
            } else {
                spaced
            };
            assert!(spaced.starts_with("a %C3%BC"), "{encoded}");
        }
    }

    #[test]
    fn some_of_the_bytes_are_written_the_other_way_and_one_alone_first() {
        let found = toggled("?a=Sull%27Adda:1&b=%40", b"?&=");
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts.len(), 7);
        assert_eq!(
            texts[..3],
            [
                "?a=Sull'Adda:1&b=%40",
                "?a=Sull%27Adda%3A1&b=%40",
                "?a=Sull%27Adda:1&b=@"
            ]
        );
        assert_eq!(found[6], (3, "?a=Sull'Adda%3A1&b=@".to_owned()));
        assert!(toggled("?%2541=%C3&a%", b"?&=").is_empty());
        assert_eq!(toggled("!$'()*,;:@", b"").len(), 31);
    }

    #[test]
    fn one_escape_changes_its_case_and_the_others_stay() {
        assert_eq!(
            with_one_in_other_case("?a=%7e~&b=%2B:", b"?&="),
            [
                "?a=%7E~&b=%2B:",
                "?a=%7e%7e&b=%2B:",
                "?a=%7e~&b=%2b:",
                "?a=%7e~&b=%2B%3a"
            ]
        );
    }

    #[test]
    fn hex_digits_change_their_case_together() {
        for (text, other) in [
            ("%2f%c3", "%2F%C3"),
            ("%2F%c3", "%2f%c3"),
            ("%", "%"),
            ("%4", "%4"),
            ("a%é", "a%é"),
        ] {
            assert_eq!(hex_in_other_case(text), other);
        }
    }
}
