//! Captures that cannot be read, and how to export the request instead.

use super::encoding::text;
use crate::json::Json;

/// A sentence for a capture that none of the readers knows.
pub(super) fn how_to_export(input: &[u8]) -> &'static str {
    let is_flow = input
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
        > 0
        && input.iter().find(|byte| !byte.is_ascii_digit()) == Some(&b':');
    let text = text(&input[..input.len().min(4_096)]);
    let line = text.lines().next().unwrap_or_default();
    match input {
        [0x1f, 0x8b, ..] => "the capture is compressed with gzip: unpack it first",
        [b'P', b'K', 3, 4, ..] => {
            "the capture is a zip archive, as Fiddler saves sessions: export the session as HTTPArchive \
             (HAR) instead"
        }
        [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, ..] => {
            "the capture holds packets: open it in Wireshark, choose Follow, HTTP Stream, show the data as \
             raw and save that"
        }
        _ if text.contains(": Flags [") => {
            "the capture is what tcpdump prints: save the packets with -w, open the file in Wireshark, choose \
             Follow, HTTP Stream, show the data as raw and save that"
        }
        _ if is_flow => {
            "the capture is mitmproxy's own format: convert it with `mitmdump -nr FILE --set \
             hardump=request.har`"
        }
        _ if line.starts_with("HTTP/") => {
            "the capture is a response: save the request, which begins with POST or GET"
        }
        _ if line.starts_with("> ") || line.starts_with("* ") => {
            "the capture is what `curl -v` prints, which does not show the body: save the curl command line"
        }
        _ if ["http ", "https ", "$ http "]
            .iter()
            .any(|name| line.starts_with(name)) =>
        {
            "the capture is an HTTPie command line: run it with --offline --print=HB --pretty=none, and save \
             what it prints"
        }
        _ if line.starts_with("fetch(") || line.starts_with("await fetch(") => {
            "the capture is a call of fetch: choose Copy as cURL instead"
        }
        _ if text.contains("Invoke-WebRequest") || text.contains("Invoke-RestMethod") => {
            "the capture is a PowerShell command: choose Copy as cURL instead"
        }
        _ if line.starts_with("wget ") || line.starts_with("$ wget ") => {
            "the capture is a command line of wget: write it for curl, with --data-raw and -H"
        }
        _ if [
            "import ", "from ", "require ", "const ", "<?php", "package ",
        ]
        .iter()
        .any(|start| line.starts_with(start)) =>
        {
            "the capture is a program that sends a request: save the request as it arrived, as raw HTTP, HAR \
             or a curl command line"
        }
        _ if line.starts_with(":method") || line.starts_with(":authority") => {
            "the capture has HTTP/2's pseudo-headers in place of a request line: begin with `POST /path \
             HTTP/1.1` and a line `Host: …`"
        }
        _ if is_header(line) => {
            "the capture has headers and no request line: begin with one, as in `POST /path HTTP/1.1`"
        }
        _ if line.starts_with('<') => {
            "the capture is XML, but not Burp's: save the request as raw HTTP or HAR"
        }
        _ if line.contains(',') && line.contains("method") => {
            "the capture is a table: export the request as JSON, raw HTTP or HAR"
        }
        _ => {
            "the capture is neither raw HTTP (POST /path HTTP/1.1, its headers, an empty line and the body), \
             nor a curl command line, nor HAR, nor JSON of a tool that this program knows"
        }
    }
}

fn is_header(line: &str) -> bool {
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '-';
    line.split_once(": ")
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(is_of_name))
}

/// A sentence for JSON in which nothing is a request.
pub(super) fn how_to_export_json(json: Json<'_>) -> &'static str {
    let has = |name| json.get(name).is_some();
    let text = json.written();
    if has("info") && has("item") {
        "the capture is a Postman collection: open the request, choose Code, cURL, and save that"
    } else if has("__export_format") || has("_type") {
        "the capture is an export of Insomnia: choose Copy as cURL at the request instead"
    } else if text.contains("\"firstLine\"") {
        "the capture is a session of Charles: choose Export Session, HTTP Archive (.har)"
    } else if has("log") {
        "the capture is HAR without a request in it: record the request, and export it once more"
    } else if [
        "event_at",
        "log_id",
        "request_variables",
        "laml_call",
        "charge_details",
    ]
    .iter()
    .any(|name| text.contains(name))
    {
        "the capture is SignalWire's log, without the headers of the request, and so without the signature: \
         capture the request at your server or tunnel, and give the URL in the log with --dashboard-url"
    } else if has("call") || has("message") || has("event_type") {
        "the capture is the body of a request alone: the signature and the URL are in its headers and its \
         request line, so save the whole request as raw HTTP, HAR or a curl command line"
    } else {
        "the capture is JSON in which nothing has a URL and headers: export the request as HAR, raw HTTP or a \
         curl command line"
    }
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
            (b"<html>", "XML"),
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
            (b"hello", "neither raw HTTP"),
            (b"\xff\x00\x80", "neither raw HTTP"),
        ] {
            assert!(how_to_export(input).contains(sentence), "{sentence}");
        }
        for (json, sentence) in [
            (r#"{"info":{},"item":[]}"#, "Postman"),
            (r#"{"_type":"export"}"#, "Insomnia"),
            (r#"{"log":{}}"#, "without a request"),
            (
                r#"[{"request":{"header":{"firstLine":"POST / HTTP/1.1"}}}]"#,
                "Charles",
            ),
            (
                r#"{"data":[{"event_at":"2026","details":{}}]}"#,
                "SignalWire's log",
            ),
            (r#"{"call":{}}"#, "body of a request alone"),
            ("[]", "nothing has a URL"),
        ] {
            let json = Json::all(json).unwrap()[0];
            assert!(how_to_export_json(json).contains(sentence), "{sentence}");
        }
    }
}
