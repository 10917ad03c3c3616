//! The words of a POSIX shell, with the `$'…'` of bash.

use std::{iter::Peekable, str::Chars};

use super::{
    next_within,
    word::{Word, Words},
};

type Characters<'a> = Peekable<Chars<'a>>;

/// `None` where a quote is not closed.
pub(super) fn words(command: &str) -> Option<Vec<Word>> {
    let mut words = Words::new();
    let mut rest = command.chars().peekable();
    while let Some(character) = next_within(&mut rest, words.len()) {
        match character {
            '\'' => words.quoted().text.push_str(&single_quoted(&mut rest)?),
            '"' => double_quoted(&mut rest, words.quoted())?,
            '$' if rest.next_if_eq(&'\'').is_some() => {
                words.quoted().text.push_str(&ansi_quoted(&mut rest)?);
            }
            '\\' => match rest.next()? {
                '\n' => {}
                '\r' => {
                    rest.next_if_eq(&'\n');
                }
                escaped => words.quoted().text.push(escaped),
            },
            ';' if words.is_in_word() && rest.peek().is_none_or(|next| next.is_whitespace()) => {
                words.end(' ');
                words.push(';');
            }
            '$' | '`' => {
                words.push(character);
                note_replaced(character, &rest, words.quoted());
            }
            _ if character.is_whitespace() => words.end(character),
            _ => words.push(character),
        }
    }
    Some(words.finish())
}

/// As much of a name as is shown.
const LONGEST_NAME: usize = 64;

/// What a shell puts a value for, in double quotes and outside of quotes.
pub(super) fn note_replaced(character: char, rest: &Characters<'_>, word: &mut Word) {
    let is_of_name = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    let replaced = match (character, rest.clone().next()) {
        ('`', Some(_)) => "`…`".to_owned(),
        ('$', Some('(')) => "$(…)".to_owned(),
        ('$', Some('{')) => {
            let name: String = rest
                .clone()
                .skip(1)
                .take_while(is_of_name)
                .take(LONGEST_NAME)
                .collect();
            format!("${{{name}}}")
        }
        ('$', Some(first)) if first.is_ascii_alphabetic() || first == '_' => {
            let name: String = rest
                .clone()
                .take_while(is_of_name)
                .take(LONGEST_NAME)
                .collect();
            format!("${name}")
        }
        _ => return,
    };
    word.replaced.get_or_insert(replaced);
}

fn single_quoted(rest: &mut Characters<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' => return Some(text),
            character => text.push(character),
        }
    }
}

fn double_quoted(rest: &mut Characters<'_>, word: &mut Word) -> Option<()> {
    loop {
        match rest.next()? {
            '"' => return Some(()),
            '\\' => match rest.next()? {
                '\n' => {}
                escaped if "\"\\$`".contains(escaped) => word.text.push(escaped),
                other => word.text.extend(['\\', other]),
            },
            character => {
                word.text.push(character);
                if character == '$' || character == '`' {
                    note_replaced(character, rest, word);
                }
            }
        }
    }
}

fn ansi_quoted(rest: &mut Characters<'_>) -> Option<String> {
    let mut text = String::new();
    let mut units = Units::default();
    loop {
        match rest.next()? {
            '\'' => {
                units.end(&mut text);
                return Some(text);
            }
            '\\' => match rest.next()? {
                'u' => units.add_utf_16(hex(rest, 4)?, &mut text),
                'x' => units.add_byte(hex(rest, 2)?, &mut text),
                other => {
                    units.end(&mut text);
                    text.push(match other {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'a' => '\u{7}',
                        'b' => '\u{8}',
                        'e' | 'E' => '\u{1b}',
                        'f' => '\u{c}',
                        'v' => '\u{b}',
                        'U' => char::from_u32(hex(rest, 8)?)?,
                        digit @ '0'..='7' => char::from_u32(octal(digit, rest))?,
                        other => other,
                    });
                }
            },
            character => {
                units.end(&mut text);
                text.push(character);
            }
        }
    }
}

/// Escapes that are a character only together: two surrogates, or the bytes of UTF-8. A byte that is
/// not part of UTF-8 is the character of its number, as Firefox writes it.
#[derive(Default)]
struct Units {
    surrogate: Option<u16>,
    bytes: Vec<u8>,
}

impl Units {
    fn add_utf_16(&mut self, unit: u32, text: &mut String) {
        let unit = u16::try_from(unit).unwrap_or(u16::MAX);
        self.end_bytes(text);
        let pending = self.surrogate.take();
        let units: Vec<u16> = pending.into_iter().chain([unit]).collect();
        if pending.is_none() && (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
        } else {
            text.push_str(&String::from_utf16_lossy(&units));
        }
    }

    fn add_byte(&mut self, byte: u32, text: &mut String) {
        self.end_surrogate(text);
        self.bytes.push(u8::try_from(byte).unwrap_or(u8::MAX));
    }

    fn end(&mut self, text: &mut String) {
        self.end_surrogate(text);
        self.end_bytes(text);
    }

    fn end_surrogate(&mut self, text: &mut String) {
        if self.surrogate.take().is_some() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn end_bytes(&mut self, text: &mut String) {
        text.push_str(&super::super::encoding::text(&self.bytes));
        self.bytes.clear();
    }
}

/// Up to so many digits.
fn hex(rest: &mut Characters<'_>, most: usize) -> Option<u32> {
    let mut digits = String::new();
    while digits.len() < most {
        let Some(digit) = rest.next_if(char::is_ascii_hexdigit) else {
            break;
        };
        digits.push(digit);
    }
    u32::from_str_radix(&digits, 16).ok()
}

fn octal(first: char, rest: &mut Characters<'_>) -> u32 {
    let mut number = first.to_digit(8).unwrap_or_default();
    for _ in 0..2 {
        let Some(digit) = rest.next_if(|next| next.is_digit(8)) else {
            break;
        };
        number = number * 8 + digit.to_digit(8).unwrap_or_default();
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(command: &str) -> Vec<String> {
        let words = words(command).unwrap().into_iter();
        words.map(|word| word.text).collect()
    }

    fn only(command: &str) -> String {
        texts(command).remove(0)
    }

    #[test]
    fn the_escapes_of_browsers_are_the_characters_that_they_mean() {
        for (command, expected) in [
            (r"$'\u0021\ud83d\udc4b\u00e9'", "!👋é"),
            (r"$'caf\xe9 \xc3\xa9'", "café é"),
            (r"$'a\'b\\n\n\101\U0001f44b'", "a'b\\n\nA👋"),
            (r"$'\ud83dx'", "\u{fffd}x"),
            (r#""a\"\$b\n""#, "a\"$b\\n"),
            ("'a'\\''b'", "a'b"),
        ] {
            assert_eq!(only(command), expected, "{command}");
        }
        assert!(words("$'a").is_none() && words("$'\\x").is_none());
    }

    #[test]
    fn what_a_shell_replaces_is_named() {
        for (command, replaced) in [
            ("$A_1/b", Some("$A_1")),
            ("\"a ${B}\"", Some("${B}")),
            ("\"$(c d)\"", Some("$(…)")),
            ("a`b`", Some("`…`")),
            ("'$A' ", None),
            ("\"\\$A\"", None),
            ("\\$A", None),
            ("$5", None),
            ("a$", None),
        ] {
            let word = words(command).unwrap().remove(0);
            assert_eq!(word.replaced.as_deref(), replaced, "{command}");
        }
    }
}
