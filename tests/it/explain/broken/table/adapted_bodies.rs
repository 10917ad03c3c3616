//! Bodies as adapters, queues and logs pass them on.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;
use crate::explain::broken::adapters;

pub fn adapted_bodies() -> Vec<Deployment> {
    let of = |deployment: Deployment, name: &str, change: fn(&str) -> String, causes: &[Cause]| {
        let change = body(name, move |body| {
            change(&String::from_utf8_lossy(body)).into_bytes()
        });
        case(name, deployment.hop(change), causes, KEEP_BODY)
    };
    let json = |name, change, causes: &[Cause]| of(swml(), name, change, causes);
    let form = |name, change, causes: &[Cause]| of(sms(), name, change, causes);
    vec![
        json(
            "a Buffer of Node.js as JSON",
            adapters::buffer,
            &[Cause::BodyAsNumbers],
        ),
        form(
            "a form's Buffer as JSON",
            adapters::buffer,
            &[Cause::BodyAsNumbers],
        ),
        json(
            "a list of bytes",
            |body| format!("[{}]", numbers(body, ", ")),
            &[Cause::BodyAsNumbers],
        ),
        json(
            "a typed array as text",
            |body| numbers(body, ","),
            &[Cause::BodyAsNumbers],
        ),
        json(
            "a dictionary of Python",
            adapters::python_dict,
            &[Cause::PythonDict, Cause::JsonLayout],
        ),
        json(
            "bytes of Python with escapes",
            |body| format!("b'{}'", body.replace("in", "\\x69n")),
            &[Cause::QuotedBody],
        ),
        json(
            "an event stream",
            adapters::event_stream,
            &[Cause::BodyInEnvelope],
        ),
        json(
            "JSONP",
            |body| format!("callback({body});"),
            &[Cause::BodyInEnvelope],
        ),
        json(
            "a line of a log",
            |body| format!("2026-11-26T10:00:00Z INFO {body}"),
            &[Cause::BodyInEnvelope],
        ),
        json(
            "an envelope whose names nobody knows",
            |body| format!(r#"{{"query":"x","variables":{{"input":{body}}}}}"#),
            &[Cause::BodyInEnvelope],
        ),
        form(
            "the data of an event in base64",
            |body| format!(r#"{{"specversion":"1.0","data_base64":"{}"}}"#, base64_of(body)),
            &[Cause::Base64Body, Cause::BodyInEnvelope],
        ),
        form(
            "white space around a form",
            |body| format!(" {body}\r\n"),
            &[Cause::LineBreak],
        ),
        json(
            "PostgreSQL's hex",
            |body| format!("\\x{}", hex(body)),
            &[Cause::HexBody],
        ),
        json(
            "inside a JSON string, without its quotes",
            |body| body.replace('"', "\\\""),
            &[Cause::JsonInString],
        ),
        json(
            "an envelope around the object, laid out anew",
            |body| format!(r#"{{"headers": {{}}, "body": {}}}"#, body.replace("\":", "\": ").replace(",\"", ", \"")),
            &[Cause::BodyInEnvelope, Cause::JsonLayout],
        ),
        form(
            "a record of a queue",
            adapters::record,
            &[Cause::BodyInEnvelope],
        ),
        form(
            "a notification in a record of a queue",
            |body| adapters::record(&format!(r#"{{"Type":"Notification","Message":"{body}"}}"#)),
            &[Cause::BodyInEnvelope],
        ),
        form(
            "the text of an XML document",
            adapters::xml_text,
            &[Cause::BodyInEnvelope],
        ),
        form(
            "the value of another form",
            |body| format!("payload={}", body.replace('%', "%25").replace('=', "%3D").replace('&', "%26").replace('+', "%2B")),
            &[Cause::PercentEncodedBody],
        ),
        json(
            "a part of multipart/form-data",
            |body| format!("--x\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{body}\r\n--x--\r\n"),
            &[Cause::BodyInEnvelope],
        ),
        case(
            "gzip in base64 in an event",
            sms()
                .hop(gzip(false))
                .hop(base64())
                .hop(body("an event", |body| {
                    let body = String::from_utf8_lossy(body);
                    format!(r#"{{"body":"{body}","isBase64Encoded":true}}"#).into_bytes()
                })),
            &[Cause::Compressed, Cause::Base64Body, Cause::BodyInEnvelope],
            KEEP_BODY,
        ),
        case(
            "null for empty objects",
            swml().hop(in_body("{}", "null")),
            &[Cause::JsonEmptyObjects],
            KEEP_BODY,
        ),
        case(
            "strings escaped for HTML",
            swml()
                .body(r#"{"call":{"from":"+1555123000#"},"vars":{"text":"\"a\" & <b>"}}"#)
                .hop(in_body("\\\"", "&quot;"))
                .hop(in_body(" & ", " &amp; "))
                .hop(in_body("<b>", "&lt;b&gt;")),
            &[Cause::HtmlEscapedBody],
            KEEP_BODY,
        ),
        case(
            "a call's keys sorted",
            swml()
                .body(CALL)
                .hop(written_as(r#"{"call":{"call_id":"c-1","call_state":"created","from":"+1555123000#","headers":[],"node_id":"n","project_id":"p","space_id":"s","to":"+15551230002","type":"phone"},"envs":{},"params":{},"vars":{}}"#)),
            &[Cause::JsonKeyOrder],
            KEEP_BODY,
        ),
        case(
            "a call as PHP writes it, after a stripped prefix",
            Deployment::json("https://hooks.example.com/hooks/swml")
                .body(CALL)
                .hop(in_body("{}", "[]"))
                .hop(stripped("/hooks", "")),
            &[Cause::PathPrefix, Cause::JsonEmptyObjects],
            "https://hooks.example.com/hooks",
        ),
    ]
}

const CALL: &str = r#"{"call":{"call_id":"c-1","node_id":"n","call_state":"created","type":"phone","from":"+1555123000#","to":"+15551230002","headers":[],"project_id":"p","space_id":"s"},"vars":{},"envs":{},"params":{}}"#;

fn numbers(body: &str, separator: &str) -> String {
    let numbers: Vec<String> = body.bytes().map(|byte| byte.to_string()).collect();
    numbers.join(separator)
}

fn base64_of(body: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(body)
}

fn hex(body: &str) -> String {
    body.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
