//! JSON strings: what they hold, and the ways in which encoders escape it.

use std::fmt::Write as _;

/// How an encoder writes characters that need not be escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) struct Escapes {
    /// `\/`: PHP.
    pub(super) slash: bool,
    pub(super) non_ascii: NonAscii,
    pub(super) html: Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NonAscii {
    /// JavaScript, Go, Rust.
    Plain,
    /// `\u00e9`: Python, PHP, Ruby.
    Lower,
    /// `\u00E9`: .NET, some of Java.
    Upper,
}

/// What is dangerous inside HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    Plain,
    /// `\u0026`, `\u003c`, `\u003e`: Go, Rails.
    Go,
    /// Of `System.Text.Json`: quotes, plus signs and backquotes too, in upper case.
    DotNet,
}

/// What the string holds. Half of a pair of surrogates becomes U+FFFD.
pub(in crate::explain) fn decoded(string: &str) -> String {
    let mut text = String::with_capacity(string.len());
    for piece in pieces(inside(string)) {
        match piece {
            Piece::Plain(character) | Piece::Escaped(character, _) => text.push(character),
            Piece::Unreadable(_) => text.push('\u{fffd}'),
        }
    }
    text
}

/// Writes the string, with its quotes, as such an encoder does. It comes in pieces, so that a string
/// that would become too long is never held.
pub(super) fn write(
    string: &str,
    escapes: Escapes,
    mut push: impl FnMut(&str) -> Option<()>,
) -> Option<()> {
    push("\"")?;
    let mut rest = inside(string);
    let mut written = String::new();
    while !rest.is_empty() {
        let plain = escapes.plain_length(rest);
        push(&rest[..plain])?;
        rest = &rest[plain..];
        let Some(piece) = pieces(rest).next() else {
            break;
        };
        written.clear();
        let length = match piece {
            Piece::Plain(character) => {
                escapes.write(character, &mut written);
                character.len_utf8()
            }
            Piece::Escaped(character, length) => {
                escapes.write(character, &mut written);
                length
            }
            Piece::Unreadable(escape) => {
                written.push_str(escape);
                escape.len()
            }
        };
        push(&written)?;
        rest = &rest[length..];
    }
    push("\"")
}

fn inside(string: &str) -> &str {
    let string = string.strip_prefix('"').unwrap_or(string);
    string.strip_suffix('"').unwrap_or(string)
}

enum Piece<'a> {
    Plain(char),
    /// With the length of its escape.
    Escaped(char, usize),
    Unreadable(&'a str),
}

fn pieces(mut rest: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let piece = if first == '\\' {
            escape(rest)
        } else {
            Piece::Plain(first)
        };
        let length = match &piece {
            Piece::Plain(character) => character.len_utf8(),
            Piece::Escaped(_, length) => *length,
            Piece::Unreadable(escape) => escape.len(),
        };
        rest = &rest[length..];
        Some(piece)
    })
}

/// The escape at the beginning of the text.
fn escape(text: &str) -> Piece<'_> {
    let short = |character| Piece::Escaped(character, 2);
    match text.as_bytes().get(1) {
        Some(b'n') => short('\n'),
        Some(b'r') => short('\r'),
        Some(b't') => short('\t'),
        Some(b'b') => short('\u{8}'),
        Some(b'f') => short('\u{c}'),
        Some(b'u') => match unicode_escape(text) {
            Some((character, length)) => Piece::Escaped(character, length),
            None => Piece::Unreadable(text.get(..6).unwrap_or(&text[..2])),
        },
        Some(byte) if byte.is_ascii() => short(char::from(*byte)),
        _ => Piece::Unreadable("\\"),
    }
}

fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let first = unit(text)?;
    let second = text.get(6..).and_then(unit);
    let units = [Some(first), second].into_iter().flatten();
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, 6 * character.len_utf16()))
}

impl Escapes {
    /// Whether nothing is escaped that need not be.
    pub(super) fn is_plain(self) -> bool {
        !self.slash && self.non_ascii == NonAscii::Plain && self.html == Html::Plain
    }

    /// The length of the text's beginning that stays as it is.
    fn plain_length(self, text: &str) -> usize {
        let is_plain = |character: char| match character {
            '\\' => false,
            '/' => !self.slash,
            character => !self.escapes(character),
        };
        let end = text.find(|character| !is_plain(character));
        end.unwrap_or(text.len())
    }

    fn write(self, character: char, text: &mut String) {
        match character {
            '"' if self.html == Html::DotNet => self.write_unit(0x22, text),
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '/' if self.slash => text.push_str("\\/"),
            character if self.escapes(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    self.write_unit(*unit, text);
                }
            }
            character => text.push(character),
        }
    }

    fn escapes(self, character: char) -> bool {
        match character {
            '\0'..='\u{1f}' => true,
            '&' | '<' | '>' => self.html != Html::Plain,
            '\'' | '+' | '`' | '\u{7f}' => self.html == Html::DotNet,
            '\u{2028}' | '\u{2029}' => {
                self.html != Html::Plain || self.non_ascii != NonAscii::Plain
            }
            character => !character.is_ascii() && self.non_ascii != NonAscii::Plain,
        }
    }

    fn write_unit(self, unit: u16, text: &mut String) {
        let written = if self.html == Html::DotNet || self.non_ascii == NonAscii::Upper {
            write!(text, "\\u{unit:04X}")
        } else {
            write!(text, "\\u{unit:04x}")
        };
        written.expect("a String takes whatever is written to it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Escapes = Escapes {
        slash: false,
        non_ascii: NonAscii::Plain,
        html: Html::Plain,
    };

    fn written(string: &str, escapes: Escapes) -> String {
        let mut text = String::new();
        let written = write(string, escapes, |piece| {
            text.push_str(piece);
            Some(())
        });
        assert_eq!(written, Some(()));
        text
    }

    #[test]
    fn each_encoder_writes_what_the_string_holds() {
        let string = "\"a/b <é&🤘> 'x'+\\n\\\"\"";
        let python = Escapes {
            non_ascii: NonAscii::Lower,
            ..PLAIN
        };
        let php = Escapes {
            slash: true,
            ..python
        };
        let go = Escapes {
            html: Html::Go,
            ..PLAIN
        };
        let dot_net = Escapes {
            html: Html::DotNet,
            non_ascii: NonAscii::Upper,
            ..PLAIN
        };
        let all = [
            (PLAIN, string.to_owned()),
            (python, r#""a/b <\u00e9&\ud83e\udd18> 'x'+\n\"""#.to_owned()),
            (php, r#""a\/b <\u00e9&\ud83e\udd18> 'x'+\n\"""#.to_owned()),
            (go, r#""a/b \u003cé\u0026🤘\u003e 'x'+\n\"""#.to_owned()),
            (
                dot_net,
                r#""a/b \u003C\u00E9\u0026\uD83E\uDD18\u003E \u0027x\u0027\u002B\n\u0022""#
                    .to_owned(),
            ),
        ];
        for (_, from) in &all {
            for (escapes, to) in &all {
                assert_eq!(&written(from, *escapes), to);
            }
            assert_eq!(decoded(from), "a/b <é&🤘> 'x'+\n\"");
        }
    }

    #[test]
    fn what_is_malformed_stays_as_it_is() {
        for string in [r#""\ud83e""#, r#""\u12""#, r#""\u""#, "\"\\ué€\""] {
            assert_eq!(written(string, PLAIN), string);
        }
        assert_eq!(decoded(r#""\ud83ex""#), "\u{fffd}x");
    }
}
