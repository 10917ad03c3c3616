//! Which characters a terminal or a reader must not be given as they are.

use std::{borrow::Cow, fmt::Write as _};

/// What may stand in a text beside ordinary characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Nothing: a line break would make another line, which is not this program's.
    OneLine,
    /// Line breaks and tabs.
    Lines,
}

/// The text with every hazardous character written as `\u{…}`.
pub(super) fn shown(text: &str, layout: Layout) -> Cow<'_, str> {
    let is_hazardous = |character: char| match (layout, character) {
        (Layout::Lines, '\n' | '\t') => false,
        _ => is_hazardous(character),
    };
    replaced(text, is_hazardous, |shown, character| {
        let _ = write!(shown, "{}", character.escape_unicode());
    })
}

/// JSON with every hazardous character as JSON's own escape. They stand in its strings alone.
pub(super) fn shown_in_json(json: &str) -> Cow<'_, str> {
    replaced(json, is_hazardous, |shown, character| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    })
}

fn replaced(
    text: &str,
    is_hazardous: impl Fn(char) -> bool,
    replace: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    let Some(first) = text.find(&is_hazardous) else {
        return Cow::Borrowed(text);
    };
    let mut shown = text[..first].to_owned();
    for character in text[first..].chars() {
        if is_hazardous(character) {
            replace(&mut shown, character);
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Control characters drive the terminal, and those of writing direction reorder a line so that it
/// reads as something else. What cannot be seen hides a difference. The joiners U+200C and U+200D
/// are left alone, since ordinary words and emoji have them.
fn is_hazardous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_shown_and_the_rest_is_left_alone() {
        for (text, expected) in [
            ("plain äöü 👨‍👩‍👧 \u{200c}", "plain äöü 👨‍👩‍👧 \u{200c}"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\u{202e}b", "a\\u{202e}b"),
            (
                "\u{2066}\u{feff}\u{7f}\r",
                "\\u{2066}\\u{feff}\\u{7f}\\u{d}",
            ),
        ] {
            assert_eq!(shown(text, Layout::Lines), expected);
        }
        assert_eq!(shown("a\n\tb", Layout::Lines), "a\n\tb");
        assert_eq!(shown("a\n\tb", Layout::OneLine), "a\\u{a}\\u{9}b");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({ "a": "\u{1b}\u{9b}\u{202e}\u{e0041}é\"" });
        let text = value.to_string();
        let shown = shown_in_json(&text);
        assert!(shown.chars().all(|character| !is_hazardous(character)));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}
