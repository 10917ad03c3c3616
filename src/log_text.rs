//! What of a request goes into a log: short, on one line, and harmless to a terminal.

use std::borrow::Cow;

/// No field of a request is longer than this in a log, in bytes.
pub(crate) const MAX_LENGTH: usize = 256;

/// Comes after a text that was cut.
const MARK: &str = "…";

/// The text with control and bidirectional characters escaped, cut at a character where it is longer
/// than [`MAX_LENGTH`].
pub(crate) fn log_text(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_LENGTH && !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    // Up to here the mark fits after it.
    let mut cut = 0;
    for character in text.chars() {
        if shown.len() <= MAX_LENGTH - MARK.len() {
            cut = shown.len();
        }
        if is_harmful(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
        if shown.len() > MAX_LENGTH {
            shown.truncate(cut);
            shown.push_str(MARK);
            break;
        }
    }
    Cow::Owned(shown)
}

/// Whether it moves a cursor, breaks a line, or turns the direction of what follows (Unicode's
/// `Bidi_Control`).
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_text_stays_as_it_is() {
        for text in ["", "/sms", "/größe/日本", &"x".repeat(MAX_LENGTH)] {
            assert!(matches!(log_text(text), Cow::Borrowed(shown) if shown == text));
        }
    }

    #[test]
    fn what_moves_a_cursor_or_turns_the_direction_is_escaped() {
        assert_eq!(
            log_text("a\nb\r\u{1b}[2J\u{9b}m"),
            "a\\u{a}b\\u{d}\\u{1b}[2J\\u{9b}m"
        );
        assert_eq!(
            log_text("\u{202e}\u{2066}\u{2028}"),
            "\\u{202e}\\u{2066}\\u{2028}"
        );
    }

    #[test]
    fn a_long_text_is_cut_at_a_character_and_marked() {
        for text in ["x".repeat(257), "ü".repeat(60_000), "\u{9b}".repeat(60_000)] {
            let shown = log_text(&text);
            assert!(shown.len() <= MAX_LENGTH, "{}", shown.len());
            assert!(shown.len() > MAX_LENGTH - 12, "{}", shown.len());
            assert!(shown.ends_with(MARK), "{shown}");
        }
        assert_eq!(log_text(&"x".repeat(257)), format!("{}…", "x".repeat(253)));
    }

    #[test]
    fn a_text_that_fits_once_it_is_escaped_is_not_cut() {
        let rest = "x".repeat(MAX_LENGTH - r"\u{9b}".len());
        assert_eq!(
            log_text(&format!("\u{9b}{rest}")),
            format!(r"\u{{9b}}{rest}")
        );
    }
}
