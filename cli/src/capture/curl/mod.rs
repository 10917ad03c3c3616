//! curl command lines, as browsers and tunnels copy them: for bash and for cmd.

mod bash;
mod cmd;
mod data;
mod options;

use std::mem;

use base64::{Engine as _, engine::general_purpose::STANDARD};

pub(crate) use self::data::Files;
use self::{
    cmd::Backslashes,
    options::{options, takes_value},
};
use super::request::{Captured, Named, after_scheme};
use crate::failure::Failure;

/// More than a command line holds.
const MOST_WORDS: usize = 10_000;

/// Whether a text begins with the program's name.
pub(super) fn looks_like_curl(text: &str) -> bool {
    let word = text.split_ascii_whitespace().next().unwrap_or_default();
    matches!(word, "curl" | "curl.exe")
}

pub(super) fn read_curl_command(command: &str, files: Files) -> Result<Captured, Failure> {
    if !cmd::is_for_cmd(command) {
        let words = bash::words(command).ok_or_else(|| {
            Failure::usage("the curl command line has a quote that nothing closes")
        })?;
        return read_words(words, files);
    }
    let copied = read_words(cmd::words(command, Backslashes::Doubled), files)?;
    let typed = read_words(cmd::words(command, Backslashes::AsTheyAre), files)?;
    Ok(copied.or_body(
        typed.body().to_vec(),
        "the backslashes of the command line are taken as they are",
    ))
}

fn read_words(words: Vec<String>, files: Files) -> Result<Captured, Failure> {
    if words.len() > MOST_WORDS {
        return Err(Failure::usage(format!(
            "the curl command line has more than {MOST_WORDS} words: leave those of the request alone"
        )));
    }
    let mut curl = Curl::new(files);
    let mut words = words.into_iter().skip(1);
    let mut before = String::new();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word == "-" {
            curl.set_url(word, &mem::take(&mut before))?;
            continue;
        }
        let (options, mut attached) = options(&word);
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

struct Curl {
    files: Files,
    request: Named,
    data: Vec<Vec<u8>>,
    removes_content_type: bool,
    is_query: bool,
    is_json: bool,
    default_method: Option<&'static str>,
}

impl Curl {
    fn new(files: Files) -> Self {
        Self {
            files,
            request: Named::default(),
            data: Vec::new(),
            removes_content_type: false,
            is_query: false,
            is_json: false,
            default_method: None,
        }
    }

    fn set_flag(&mut self, option: &str) {
        match option {
            "-G" | "--get" => {
                self.is_query = true;
                self.default_method.get_or_insert("GET");
            }
            "-I" | "--head" => self.default_method = Some("HEAD"),
            _ => {}
        }
    }

    /// `before` is the option before it, if it is not known to take a value.
    fn set_url(&mut self, url: String, before: &str) -> Result<(), Failure> {
        if self.request.url.is_empty() {
            self.request.url = url;
            return Ok(());
        }
        Err(Failure::usage(if before.is_empty() {
            "the curl command line has a second url: leave the request's alone, and nothing of the \
             shell after it"
                .to_owned()
        } else {
            format!(
                "in the curl command line the word after {before} is taken for a second url: leave both \
                 out"
            )
        }))
    }

    /// A name with a colon and nothing after it is not sent, one with a semicolon is sent empty.
    fn set_header(&mut self, header: &str) {
        match (header.split_once(':'), header.strip_suffix(';')) {
            (Some((name, value)), _) if value.trim().is_empty() => {
                self.removes_content_type |= name.trim().eq_ignore_ascii_case("content-type");
            }
            (Some((name, value)), _) => self.request.add_header(name.trim(), value.trim()),
            (None, Some(name)) => self.request.add_header(name.trim(), ""),
            (None, None) => {}
        }
    }

    fn set(&mut self, option: &str, value: String) -> Result<(), Failure> {
        match option {
            "-X" | "--request" => self.request.method = value,
            "--url" => self.set_url(value, "")?,
            "-H" | "--header" => self.set_header(&value),
            "-A" | "--user-agent" => self.request.add_header("user-agent", value),
            "-u" | "--user" => {
                let credentials = format!("Basic {}", STANDARD.encode(value));
                self.request.add_header("authorization", credentials);
            }
            "--data-raw" => self.data.push(value.into_bytes()),
            "-d" | "--data" | "--data-ascii" => {
                let mut data = self.files.content(option, &value)?;
                if value.starts_with('@') {
                    // As curl does, unlike with --data-binary.
                    data.retain(|byte| !b"\r\n\0".contains(byte));
                }
                self.data.push(data);
            }
            "--data-binary" => self.data.push(self.files.content(option, &value)?),
            "--data-urlencode" => self.data.push(self.files.urlencoded(option, &value)?),
            "--json" => {
                self.is_json = true;
                let data = self.files.content(option, &value)?;
                match self.data.last_mut() {
                    Some(before) => before.extend(data),
                    None => self.data.push(data),
                }
            }
            "-F" | "--form" | "--form-string" | "-T" | "--upload-file" => {
                return Err(Failure::usage(format!(
                    "the curl command line sends a body with {option}, as SignalWire never does: give \
                     the body that arrived with --data-binary"
                )));
            }
            _ => {}
        }
        Ok(())
    }

    fn into_captured(mut self) -> Result<Captured, Failure> {
        if self.request.url.is_empty() {
            return Err(Failure::usage("the curl command line has no url"));
        }
        // Developers leave it out before the address of their own machine, as curl lets them.
        if after_scheme(&self.request.url).is_none() {
            self.request.url.insert_str(0, "http://");
        }
        let body = self.data.join(&b'&');
        if self.is_query {
            let query = String::from_utf8_lossy(&body);
            self.request.url = with_query(&self.request.url, &query);
        } else {
            self.add_content_type();
            self.request.body = body;
        }
        if self.request.method.is_empty() {
            let by_data = if self.data.is_empty() { "GET" } else { "POST" };
            let method = self.default_method.unwrap_or(by_data);
            method.clone_into(&mut self.request.method);
        }
        self.request.into_captured()
    }

    fn add_content_type(&mut self) {
        let has_one = self.request.header("content-type").is_some() || self.removes_content_type;
        if self.data.is_empty() || has_one {
            return;
        }
        let content_type = if self.is_json {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        self.request.add_header("content-type", content_type);
    }
}

fn with_query(url: &str, query: &str) -> String {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let separator = match url.split_once('?') {
        _ if query.is_empty() => "",
        None => "?",
        Some((_, before)) if before.is_empty() || before.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{url}{separator}{query}")
}

#[cfg(test)]
mod tests;
