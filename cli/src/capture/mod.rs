//! Requests that other tools saved, read back as they arrived.
//!
//! One file reads each kind, and [`read_capture`] chooses it by what the capture looks like. What
//! cannot be read is refused with a sentence that says how to export it instead. Everything in a
//! capture is a stranger's: no file that it names is read unasked, and reading it takes no more
//! memory than a small multiple of its length. It knows nothing of signatures.

mod api_gateway;
mod burp;
mod curl;
mod encoding;
mod foreign;
mod foreign_json;
mod har;
mod headers;
#[cfg(test)]
mod hostile;
mod post_data;
mod query;
mod raw_http;
mod request;
mod tolerant;

use std::borrow::Cow;

use self::{
    api_gateway::read_event,
    burp::{looks_like_burp, read_burp},
    curl::{from_first_command, read_curl_commands},
    encoding::unwrapped,
    foreign::how_to_export,
    foreign_json::how_to_export_json,
    har::read_har,
    raw_http::{looks_like_raw_http, read_raw_http},
    tolerant::find_requests,
};
pub(crate) use self::{
    curl::Files,
    request::{Captured, PossibleBody},
};
use crate::{failure::Failure, json::Json};

/// The requests in a capture: those with a signature, or the only one.
pub(crate) fn read_capture(input: &[u8], files: Files) -> Result<Vec<Captured>, Failure> {
    let input = unwrapped(input)?;
    if input.trim_ascii().is_empty() {
        return Err(Failure::usage("there is no request: the input is empty"));
    }
    let all = read(&input, files)?;
    let number = all.len();
    if number == 1 {
        return Ok(all);
    }
    let signed: Vec<Captured> = all.into_iter().filter(Captured::is_signed).collect();
    if signed.is_empty() {
        return Err(Failure::usage(format!(
            "none of the {number} requests in the capture has a signature header: capture the request \
             where it arrives, at the server or the tunnel, and not in a browser"
        )));
    }
    Ok(signed)
}

fn read(input: &[u8], files: Files) -> Result<Vec<Captured>, Failure> {
    let input = &*without_indentation(input);
    let start = without_surroundings(input);
    if looks_like_raw_http(start) {
        return read_raw_http(start).map(|request| vec![request]);
    }
    let text = encoding::text(start);
    if let Some(commands) = from_first_command(&text) {
        return read_curl_commands(commands, files);
    }
    if looks_like_burp(&text) {
        return read_burp(&text);
    }
    if text.starts_with(['{', '[']) {
        return read_json(&text);
    }
    Err(Failure::usage(how_to_export(input)))
}

fn read_json(text: &str) -> Result<Vec<Captured>, Failure> {
    let values = Json::all(text).map_err(|error| {
        Failure::usage(format!(
            "the capture begins as JSON, but it is not ({error}): export it once more; an object that a \
             program printed must be JSON, as JSON.stringify writes it"
        ))
    })?;
    let mut requests = Vec::new();
    for &value in &values {
        if let Some(har) = read_har(value) {
            requests.extend(har?);
        } else if let Some(event) = read_event(value) {
            requests.push(event?);
        } else {
            requests.extend(find_requests(value)?);
        }
    }
    match (requests.is_empty(), values.first()) {
        (true, Some(&value)) => Err(Failure::usage(how_to_export_json(value))),
        _ => Ok(requests),
    }
}

/// A request that was copied out of a list or a letter is indented as a whole, and an indented line
/// would go on with the header before it.
fn without_indentation(input: &[u8]) -> Cow<'_, [u8]> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let lines = || input.split_inclusive(|&byte| byte == b'\n');
    let mut filled = lines().filter(|line| !line.trim_ascii().is_empty());
    let first = filled.next().unwrap_or_default();
    let indentation = &first[..first.iter().take_while(|byte| is_space(byte)).count()];
    if indentation.is_empty() || !filled.all(|line| line.starts_with(indentation)) {
        return Cow::Borrowed(input);
    }
    let without = |line| <[u8]>::strip_prefix(line, indentation).unwrap_or(line);
    Cow::Owned(lines().flat_map(without).copied().collect())
}

/// Without the comments of an editor's request file, and the fence of Markdown.
fn without_surroundings(input: &[u8]) -> &[u8] {
    let mut input = input.trim_ascii_start();
    if let Some(fenced) = input.strip_prefix(b"```") {
        let fenced = fenced.trim_ascii_end();
        input = after_line(fenced.strip_suffix(b"```").unwrap_or(fenced));
        input = input.strip_suffix(b"\n").unwrap_or(input);
    }
    while input.starts_with(b"#") {
        input = after_line(input).trim_ascii_start();
    }
    input
}

fn after_line(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| *byte == b'\n');
    end.map_or(b"", |end| &text[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(input: &str) -> Result<usize, String> {
        read_capture(input.as_bytes(), Files::Refused)
            .map(|all| all.len())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn each_kind_is_known_by_its_beginning() {
        for input in [
            "\r\n POST /sms HTTP/1.1\nHost: h\n\na=b",
            "curl http://h/ -d a=b",
            "$ curl.exe http://h/ -d a=b",
            "### one\n# @name sms\n\nPOST http://h/sms HTTP/1.1\n\na=b",
            "  POST /sms HTTP/1.1\n  X-SignalWire-Signature: a\n\n  a=b",
            "```http\nPOST /sms HTTP/1.1\nHost: h\n\na=b\n```\n",
            "```\ncurl http://h/ -d a=b\n```",
            "curl ^\"http://h/^\" -d ^\"a=b^\"",
            r#"{"log":{"entries":[{"request":{"method":"POST","url":"http://h/","headers":[]}}]}}"#,
            r#"[{"method":"POST","url":"http://h/","headers":{"a":"b"}}]"#,
            "<items><item><request base64=\"false\">POST / HTTP/1.1\n\n</request></item></items>",
        ] {
            assert_eq!(count(input), Ok(1), "{input}");
        }
        for placeholder in [
            "POST {{host}}/sms HTTP/1.1\n\na=b",
            "POST https://{{host}}/sms HTTP/1.1\n\na=b",
            "curl '{{host}}/sms' -d a=b",
            "POST /sms HTTP/1.1\nX-SignalWire-Signature: {{signature}}\n\na=b",
        ] {
            let failure = count(placeholder).unwrap_err();
            assert!(failure.contains("the placeholder \"{{"), "{failure}");
        }
        assert_eq!(count("POST https://h/?a={{b}} HTTP/1.1\n\na={{b}}"), Ok(1));
        for input in ["", "  ", "hello", "{", "{}", "[]", "\u{feff}"] {
            assert!(count(input).is_err(), "{input}");
        }
    }

    #[test]
    fn of_several_requests_those_with_a_signature_are_meant() {
        let entry = |header: &str| {
            format!(
                r#"{{"request":{{"method":"POST","url":"http://h/","headers":[{{"name":"{header}","value":"a"}}]}}}}"#
            )
        };
        let har = |headers: &[&str]| {
            let entries: Vec<String> = headers.iter().map(|header| entry(header)).collect();
            format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","))
        };
        assert_eq!(count(&har(&["x-a", "X-Twilio-Signature", "x-a"])), Ok(1));
        assert_eq!(count(&har(&["x-a"])), Ok(1));
        let failure = count(&har(&["x-a", "x-a"])).unwrap_err();
        assert!(failure.contains("none of the 2 requests"), "{failure}");
        let failure = count(&har(&[])).unwrap_err();
        assert!(failure.contains("without a request"), "{failure}");
    }
}
