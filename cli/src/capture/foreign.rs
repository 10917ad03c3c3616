//! Captures that cannot be read, and how to export the request instead.

use super::encoding::text;

/// A sentence for a capture that none of the readers knows.
pub(super) fn how_to_export(input: &[u8]) -> &'static str {
    let text = text(&input[..input.len().min(4_096)]);
    let line = text.lines().next().unwrap_or_default();
    of_bytes(input)
        .or_else(|| of_tool(&text, line))
        .or_else(|| of_part(&text, line))
        .unwrap_or(
            "the capture is neither raw HTTP (POST /path HTTP/1.1, its headers, an empty line and the body), \
             nor a curl command line, nor HAR, nor JSON of a tool that this program knows: in a browser, a \
             proxy or a tunnel choose Copy as cURL or Export HAR, or save each request with `listen --save`",
        )
}

/// Files that are no text.
fn of_bytes(input: &[u8]) -> Option<&'static str> {
    Some(match input {
        [0x1f, 0x8b, ..] => "the capture is compressed with gzip: unpack it first",
        [b'P', b'K', 3, 4, ..] => {
            "the capture is a zip archive, as Fiddler saves sessions: export the session as HTTPArchive \
             (HAR) instead"
        }
        [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, ..] => {
            "the capture holds packets: open it in Wireshark, choose Follow, HTTP Stream, show the data as \
             raw and save that"
        }
        _ if is_flow(input) => {
            "the capture is mitmproxy's own format: convert it with `mitmdump -nr FILE --set \
             hardump=request.har`"
        }
        _ => return None,
    })
}

/// What a tool or a program prints or is called with.
fn of_tool(text: &str, line: &str) -> Option<&'static str> {
    let begins = |names: &[&str]| {
        let line = line.strip_prefix("$ ").unwrap_or(line);
        names.iter().any(|name| line.starts_with(name))
    };
    let names_powershell = text.contains("Invoke-WebRequest") || text.contains("Invoke-RestMethod");
    Some(match line {
        _ if text.contains(": Flags [") => {
            "the capture is what tcpdump prints: save the packets with -w, open the file in Wireshark, choose \
             Follow, HTTP Stream, show the data as raw and save that"
        }
        _ if is_of_a_dump(line) => {
            "the capture is a dump in hexadecimal digits: save the bytes themselves, in Wireshark with Follow, \
             HTTP Stream, the data shown as raw"
        }
        _ if begins(&["== Info", "=> Send", "<= Recv"]) => {
            "the capture is what `curl --trace` writes: save the curl command line"
        }
        _ if begins(&["> ", "* "]) => {
            "the capture is what `curl -v` prints, which does not show the body: save the curl command line"
        }
        _ if begins(&["http ", "https "]) => {
            "the capture is an HTTPie command line: run it with --offline --print=HB --pretty=none, and save \
             what it prints"
        }
        _ if begins(&["fetch(", "await fetch("]) => {
            "the capture is a call of fetch: choose Copy as cURL instead"
        }
        _ if names_powershell || begins(&["iwr ", "irm "]) => {
            "the capture is a PowerShell command: choose Copy as cURL instead"
        }
        _ if begins(&["wget "]) => {
            "the capture is a command line of wget: write it for curl, with --data-raw and -H"
        }
        _ if begins(&[
            "import ", "from ", "require ", "const ", "<?php", "package ",
        ]) =>
        {
            "the capture is a program that sends a request: save the request as it arrived, as raw HTTP, HAR \
             or a curl command line"
        }
        _ if text.contains("insomnia.rest/") => {
            "the capture is an export of Insomnia: choose Copy as cURL at the request instead"
        }
        _ if is_of_an_access_log(line) || line.contains("signalwire_webhook: ") => {
            "the capture is a line of a log, which has neither the headers nor the body: save the request as \
             it arrives, with a tunnel or with `listen --save`"
        }
        _ if line.trim_end().ends_with('}') && line.contains('{') => {
            "the capture is a line of a log with JSON in it: keep the JSON alone, from its first brace on"
        }
        _ => return None,
    })
}

/// A request without one of its parts, or something that arrived beside it.
fn of_part(text: &str, line: &str) -> Option<&'static str> {
    Some(match line {
        _ if line.starts_with("HTTP/") => {
            "the capture is a response: save the request, which begins with POST or GET"
        }
        _ if line.starts_with(":method") || line.starts_with(":authority") => {
            "the capture has HTTP/2's pseudo-headers in place of a request line: begin with `POST /path \
             HTTP/1.1` and a line `Host: …`"
        }
        _ if is_header(line) => {
            "the capture has headers and no request line: begin with one, as in `POST /path HTTP/1.1`"
        }
        _ if text
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("<!doctype html")
            || line.starts_with("<html") =>
        {
            "the capture is an HTML page: save the request itself as raw HTTP, HAR or a curl command line"
        }
        _ if line.starts_with('<') => {
            "the capture is XML, but not Burp's: save the request as raw HTTP or HAR"
        }
        _ if line.contains(',') && line.contains("method") => {
            "the capture is a table: export the request as JSON, raw HTTP or HAR"
        }
        _ if is_form(line) => {
            "the capture is the body of a request alone: the signature and the URL are in its headers and its \
             request line, so save the whole request as raw HTTP, HAR or a curl command line"
        }
        _ => return None,
    })
}

/// As `1234:9:websocket`: lengths before a text, which a time of day is not.
fn is_flow(input: &[u8]) -> bool {
    let mut parts = input.splitn(3, |&byte| byte == b':');
    let mut is_number = || {
        let part = parts.next().unwrap_or_default();
        !part.is_empty() && part.iter().all(u8::is_ascii_digit)
    };
    is_number()
        && is_number()
        && parts
            .next()
            .is_some_and(|text| text.first().is_some_and(u8::is_ascii_alphabetic))
}

/// As `0000  50 4f 53 54` or `00000000: 504f 5354`.
fn is_of_a_dump(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let is_hex = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let offset = words.next().map(|word| word.trim_end_matches(':'));
    let pairs = words
        .take(4)
        .filter(|word| matches!(word.len(), 2 | 4) && is_hex(word));
    offset.is_some_and(|offset| offset.len() >= 4 && is_hex(offset)) && pairs.count() == 4
}

/// As servers write it: an address, and the request line in quotes.
fn is_of_an_access_log(line: &str) -> bool {
    let quoted = line.split('"').nth(1).unwrap_or_default();
    quoted.contains(" HTTP/") && line.contains('[')
}

fn is_form(line: &str) -> bool {
    let is_pair = |pair: &str| {
        pair.split_once('=')
            .is_some_and(|(name, _)| !name.is_empty())
    };
    !line.contains(' ') && line.contains('&') && line.split('&').all(is_pair)
}

fn is_header(line: &str) -> bool {
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '-';
    line.split_once(": ")
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(is_of_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_sentence() {
        for (input, sentence) in [
            (&b"\x1f\x8b\x08"[..], "gzip"),
            (b"PK\x03\x04", "HTTPArchive"),
            (b"\xd4\xc3\xb2\xa1", "Wireshark"),
            (b"1234:9:websocket;", "mitmdump"),
            (b"HTTP/1.1 200 OK\r\n", "is a response"),
            (b"* Connected\n> POST / HTTP/1.1", "curl -v"),
            (b"http POST h/sms a=b", "--offline"),
            (b"fetch(\"https://h\")", "Copy as cURL"),
            (b"Invoke-WebRequest -Uri h", "PowerShell"),
            (b"<a>", "XML"),
            (b"uuid,method,url\n", "a table"),
            (b"\"uuid\",\"method\"\n", "a table"),
            (b"wget --method=POST http://h", "wget"),
            (b"import requests\n", "is a program"),
            (b":method: POST\n:path: /\n", "pseudo-headers"),
            (b"Host: h\nX-A: b\n", "no request line"),
            (
                b"19:01:02.1 IP 10.0.0.1.5 > 10.0.0.2.80: Flags [P.], length 4\n",
                "what tcpdump prints",
            ),
            (b"0000  50 4f 53 54 20 2f 73 6d  POST /sm\n", "hexadecimal"),
            (b"00000000: 504f 5354 202f 736d POST /sm\n", "hexadecimal"),
            (b"== Info:   Trying\n=> Send header\n", "curl --trace"),
            (b"irm https://h -Method Post", "PowerShell"),
            (b"type: collection.insomnia.rest/5.0\n", "Insomnia"),
            (
                b"::1 - - [26/Nov/2026] \"POST /sms HTTP/1.1\" 403 38",
                "line of a log",
            ),
            (
                b"2026 WARN signalwire_webhook: webhook rejected",
                "line of a log",
            ),
            (
                b"2026-11-26\tINFO\t{\"rawPath\":\"/\"}",
                "from its first brace",
            ),
            (b"<!DOCTYPE html><html>", "an HTML page"),
            (b"From=%2B1&To=%2B2", "body of a request alone"),
            (b"hello", "neither raw HTTP"),
            (b"\xff\x00\x80", "neither raw HTTP"),
        ] {
            assert!(how_to_export(input).contains(sentence), "{sentence}");
        }
    }
}
