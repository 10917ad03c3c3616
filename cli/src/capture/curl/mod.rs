//! curl command lines, as browsers and tunnels copy them: for bash, cmd and PowerShell.

mod bash;
mod cmd;
mod commands;
mod data;
mod options;
mod powershell;
mod request;
mod word;

use std::mem;

pub(super) use self::commands::from_first_command;
pub(crate) use self::data::Files;
use self::{
    commands::commands,
    options::{options, takes_value},
    powershell::is_for_powershell,
    request::Curl,
    word::Word,
};
use super::request::Captured;
use crate::failure::Failure;

/// More than a command line holds.
const MOST_WORDS: usize = 10_000;

/// The requests of all commands of a text that begins with one.
pub(super) fn read_curl_commands(text: &str, files: Files) -> Result<Vec<Captured>, Failure> {
    if cmd::is_for_cmd(text) {
        let read = |backslashes| read_words(cmd::words(text, backslashes), files);
        let typed = read(cmd::Backslashes::AsTheyAre)?;
        return Ok(or_bodies(read(cmd::Backslashes::Doubled)?, typed));
    }
    if is_for_powershell(text) {
        let words = |backslashes| powershell::words(text, backslashes).ok_or_else(is_open);
        let read = |backslashes| read_words(words(backslashes)?, files);
        let handed_on = read(powershell::Backslashes::AsTheyAre)?;
        return Ok(or_bodies(read(powershell::Backslashes::Escape)?, handed_on));
    }
    read_words(bash::words(text).ok_or_else(is_open)?, files)
}

fn is_open() -> Failure {
    Failure::usage("the curl command line has a quote that nothing closes")
}

/// The same requests as two readings have them.
fn or_bodies(requests: Vec<Captured>, others: Vec<Captured>) -> Vec<Captured> {
    let either = |(request, other): (Captured, Captured)| {
        request.or_body(
            other.body().to_vec(),
            "the backslashes of the command line are taken as they are",
        )
    };
    requests.into_iter().zip(others).map(either).collect()
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
