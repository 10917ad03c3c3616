//! Raw HTTP/1.1, as `nc`, Wireshark, Burp, mitmproxy and `HTTPie` save it.

use super::{
    encoding::{from_latin_1, text},
    request::{Captured, Named},
};
use crate::failure::Failure;

/// Whether a text begins with a request line.
pub(super) fn looks_like_raw_http(input: &[u8]) -> bool {
    let line = input
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = text(line);
    let words: Vec<&str> = line.split_ascii_whitespace().take(4).collect();
    let is_method = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
    };
    match words[..] {
        [method, _, version] => is_token(method) && version.starts_with("HTTP/"),
        [method, target] => {
            is_method(method) && (target.starts_with('/') || target.contains("://"))
        }
        _ => false,
    }
}

/// What HTTP allows as a method, which a stranger may have sent to `listen`.
fn is_token(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

pub(super) fn read_raw_http(input: &[u8]) -> Result<Captured, Failure> {
    let (head, body) = split_head(input);
    let mut request = read_head(head)?;
    let is_chunked = request
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    if let Some(whole) = is_chunked.then(|| unchunked(body)).flatten() {
        request.body = whole;
        return request.into_captured();
    }
    let length = request.header("content-length");
    let Some(length) = length.and_then(|length| length.trim().parse().ok()) else {
        return without_length(request, body);
    };
    let (body, rest) = body.split_at(body.len().min(length));
    request.body = body.to_vec();
    let captured = with_latin_1(request.into_captured()?);
    Ok(if rest.trim_ascii().is_empty() {
        // An editor that ends a file with a line break did not receive it.
        captured
    } else {
        with_rest(captured, rest)
    })
}

/// Nothing parts the body from what an editor or a tool added after it. A form has its line breaks
/// encoded, so that those at its end are not its own.
fn without_length(mut request: Named, body: &[u8]) -> Result<Captured, Failure> {
    let content_type = request.header("content-type").unwrap_or_default();
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    request.body = if is_form {
        without_line_breaks(body).to_vec()
    } else {
        body.to_vec()
    };
    let captured = with_latin_1(request.into_captured()?);
    Ok(match start_of_answer(body) {
        Some(start) => captured.or_body(
            without_line_breaks(&body[..start]).to_vec(),
            "the answer after the request is left out",
        ),
        None => captured,
    })
}

fn without_line_breaks(body: &[u8]) -> &[u8] {
    let after = body.iter().rposition(|byte| !b"\r\n".contains(byte));
    &body[..after.map_or(0, |last| last + 1)]
}

/// Where a line begins as the response does, which no Content-Length parts from the body.
fn start_of_answer(body: &[u8]) -> Option<usize> {
    let mut windows = body.windows(8);
    windows.position(|window| window == b"\nHTTP/1." || window == b"\nHTTP/2 ")
}

/// The response may follow, or another request. Otherwise the length may be that of the body before a
/// tool changed it.
fn with_rest(captured: Captured, rest: &[u8]) -> Captured {
    let follows = rest.trim_ascii_start();
    if follows.starts_with(b"HTTP/") {
        return captured;
    }
    let note = format!(
        "the capture goes on for {} bytes after the {} that Content-Length says, and they were left out",
        rest.len(),
        captured.body().len(),
    );
    let whole = [captured.body(), rest].concat();
    let captured = captured.with_note(note);
    if looks_like_raw_http(follows) {
        return captured;
    }
    captured.or_body(whole, "the body is taken whole, beyond its Content-Length")
}

/// SignalWire sends UTF-8, and an editor may have saved it as Latin-1.
fn with_latin_1(captured: Captured) -> Captured {
    if str::from_utf8(captured.body()).is_ok() {
        return captured;
    }
    let converted = from_latin_1(captured.body()).into_bytes();
    captured.or_body(
        converted,
        "the capture is taken for Latin-1, and its body converted to the UTF-8 that SignalWire sends",
    )
}

fn read_head(head: &[u8]) -> Result<Named, Failure> {
    let mut lines = head
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty());
    let line = text(lines.next().unwrap_or_default());
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(Failure::usage("the capture has no request line"));
    };
    let mut request = Named {
        method: method.to_owned(),
        url: target.to_owned(),
        ..Named::default()
    };
    for line in lines {
        let continued = request.headers.last_mut();
        if let (true, Some((_, value))) =
            (line.starts_with(b" ") || line.starts_with(b"\t"), continued)
        {
            if !value.is_empty() {
                value.push(b' ');
            }
            value.extend_from_slice(line.trim_ascii());
            continue;
        }
        let (name, value) = header(line).ok_or_else(|| {
            Failure::usage(format!(
                "the capture has a line among its headers that is not one: {:?}; an empty line ends the \
                 headers",
                text(line)
            ))
        })?;
        request.add_header(name, value);
    }
    Ok(request)
}

/// The name of a pseudo-header begins with a colon.
fn header(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().skip(1).position(|&byte| byte == b':')? + 1;
    let name = str::from_utf8(&line[..colon]).ok()?.trim();
    Some((name.to_owned(), line[colon + 1..].trim_ascii()))
}

/// Up to the empty line, with line endings of either kind, or of both. Some consoles print a space in
/// it.
fn split_head(input: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    for line in input.split_inclusive(|&byte| byte == b'\n') {
        let start = end + line.len();
        if end > 0 && line.trim_ascii().is_empty() {
            return (&input[..end], &input[start..]);
        }
        end = start;
    }
    (input, b"")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> Captured {
        assert!(looks_like_raw_http(input.as_bytes()), "{input}");
        read_raw_http(input.as_bytes()).unwrap()
    }

    fn all<'a>(captured: &'a Captured, name: &str) -> Vec<&'a str> {
        let values = captured.parts.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    #[test]
    fn raw_http_is_read_with_either_line_ending() {
        for input in [
            "POST /sms?a=b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\na=b",
            "POST /sms?a=b HTTP/1.1\nHost: h:1\nContent-Length: 3\n\na=b\n",
            "POST http://h:1/sms?a=b HTTP/1.1\n\na=b",
            "Po%zzST http://h:1/sms?a=b HTTP/1.1\n\na=b",
            "POST /sms?a=b HTTP/1.1\r\nHost: h:1\n\r\na=b",
            "POST /sms?a=b HTTP/1.1\nHost: h:1\n \na=b",
            "POST /sms?a=b HTTP/2\n:authority: h:1\n\na=b",
            "POST /sms?a=b\nhost: h:1\nTransfer-Encoding: chunked\n\n2\r\na=\r\n1\r\nb\r\n0\r\n\r\n",
        ] {
            let captured = read(input);
            assert_eq!(captured.parts.uri, "/sms?a=b");
            assert_eq!(captured.parts.headers["host"], "h:1");
            assert_eq!(captured.body(), b"a=b", "{input}");
            assert!(captured.notes.is_empty(), "{input}");
        }
    }

    #[test]
    fn what_the_headers_say_goes_before_what_the_url_says() {
        let captured =
            read("POST http://u:p@other:2/sms HTTP/1.1\nHost: h:1\nAuthorization: Bearer b\n\na=b");
        assert_eq!(all(&captured, "host"), ["h:1"]);
        assert_eq!(all(&captured, "authorization"), ["Bearer b"]);
        let captured = read("POST /sms HTTP/1.1\nX-A: b\n\na=b");
        assert!(all(&captured, "host").is_empty() && all(&captured, "authorization").is_empty());
    }

    #[test]
    fn a_url_in_the_query_names_no_host() {
        let captured = read("POST /sms?next=https://other/b HTTP/1.1\nHost: h\n\n");
        assert_eq!(captured.parts.uri, "/sms?next=https://other/b");
        assert_eq!(all(&captured, "host"), ["h"]);
    }

    #[test]
    fn a_body_that_was_cut_short_or_goes_on_is_noticed() {
        let cut = read("POST /sms HTTP/1.1\nContent-Length: 9\n\na=b");
        assert_eq!(cut.body(), b"a=b");
        assert!(cut.notes[0].contains("has 3 bytes of the body, and Content-Length says 9"));
        let longer = read("POST /sms HTTP/1.1\nContent-Length: 3\n\na=b&c=d");
        assert_eq!(longer.body(), b"a=b");
        assert_eq!(longer.bodies[1].bytes, b"a=b&c=d");
        assert!(longer.notes[0].contains("goes on for 4 bytes after the 3"));
        let answered = read("POST /sms HTTP/1.1\nContent-Length: 3\n\na=b\n\nHTTP/1.1 200 OK\n\n");
        assert_eq!((answered.bodies.len(), answered.notes.len()), (1, 0));
        let another = read("POST /sms HTTP/1.1\nContent-Length: 3\n\na=b\nPOST / HTTP/1.1\n\n");
        assert_eq!((another.bodies.len(), another.notes.len()), (1, 1));
    }

    #[test]
    fn without_a_length_a_form_does_not_end_with_a_line_break() {
        for (content_type, body) in [
            ("application/x-www-form-urlencoded", "a=b "),
            ("application/json", "a=b \r\n\n"),
        ] {
            let head = format!("POST /sms HTTP/1.1\nContent-Type: {content_type}\n\n");
            let captured = read(&format!("{head}a=b \r\n\n"));
            assert_eq!(captured.body(), body.as_bytes(), "{content_type}");
        }
    }

    #[test]
    fn without_a_length_the_answer_may_follow() {
        let captured = read("POST /sms HTTP/1.1\n\na=b\n\nHTTP/1.1 403 Forbidden\n\nno\n");
        assert_eq!(captured.bodies[1].bytes, b"a=b");
        assert!(captured.body().ends_with(b"no\n"));
    }

    #[test]
    fn a_body_in_latin_1_may_have_been_utf_8() {
        let captured = read_raw_http(b"POST /sms HTTP/1.1\nX: \xe9\n\n{\"a\":\"\xe9\"}").unwrap();
        assert_eq!(captured.body(), b"{\"a\":\"\xe9\"}");
        assert_eq!(captured.bodies[1].bytes, "{\"a\":\"é\"}".as_bytes());
        assert_eq!(captured.parts.headers["x"].as_bytes(), b"\xe9");
    }

    #[test]
    fn what_is_not_a_request_is_not_taken_for_one() {
        for input in [
            "hello",
            "HTTP/1.1 200 OK",
            "one two three",
            "",
            "\u{1b}[2J / HTTP/1.1",
        ] {
            assert!(!looks_like_raw_http(input.as_bytes()), "{input}");
        }
        assert!(read_raw_http(b"POST / HTTP/1.1\nno header\n\n").is_err());
    }
}
