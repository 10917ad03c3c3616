//! The library's source files, as code alone.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A source file of the library.
pub(crate) struct Source {
    /// Below `src`, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text without comments and without what strings say.
    pub(crate) code: String,
}

/// Every source file below this file or folder of `src`.
pub(crate) fn below(room: &str) -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&src.join(room), &mut paths);
    paths.sort();
    let sources: Vec<Source> = paths.iter().map(|path| read(&src, path)).collect();
    assert!(!sources.is_empty(), "src/{room} has no source");
    sources
}

fn collect(path: &Path, paths: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), paths);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        paths.push(path.to_owned());
    }
}

fn read(src: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let below_src = path.strip_prefix(src).unwrap();
    let parts: Vec<_> = below_src
        .iter()
        .map(|part| part.to_string_lossy())
        .collect();
    Source {
        path: parts.join("/"),
        code: code_alone(&text),
        text,
    }
}

/// A lexer that knows what can hide code or look like it: comments, strings and characters.
fn code_alone(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hidden = hidden_length(rest);
        if hidden > 0 {
            code.push(' ');
            rest = &rest[hidden..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// The length of the comment, string or character that the text begins with.
fn hidden_length(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if let Some(raw) = text.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if let Some(content) = raw[hashes..].strip_prefix('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = content.find(&end).unwrap_or(content.len());
            return "r\"".len() + hashes + length + end.len();
        }
    }
    if text.starts_with('"') {
        return quoted_length(text, '"');
    }
    // A lifetime has no closing quote after one character.
    let mut characters = text.chars();
    let is_character = characters.next() == Some('\'')
        && (characters.next() == Some('\\') || characters.next() == Some('\''));
    if is_character {
        return quoted_length(text, '\'');
    }
    0
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            _ if character == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

impl Source {
    /// What the code names directly below this path: `a` and `b` of `crate::{a::x, b}`.
    pub(crate) fn names_below(&self, path: &str) -> Vec<&str> {
        let prefix = format!("{path}::");
        let is_whole = |index: usize| !self.code[..index].ends_with(is_of_identifier);
        self.code
            .match_indices(&prefix)
            .filter(|(index, _)| is_whole(*index))
            .flat_map(|(index, _)| first_segments(&self.code[index + prefix.len()..]))
            .collect()
    }
}

fn is_of_identifier(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The beginning of a path, or of each path of a group.
fn first_segments(text: &str) -> Vec<&str> {
    let Some(group) = text.strip_prefix('{') else {
        return vec![identifier(text)];
    };
    let mut segments = Vec::new();
    let mut depth = 0;
    let mut begins_path = true;
    for (index, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins_path = true,
            _ if begins_path && is_of_identifier(character) => {
                segments.push(identifier(&group[index..]));
                begins_path = false;
            }
            _ => {}
        }
    }
    segments
}

fn identifier(text: &str) -> &str {
    let end = text.find(|character| !is_of_identifier(character));
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn a_path_is_told_from_what_looks_like_one() {
    let text = r#"
        use crate::{encoding::{encode_hex, Digest}, key::SigningKey}; // not crate::layer
        /// [`crate::once`]
        const TEXT: &str = "\"crate::explain"; const RAW: &str = r"crate::testing\";
        fn f<'a>(quote: char) -> &'a str { if quote == '"' { crate::form::name() } else { "" } }
    "#;
    let source = Source {
        path: String::new(),
        text: text.to_owned(),
        code: code_alone(text),
    };
    assert_eq!(source.names_below("crate"), ["encoding", "key", "form"]);
}

#[test]
fn a_raw_string_ends_with_as_many_hashes_as_it_begins_with() {
    assert_eq!(hidden_length("r#\"a\"b\"#;"), 8);
}
