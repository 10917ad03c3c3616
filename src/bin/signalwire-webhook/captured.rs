use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::request::Parts;
use serde_json::Value;

use crate::{curl_command::read_curl_command, failure::Failure};

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) parts: Parts,
    pub(crate) body: Vec<u8>,
}

/// Reads raw HTTP, a curl command line, or the signed entries of a HAR.
pub(crate) fn read_captured(input: &[u8]) -> Result<Vec<Captured>, Failure> {
    let start = input.trim_ascii_start();
    if start.is_empty() {
        return Err(Failure::usage("there is no request: the input is empty"));
    }
    if start.starts_with(b"{") {
        return read_har(start);
    }
    if start.starts_with(b"curl") {
        let text = str::from_utf8(start)
            .map_err(|_| Failure::usage("the curl command line is not UTF-8"))?;
        return read_curl_command(text).map(|captured| vec![captured]);
    }
    read_raw_http(start).map(|captured| vec![captured])
}

/// A request from what names its parts; the URL's host and credentials are put where a client
/// puts them.
pub(crate) fn captured(
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: Vec<u8>,
) -> Result<Captured, Failure> {
    let (authority, target) = match behind_scheme(url) {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", url),
    };
    let target = target.split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    };
    let mut request = http::Request::builder().method(method).uri(target);
    let (userinfo, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    // HTTP/2 names the host in a pseudo-header, which is no header here.
    let host = value(headers, ":authority").unwrap_or(host);
    if value(headers, "host").is_none() && !host.is_empty() {
        request = request.header("host", host);
    }
    if value(headers, "authorization").is_none() && !userinfo.is_empty() {
        request = request.header(
            "authorization",
            format!("Basic {}", STANDARD.encode(userinfo)),
        );
    }
    for (name, value) in headers.iter().filter(|(name, _)| !name.starts_with(':')) {
        request = request.header(name, value);
    }
    let (parts, ()) = request
        .body(())
        .map_err(|error| Failure::usage(format!("this is no HTTP request: {error}")))?
        .into_parts();
    Ok(Captured { parts, body })
}

/// What follows the scheme of an absolute URL; the query of a relative one may hold another URL.
pub(crate) fn behind_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    (!scheme.contains(['/', '?', '#'])).then_some(rest)
}

fn value<'a>(headers: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    let found = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| value.as_str())
}

fn read_raw_http(input: &[u8]) -> Result<Captured, Failure> {
    let not_http = || {
        Failure::usage(
            "the input is neither raw HTTP (POST /path HTTP/1.1 and its headers), nor a curl command \
             line, nor HAR",
        )
    };
    let (head, body) = split_head(input);
    let head = str::from_utf8(head).map_err(|_| not_http())?;
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split_ascii_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(not_http());
    };
    if words
        .next()
        .is_some_and(|version| !version.starts_with("HTTP/"))
    {
        return Err(not_http());
    }
    let mut headers = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(not_http)?;
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let length = value(&headers, "content-length").and_then(|length| length.parse().ok());
    let is_chunked = value(&headers, "transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    let body = match (is_chunked.then(|| unchunked(body)).flatten(), length) {
        (Some(whole), _) => whole,
        // An editor that ends a file with a line break did not receive it.
        (None, Some(length)) => body.get(..length).unwrap_or(body).to_vec(),
        (None, None) => body.to_vec(),
    };
    captured(method, target, &headers, body)
}

/// Up to the empty line, with line endings of either kind.
fn split_head(input: &[u8]) -> (&[u8], &[u8]) {
    let separators = [&b"\r\n\r\n"[..], b"\n\n"].into_iter();
    let found = separators.filter_map(|separator| {
        let mut windows = input.windows(separator.len());
        let position = windows.position(|window| window == separator)?;
        Some((position, position + separator.len()))
    });
    match found.min() {
        Some((end, start)) => (&input[..end], &input[start..]),
        None => (input, b""),
    }
}

/// What a chunked body holds; `None` where it is not chunked any more.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        let size = str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

/// The entries with a signature, or all where none has one.
fn read_har(input: &[u8]) -> Result<Vec<Captured>, Failure> {
    let not_har =
        |problem: &str| Failure::usage(format!("the input is JSON but no HAR: {problem}"));
    let har: Value = serde_json::from_slice(input).map_err(|error| not_har(&error.to_string()))?;
    let entries = har["log"]["entries"]
        .as_array()
        .ok_or_else(|| not_har("it has no log.entries"))?;
    let is_signed = |entry: &&Value| {
        let headers = entry["request"]["headers"].as_array();
        headers.is_some_and(|headers| {
            headers.iter().any(|header| {
                let name = header["name"].as_str().unwrap_or_default();
                name.to_ascii_lowercase().contains("signature")
            })
        })
    };
    let signed: Vec<&Value> = entries.iter().filter(is_signed).collect();
    let chosen = if signed.is_empty() {
        entries.iter().collect()
    } else {
        signed
    };
    if chosen.is_empty() {
        return Err(not_har("log.entries is empty"));
    }
    chosen
        .into_iter()
        .map(|entry| read_har_request(&entry["request"]))
        .collect()
}

fn read_har_request(request: &Value) -> Result<Captured, Failure> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = request["headers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|header| (text(&header["name"]), text(&header["value"])))
        .collect();
    let body = text(&request["postData"]["text"]);
    let body = if request["postData"]["encoding"] == "base64" {
        STANDARD
            .decode(&body)
            .map_err(|error| Failure::usage(format!("postData is no base64: {error}")))?
    } else {
        body.into_bytes()
    };
    captured(
        &text(&request["method"]),
        &text(&request["url"]),
        &headers,
        body,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(input: &str) -> Captured {
        let mut all = read_captured(input.as_bytes()).unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn raw_http_is_read_with_either_line_ending() {
        for input in [
            "POST /sms?a=b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\na=b",
            "POST /sms?a=b HTTP/1.1\nHost: h:1\nContent-Length: 3\n\na=b\n",
            "POST http://h:1/sms?a=b HTTP/1.1\n\na=b",
            "POST /sms?a=b\nhost: h:1\nTransfer-Encoding: chunked\n\n2\r\na=\r\n1\r\nb\r\n0\r\n\r\n",
        ] {
            let captured = only(input);
            assert_eq!(captured.parts.uri, "/sms?a=b");
            assert_eq!(captured.parts.headers["host"], "h:1");
            assert_eq!(captured.body, b"a=b", "{input}");
        }
    }

    fn all<'a>(captured: &'a Captured, name: &str) -> Vec<&'a str> {
        let values = captured.parts.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    #[test]
    fn what_the_headers_say_goes_before_what_the_url_says() {
        let captured =
            only("POST http://u:p@other:2/sms HTTP/1.1\nHost: h:1\nAuthorization: Bearer b\n\na=b");
        assert_eq!(all(&captured, "host"), ["h:1"]);
        assert_eq!(all(&captured, "authorization"), ["Bearer b"]);
        let captured = only("POST /sms HTTP/1.1\nX-A: b\n\na=b");
        assert!(all(&captured, "host").is_empty() && all(&captured, "authorization").is_empty());
    }

    #[test]
    fn a_url_in_the_query_names_no_host() {
        let captured = only("POST /sms?next=https://other/b HTTP/1.1\nHost: h\n\n");
        assert_eq!(captured.parts.uri, "/sms?next=https://other/b");
        assert_eq!(all(&captured, "host"), ["h"]);
    }

    #[test]
    fn a_body_that_was_cut_short_is_taken_as_it_is() {
        let captured = only("POST /sms HTTP/1.1\nContent-Length: 9\n\na=b");
        assert_eq!(captured.body, b"a=b");
    }

    #[test]
    fn the_pseudo_header_of_http_2_names_the_host_once() {
        for (url, host, named) in [
            ("http://10.0.0.1/sms", "", "h:1"),
            ("/sms", "", "h:1"),
            ("/sms", r#"{"name":"Host","value":"h:2"},"#, "h:2"),
        ] {
            let captured = only(&format!(
                r#"{{"log":{{"entries":[{{"request":{{"method":"POST","url":"{url}","headers":[
                {host}{{"name":":authority","value":"h:1"}}]}}}}]}}}}"#
            ));
            assert_eq!(all(&captured, "host"), [named], "{url}");
        }
    }

    #[test]
    fn a_har_gives_its_signed_requests() {
        let har = r#"{"log":{"entries":[
            {"request":{"method":"GET","url":"https://h/","headers":[]}},
            {"request":{"method":"POST","url":"https://u:p@h:1/sms","headers":[
                {"name":":authority","value":"h:1"},
                {"name":"X-SignalWire-Signature","value":"x"}],
             "postData":{"mimeType":"text/plain","text":"a=b"}}}]}}"#;
        let captured = only(har);
        assert_eq!(captured.parts.headers["host"], "h:1");
        assert_eq!(captured.parts.headers["authorization"], "Basic dTpw");
        assert_eq!(captured.body, b"a=b");
    }

    #[test]
    fn what_is_no_request_is_an_error() {
        for input in [
            "",
            " \n",
            "hello",
            "{}",
            "{",
            "{\"log\":{\"entries\":[]}}",
            "POST / X\n\n",
            "P OST / HTTP/1.1",
        ] {
            assert!(read_captured(input.as_bytes()).is_err(), "{input}");
        }
        assert!(read_captured(b"\xff\xfe\n\n").is_err());
    }
}
