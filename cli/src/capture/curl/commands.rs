//! Where a command line begins and ends among the words of a shell.

use super::word::Word;

/// What may stand before a command, and is left out.
const BEFORE: [&str; 6] = ["time", "sudo", "command", "exec", "env", "call"];

/// More lines than a script has before its first command.
const MOST_LINES: usize = 100;

/// The text from the first command of curl on: without a prompt, variables, and the comments and
/// settings of a script.
pub(crate) fn from_first_command(text: &str) -> Option<&str> {
    let mut rest = text;
    for line in text.split_inclusive('\n').take(MOST_LINES) {
        if let Some(start) = start_in_line(line) {
            return Some(&rest[start..]);
        }
        if !is_of_script(line.trim()) {
            return None;
        }
        rest = &rest[line.len()..];
    }
    None
}

fn start_in_line(line: &str) -> Option<usize> {
    let mut command = line.trim_start();
    if let Some(end) = end_of_prompt(command) {
        command = command[end..].trim_start();
    }
    loop {
        let word = command.split_ascii_whitespace().next()?;
        if is_curl(word) {
            return Some(line.len() - command.len());
        }
        if !BEFORE.contains(&word) && !is_assignment(word) {
            return None;
        }
        command = command[word.len()..].trim_start();
    }
}

/// As of `user@host:~$ curl` or `C:\Users\me>curl`.
fn end_of_prompt(line: &str) -> Option<usize> {
    let end = line.find("curl")?;
    let prompt = line[..end].trim_end();
    let is_prompt = prompt.ends_with(['$', '#', '%', '>']) && !prompt.contains(['"', '\'']);
    is_prompt.then_some(end)
}

fn is_of_script(line: &str) -> bool {
    let word = line.split_ascii_whitespace().next().unwrap_or_default();
    word.is_empty()
        || word.starts_with(['#', ':', '@'])
        || matches!(word, "set" | "export" | "cd" | "rem" | "REM")
        || is_assignment(word)
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        !name.is_empty() && name.chars().all(is_of_name)
    })
}

/// With the folder that it is in, or without.
fn is_curl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(name, "curl" | "curl.exe")
}

/// The words of each command of curl, with its name. What a shell does with the answer, and the
/// commands of other programs, are left out.
pub(super) fn commands(words: Vec<Word>) -> Vec<Vec<Word>> {
    let mut commands: Vec<Vec<Word>> = Vec::new();
    let mut is_in_command = false;
    let mut may_begin = true;
    for word in words {
        let ends = is_operator(&word);
        if (may_begin || word.begins_line) && is_curl(&word.text) {
            commands.push(vec![word]);
            is_in_command = true;
        } else if ends || begins_another(&word) {
            is_in_command = false;
        } else if let (true, Some(command)) = (is_in_command, commands.last_mut()) {
            command.push(word);
        }
        may_begin = ends;
    }
    commands
}

fn is_operator(word: &Word) -> bool {
    let text = &word.text;
    let is_redirection = text
        .trim_start_matches(|character: char| character.is_ascii_digit())
        .starts_with(['<', '>']);
    word.is_bare && (is_redirection || text.starts_with(['|', ';', '&']))
}

/// Options and URLs may be copied a line each, without what joins the lines.
fn begins_another(word: &Word) -> bool {
    word.begins_line && word.is_bare && !word.text.starts_with('-') && !word.text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(text: &str) -> bool {
        from_first_command(text).is_some_and(|rest| rest.contains("curl"))
    }

    #[test]
    fn a_command_begins_after_a_prompt_variables_and_the_lines_of_a_script() {
        for text in [
            "curl h",
            "  curl.exe h",
            "/usr/bin/curl h",
            "$ curl h",
            "user@host:~/a b$ curl h",
            "C:\\Users\\me>curl h",
            "PS C:\\> curl.exe h",
            "HTTPS_PROXY= A=b curl h",
            "time curl h",
            "#!/bin/sh\n# comment\nset -e\nURL=x\n\ncurl h",
            "@echo off\r\ncurl h",
        ] {
            assert!(starts(text), "{text}");
        }
        for text in ["", "curly h", "my curl h", "echo \"a> curl\"", "a\ncurl h"] {
            assert!(!starts(text), "{text}");
        }
    }
}
