//! What the options of one command say of the request.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    super::request::{Captured, Named, after_scheme},
    data::Files,
    word::Word,
};
use crate::failure::Failure;

pub(super) struct Curl {
    files: Files,
    request: Named,
    data: Vec<Vec<u8>>,
    removes_content_type: bool,
    is_query: bool,
    is_json: bool,
    default_method: Option<&'static str>,
    /// For the query, wherever the data goes.
    query: Vec<Vec<u8>>,
    /// What a shell puts a value for, in what is not read here.
    replaced: Option<String>,
}

impl Curl {
    pub(super) fn new(files: Files) -> Self {
        Self {
            files,
            request: Named::default(),
            data: Vec::new(),
            removes_content_type: false,
            is_query: false,
            is_json: false,
            default_method: None,
            query: Vec::new(),
            replaced: None,
        }
    }

    pub(super) fn set_flag(&mut self, option: &str) {
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
    pub(super) fn set_url(&mut self, url: Word, before: &str) -> Result<(), Failure> {
        if self.request.url.is_empty() {
            let host = after_scheme(&url.text).unwrap_or(&url.text);
            let host = host.split('/').next().unwrap_or_default();
            match url.replaced {
                Some(replaced) if host.contains(['$', '`']) => {
                    return Err(is_replaced("the url", &replaced));
                }
                replaced => self.note_replaced(replaced),
            }
            self.request.url = url.text;
            return Ok(());
        }
        Err(Failure::usage(if before.is_empty() {
            "the curl command line has a second url: leave the request's alone".to_owned()
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

    fn note_replaced(&mut self, replaced: Option<String>) {
        self.replaced = self.replaced.take().or(replaced);
    }

    pub(super) fn set(&mut self, option: &str, word: Word) -> Result<(), Failure> {
        if option == "--url" {
            return self.set_url(word, "");
        }
        check_replaced(option, &word)?;
        if is_sent(option) {
            self.note_replaced(word.replaced);
        }
        let value = word.text;
        match option {
            "-X" | "--request" => self.request.method = value,
            "-H" | "--header" if value.starts_with('@') => return Err(is_in_file(option, &value)),
            "-H" | "--header" => self.set_header(&value),
            "-A" | "--user-agent" => self.request.add_header("user-agent", value),
            "-u" | "--user" => {
                let credentials = format!("Basic {}", STANDARD.encode(value));
                self.request.add_header("authorization", credentials);
            }
            "--url-query" => self.query.push(match value.strip_prefix('+') {
                Some(query) => query.as_bytes().to_vec(),
                None => self.files.urlencoded(option, &value)?,
            }),
            "--json" => self.add_json(&value)?,
            "-K" | "--config" => return Err(is_in_file(option, &value)),
            "-F" | "--form" | "--form-string" | "-T" | "--upload-file" => {
                return Err(Failure::usage(format!(
                    "the curl command line sends a body with {option}, as SignalWire never does: give \
                     the body that arrived with --data-binary"
                )));
            }
            _ => self.add_data(option, value)?,
        }
        Ok(())
    }

    fn add_data(&mut self, option: &str, value: String) -> Result<(), Failure> {
        self.data.push(match option {
            "--data-raw" => value.into_bytes(),
            "-d" | "--data" | "--data-ascii" => {
                let mut data = self.files.content(option, &value)?;
                if value.starts_with('@') {
                    // As curl does, unlike with --data-binary.
                    data.retain(|byte| !b"\r\n\0".contains(byte));
                }
                data
            }
            "--data-binary" => self.files.content(option, &value)?,
            "--data-urlencode" => self.files.urlencoded(option, &value)?,
            _ => return Ok(()),
        });
        Ok(())
    }

    fn add_json(&mut self, value: &str) -> Result<(), Failure> {
        self.is_json = true;
        let data = self.files.content("--json", value)?;
        match self.data.last_mut() {
            Some(before) => before.extend(data),
            None => self.data.push(data),
        }
        Ok(())
    }

    pub(super) fn into_captured(mut self) -> Result<Captured, Failure> {
        if self.request.url.is_empty() {
            return Err(Failure::usage("the curl command line has no url"));
        }
        // Developers leave it out before the address of their own machine, as curl lets them.
        if after_scheme(&self.request.url).is_none() {
            self.request.url.insert_str(0, "http://");
        }
        if self.is_query {
            self.query.splice(0..0, self.data.iter().cloned());
        } else {
            self.add_content_type();
            self.request.body = self.data.join(&b'&');
        }
        if self.is_query || !self.query.is_empty() {
            let query = self.query.join(&b'&');
            self.request.url = with_query(&self.request.url, &String::from_utf8_lossy(&query));
        }
        if self.request.method.is_empty() {
            let by_data = if self.data.is_empty() { "GET" } else { "POST" };
            let method = self.default_method.unwrap_or(by_data);
            method.clone_into(&mut self.request.method);
        }
        let captured = self.request.into_captured()?;
        Ok(match self.replaced {
            Some(replaced) => captured.with_note(format!(
                "the curl command line has {replaced}, which a shell replaces with a value that the \
                 capture does not hold: write the value there"
            )),
            None => captured,
        })
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

/// A URL or a signature that a shell puts there cannot be guessed.
fn check_replaced(option: &str, word: &Word) -> Result<(), Failure> {
    let Some(replaced) = &word.replaced else {
        return Ok(());
    };
    let name = word.text.split(':').next().unwrap_or_default().trim();
    if matches!(option, "-H" | "--header") && name.to_ascii_lowercase().ends_with("signature") {
        return Err(is_replaced(&format!("the header {name}"), replaced));
    }
    Ok(())
}

fn is_replaced(what: &str, replaced: &str) -> Failure {
    Failure::usage(format!(
        "in the curl command line {what} has {replaced}, which a shell replaces with a value that the \
         capture does not hold: write the value there"
    ))
}

fn is_in_file(option: &str, file: &str) -> Failure {
    Failure::usage(format!(
        "the curl command line takes a part of the request from the file {:?} ({option}): write what is in \
         it into the command line",
        file.trim_start_matches('@')
    ))
}

/// Whether its value is a part of what is signed.
fn is_sent(option: &str) -> bool {
    option.starts_with("--data")
        || matches!(
            option,
            "-d" | "--json" | "--url-query" | "-X" | "--request" | "-H" | "--header"
        )
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
