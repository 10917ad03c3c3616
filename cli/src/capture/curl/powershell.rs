//! The words of PowerShell, whose backtick is what the backslash is to a POSIX shell.

use std::{iter::Peekable, str::Chars};

use super::{
    bash::note_replaced,
    next_within,
    word::{Word, Words},
};

/// What a backslash before a double quote means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backslashes {
    /// It keeps the quote, as PowerShell before 7.3 needs it.
    Escape,
    /// It is one, as PowerShell 7.3 hands it on.
    AsTheyAre,
}

/// A backtick at the end of a line means something to PowerShell alone, and a command with Windows'
/// ending is in single quotes nowhere else.
pub(super) fn is_for_powershell(command: &str) -> bool {
    let is_in_single_quotes = command.starts_with("curl.exe") && command.contains(" '");
    is_in_single_quotes || command.lines().any(|line| line.trim_end().ends_with('`'))
}

/// `None` where a quote is not closed.
pub(super) fn words(command: &str, backslashes: Backslashes) -> Option<Vec<Word>> {
    let mut words = Words::new();
    let command = command.replace("\r\n", "\n");
    let mut rest = command.chars().peekable();
    while let Some(character) = next_within(&mut rest, words.len()) {
        match character {
            '\'' => single_quoted(&mut rest, words.quoted())?,
            '"' => double_quoted(&mut rest, words.quoted())?,
            '`' => match rest.next()? {
                '\n' => {}
                escaped => words.quoted().text.push(escaped),
            },
            '$' => {
                words.push(character);
                note_replaced(character, &rest, words.quoted());
            }
            ';' => {
                words.end(' ');
                words.push(';');
            }
            _ if character.is_whitespace() => words.end(character),
            _ => words.push(character),
        }
    }
    let mut words = words.finish();
    if backslashes == Backslashes::Escape {
        for word in &mut words {
            word.text = without_escapes(&word.text);
        }
    }
    Some(words)
}

/// Two quotes are one.
fn single_quoted(rest: &mut Peekable<Chars<'_>>, word: &mut Word) -> Option<()> {
    loop {
        match rest.next()? {
            '\'' if rest.next_if_eq(&'\'').is_none() => return Some(()),
            character => word.text.push(character),
        }
    }
}

fn double_quoted(rest: &mut Peekable<Chars<'_>>, word: &mut Word) -> Option<()> {
    loop {
        match rest.next()? {
            '"' if rest.next_if_eq(&'"').is_none() => return Some(()),
            '`' => word.text.push(match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                escaped => escaped,
            }),
            character => {
                word.text.push(character);
                if character == '$' {
                    note_replaced(character, rest, word);
                }
            }
        }
    }
}

/// As the C runtime reads it: before a quote two backslashes are one, and a single one keeps the
/// quote.
fn without_escapes(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut backslashes = 0;
    for character in text.chars() {
        if character == '\\' {
            backslashes += 1;
            continue;
        }
        let kept = if character == '"' {
            backslashes / 2
        } else {
            backslashes
        };
        unescaped.extend(std::iter::repeat_n('\\', kept));
        backslashes = 0;
        unescaped.push(character);
    }
    unescaped.extend(std::iter::repeat_n('\\', backslashes));
    unescaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(command: &str, backslashes: Backslashes) -> Vec<String> {
        let words = words(command, backslashes).unwrap().into_iter();
        words.map(|word| word.text).collect()
    }

    #[test]
    fn quotes_and_backticks_are_read_as_powershell_reads_them() {
        for (command, expected) in [
            (
                "curl.exe 'it''s $a' `\n b",
                vec!["curl.exe", "it's $a", "b"],
            ),
            (
                "curl.exe \"a`\"b\"\"c`n`$d\\e\" `\r\n f`g",
                vec!["curl.exe", "a\"b\"c\n$d\\e", "fg"],
            ),
        ] {
            assert!(is_for_powershell(command), "{command}");
            for backslashes in [Backslashes::AsTheyAre, Backslashes::Escape] {
                assert_eq!(texts(command, backslashes), expected, "{command}");
            }
        }
        assert!(!is_for_powershell("curl 'a`b' \"c\""));
        assert!(words("curl.exe 'a", Backslashes::Escape).is_none());
    }

    #[test]
    fn a_backslash_keeps_a_quote_in_one_reading_alone() {
        let command = r#"curl.exe '{\"a\":\"b\\\"c\n\"}\'"#;
        assert_eq!(texts(command, Backslashes::Escape)[1], r#"{"a":"b\"c\n"}\"#);
        assert_eq!(
            texts(command, Backslashes::AsTheyAre)[1],
            r#"{\"a\":\"b\\\"c\n\"}\"#
        );
    }

    #[test]
    fn what_powershell_replaces_is_named() {
        for (command, replaced) in [
            ("\"a$Url/b\"", Some("$Url")),
            ("$env", Some("$env")),
            ("'$a'", None),
            ("\"`$a\"", None),
        ] {
            let word = words(command, Backslashes::Escape).unwrap().remove(0);
            assert_eq!(word.replaced.as_deref(), replaced, "{command}");
        }
    }
}
