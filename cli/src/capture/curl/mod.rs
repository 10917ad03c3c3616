//! curl command lines, as browsers and tunnels copy them: for bash and for cmd.

mod bash;
mod cmd;
mod commands;
mod data;
mod options;
mod request;
mod word;

use std::mem;

pub(super) use self::commands::from_first_command;
pub(crate) use self::data::Files;
use self::{
    cmd::Backslashes,
    commands::commands,
    options::{options, takes_value},
    request::Curl,
    word::Word,
};
use super::request::Captured;
use crate::failure::Failure;

/// More than a command line holds.
const MOST_WORDS: usize = 10_000;

/// The requests of all commands of a text that begins with one.
pub(super) fn read_curl_commands(text: &str, files: Files) -> Result<Vec<Captured>, Failure> {
    if !cmd::is_for_cmd(text) {
        let words = bash::words(text).ok_or_else(|| {
            Failure::usage("the curl command line has a quote that nothing closes")
        })?;
        return read_words(words, files);
    }
    let copied = read_words(cmd::words(text, Backslashes::Doubled), files)?;
    let typed = read_words(cmd::words(text, Backslashes::AsTheyAre), files)?;
    let pairs = copied.into_iter().zip(typed);
    Ok(pairs
        .map(|(copied, typed)| {
            copied.or_body(
                typed.body().to_vec(),
                "the backslashes of the command line are taken as they are",
            )
        })
        .collect())
}

fn read_words(words: Vec<Word>, files: Files) -> Result<Vec<Captured>, Failure> {
    if words.len() > MOST_WORDS {
        return Err(Failure::usage(format!(
            "the curl command line has more than {MOST_WORDS} words: leave those of the request alone"
        )));
    }
    if words
        .iter()
        .any(|word| word.is_bare && word.text.starts_with(['‘', '’', '“', '”']))
    {
        return Err(Failure::usage(
            "the curl command line has typographic quotes, as a text editor writes them: write ' or \" instead",
        ));
    }
    let mut requests = Vec::new();
    for command in commands(words) {
        let arguments = &command[1..];
        for request in arguments.split(|word| matches!(&*word.text, "--next" | "-:")) {
            requests.push(read_request(request, files)?);
        }
    }
    Ok(requests)
}

fn read_request(words: &[Word], files: Files) -> Result<Captured, Failure> {
    let mut curl = Curl::new(files);
    let mut words = words.iter().cloned();
    let mut before = String::new();
    while let Some(word) = words.next() {
        if !word.text.starts_with('-') || word.text == "-" {
            curl.set_url(word, &mem::take(&mut before))?;
            continue;
        }
        let (options, attached) = options(&word.text);
        let replaced = word.replaced;
        let mut attached = attached.map(|text| Word {
            text,
            replaced,
            ..Word::default()
        });
        for option in options {
            if takes_value(&option) {
                let value = attached.take().or_else(|| words.next()).ok_or_else(|| {
                    Failure::usage(format!("in the curl command line {option} has no value"))
                })?;
                curl.set(&option, value)?;
                before.clear();
            } else {
                curl.set_flag(&option);
                before = option;
            }
        }
    }
    curl.into_captured()
}

/// The next character, until there are more words than a command line holds.
fn next_within(rest: &mut impl Iterator<Item = char>, words: usize) -> Option<char> {
    if words > MOST_WORDS {
        None
    } else {
        rest.next()
    }
}

#[cfg(test)]
mod tests;
