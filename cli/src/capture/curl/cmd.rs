//! The words of Windows' cmd and of the C runtime after it, as Chrome and Postman quote them.

use std::{iter::Peekable, str::Chars};

use super::{
    next_within,
    word::{Word, Words},
};

/// What backslashes mean that are not before a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backslashes {
    /// Two are one, as Chrome writes them.
    Doubled,
    /// Each is one, as the C runtime reads them.
    AsTheyAre,
}

/// A caret before the quote of an argument or at the end of a line means something to cmd alone.
pub(super) fn is_for_cmd(command: &str) -> bool {
    command.contains(" ^\"") || command.lines().any(|line| line.trim_end().ends_with('^'))
}

pub(super) fn words(command: &str, backslashes: Backslashes) -> Vec<Word> {
    let line = without_carets(&command.replace("\r\n", "\n"));
    let mut words = Words::new();
    let mut is_quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(character) = next_within(&mut rest, words.len()) {
        match character {
            '\\' => add_backslashes(&mut words.quoted().text, &mut rest, backslashes),
            '"' if is_quoted && rest.next_if_eq(&'"').is_some() => words.push('"'),
            '"' => {
                is_quoted = !is_quoted;
                words.quoted();
            }
            _ if character.is_whitespace() && !is_quoted => words.end(character),
            _ => words.push(character),
        }
    }
    words.finish()
}

/// What cmd hands on: outside of quotes a caret makes the next character an ordinary one, and joins
/// lines.
fn without_carets(command: &str) -> String {
    let mut line = String::new();
    let mut is_quoted = false;
    let mut rest = command.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '^' if !is_quoted => match rest.next() {
                Some('\n') => line.extend(rest.next_if_eq(&'\n')),
                Some(escaped) => line.push(escaped),
                None => {}
            },
            '"' => {
                is_quoted = !is_quoted;
                line.push('"');
            }
            _ => line.push(character),
        }
    }
    line
}

/// Before a quote two are one, and a single one makes the quote an ordinary character.
fn add_backslashes(word: &mut String, rest: &mut Peekable<Chars<'_>>, meaning: Backslashes) {
    let mut count: usize = 1;
    while rest.next_if_eq(&'\\').is_some() {
        count += 1;
    }
    let is_before_quote = rest.peek() == Some(&'"');
    let kept = match (is_before_quote, meaning) {
        (true, _) => count / 2,
        (false, Backslashes::Doubled) => count.div_ceil(2),
        (false, Backslashes::AsTheyAre) => count,
    };
    word.extend(std::iter::repeat_n('\\', kept));
    if is_before_quote && count % 2 == 1 {
        rest.next();
        word.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(command: &str, backslashes: Backslashes) -> Vec<String> {
        let words = words(command, backslashes).into_iter();
        words.map(|word| word.text).collect()
    }

    #[test]
    fn carets_and_quotes_are_read_as_windows_reads_them() {
        for (command, expected) in [
            (
                "curl ^\"http://h/?a=b^&c=d^\" ^\n  -H ^\"x: ^\\^\"y^\\^\"^\"",
                vec!["curl", "http://h/?a=b&c=d", "-H", "x: \"y\""],
            ),
            (
                "curl \"http://h/?a=b&c\" ^\r\n --data-raw \"{\"\"a\"\":1}\"",
                vec!["curl", "http://h/?a=b&c", "--data-raw", "{\"a\":1}"],
            ),
            (
                "curl ^\"a^%^2Bb^\n\nc^\" ^\"^\"",
                vec!["curl", "a%2Bb\nc", ""],
            ),
            ("curl \"a\\\"b\\\\\"", vec!["curl", "a\"b\\"]),
        ] {
            assert!(is_for_cmd(command) || !command.contains('^'));
            assert_eq!(texts(command, Backslashes::Doubled), expected, "{command}");
        }
    }

    #[test]
    fn a_caret_in_the_data_is_not_one_of_cmd() {
        assert!(!is_for_cmd("curl http://h/ -d '{\"a\":\"^\"}'"));
    }

    #[test]
    fn backslashes_that_chrome_doubled_are_halved_in_one_reading_alone() {
        let command = "curl ^\"^{^\\^\"a^\\^\":^\\^\"b^\\^\\n^\\^\"^}^\"";
        assert_eq!(texts(command, Backslashes::Doubled)[1], "{\"a\":\"b\\n\"}");
        assert_eq!(
            texts(command, Backslashes::AsTheyAre)[1],
            "{\"a\":\"b\\\\n\"}"
        );
    }
}
