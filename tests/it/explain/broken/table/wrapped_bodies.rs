//! Bodies that gateways, queues, adapters and clients wrap, and signatures on their way.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;
use crate::explain::broken::deployment::Part;

pub fn wrapped_bodies() -> Vec<Deployment> {
    let wrapped = |name: &str, change: fn(&str) -> String, causes: &[Cause]| {
        case(
            name,
            swml().hop(body(name, move |body| {
                change(&String::from_utf8_lossy(body)).into_bytes()
            })),
            causes,
            KEEP_BODY,
        )
    };
    let wrapped_form = |name: &str, change: fn(&str) -> String, causes: &[Cause]| {
        case(
            name,
            sms().hop(body(name, move |body| {
                change(&String::from_utf8_lossy(body)).into_bytes()
            })),
            causes,
            KEEP_BODY,
        )
    };
    let rewritten = |name: &str, signed: &str, arrived: &'static str, causes: &[Cause]| {
        case(
            name,
            swml().body(signed).hop(written_as(arrived)),
            causes,
            KEEP_BODY,
        )
    };
    let signed = |name: &str, change: fn(&str) -> String| {
        case(
            name,
            sms().hop(in_signature(name, change)),
            &[Cause::SignatureEncoding],
            "28 characters of base64",
        )
    };
    vec![
        wrapped(
            "an event of API Gateway",
            |body| {
                format!(
                    r#"{{"resource":"/","httpMethod":"POST","body":{},"isBase64Encoded":false}}"#,
                    serde_json::to_string(body).unwrap()
                )
            },
            &[Cause::BodyInEnvelope],
        ),
        wrapped(
            "an event of API Gateway in base64",
            |body| {
                format!(
                    r#"{{"version":"2.0","body":"{}","isBase64Encoded":true}}"#,
                    base64_of(body)
                )
            },
            &[Cause::Base64Body, Cause::BodyInEnvelope],
        ),
        wrapped(
            "a message of SNS",
            |body| {
                format!(
                    r#"{{"Type" : "Notification", "MessageId" : "x", "Message" : {}}}"#,
                    serde_json::to_string(body).unwrap()
                )
            },
            &[Cause::BodyInEnvelope],
        ),
        wrapped(
            "a push of Pub/Sub",
            |body| {
                format!(
                    r#"{{"message":{{"data":"{}","messageId":"1"}},"subscription":"s"}}"#,
                    base64_of(body)
                )
            },
            &[Cause::Base64Body, Cause::BodyInEnvelope],
        ),
        wrapped(
            "an envelope around the object",
            |body| format!(r#"{{"event":{body},"source":"proxy"}}"#),
            &[Cause::BodyInEnvelope],
        ),
        wrapped("in an array", |body| format!("[{body}]"), &[Cause::BodyInEnvelope]),
        wrapped(
            "an envelope with a layout of its own",
            |body| format!("{{\n  \"data\": {}\n}}", body.replace("\":", "\": ").replace(",\"", ", \"")),
            &[Cause::BodyInEnvelope, Cause::JsonLayout],
        ),
        wrapped_form(
            "a form in an event of API Gateway",
            |body| format!(r#"{{"body":{},"isBase64Encoded":false}}"#, serde_json::to_string(body).unwrap()),
            &[Cause::BodyInEnvelope],
        ),
        wrapped_form(
            "a form in base64 in an event of API Gateway",
            |body| format!(r#"{{"body":"{}","isBase64Encoded":true}}"#, base64_of(body)),
            &[Cause::Base64Body, Cause::BodyInEnvelope],
        ),
        wrapped(
            "escaped as in HTML",
            |body| body.replace('"', "&quot;"),
            &[Cause::HtmlEscapedBody],
        ),
        wrapped_form(
            "a form escaped as in HTML",
            |body| body.replace('&', "&amp;"),
            &[Cause::HtmlEscapedBody],
        ),
        wrapped("percent-encoded", percent, &[Cause::PercentEncodedBody]),
        wrapped(
            "taken for a form's only name",
            |body| format!("{}=", percent(body)),
            &[Cause::PercentEncodedBody],
        ),
        wrapped("with an equals sign", |body| format!("{body}="), &[Cause::FormEncoding]),
        wrapped(
            "the value of a form",
            |body| format!("payload={}", percent(body)),
            &[Cause::PercentEncodedBody],
        ),
        wrapped_form("a form percent-encoded", percent, &[Cause::PercentEncodedBody]),
        wrapped(
            "base64 in lines",
            |body| {
                let text = base64_of(body);
                let (first, second) = text.split_at(76);
                format!("{first}\r\n{second}\r\n")
            },
            &[Cause::Base64Body],
        ),
        wrapped(
            "base64 for urls",
            |body| base64_of(body).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned(),
            &[Cause::Base64Body],
        ),
        wrapped(
            "a data url",
            |body| format!("data:application/json;base64,{}", base64_of(body)),
            &[Cause::Base64Body],
        ),
        wrapped("base64 in a JSON string", |body| format!("\"{}\"", base64_of(body)), &[]),
        wrapped("hex", hex, &[Cause::HexBody]),
        wrapped(
            "chunks not taken off",
            |body| format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
            &[Cause::ChunkedBody],
        ),
        wrapped(
            "two chunks not taken off",
            |body| {
                let (one, two) = body.split_at(10);
                format!("A\r\n{one}\r\n{:x};x=y\r\n{two}\r\n0\r\n\r\n", two.len())
            },
            &[Cause::ChunkedBody],
        ),
        wrapped_form(
            "a form's chunks not taken off",
            |body| format!("{:X}\r\n{body}\r\n0\r\n\r\n", body.len()),
            &[Cause::ChunkedBody],
        ),
        wrapped("Python's bytes", |body| format!("b'{body}'"), &[Cause::QuotedBody]),
        wrapped("quotes of another shell", |body| format!("'{body}'"), &[Cause::QuotedBody]),
        wrapped_form(
            "a zero byte at the end of a form",
            |body| format!("{body}\0"),
            &[Cause::LineBreak],
        ),
        wrapped_form(
            "quotes and a line feed",
            |body| format!("'{body}'\n"),
            &[Cause::QuotedBody],
        ),
        wrapped("hex and a line feed", |body| hex(body) + "\n", &[Cause::HexBody]),
        wrapped_form("a form in quotes", |body| format!("\"{body}\""), &[Cause::JsonInString]),
        wrapped_form("a form as Python's bytes", |body| format!("b'{body}'"), &[Cause::QuotedBody]),
        wrapped("a zero byte at the end", |body| format!("{body}\0"), &[Cause::LineBreak]),
        wrapped("zero bytes at the end", |body| format!("{body}\0\0\0\0"), &[Cause::LineBreak]),
        wrapped("a string in a string", |body| {
            serde_json::to_string(&serde_json::to_string(body).unwrap()).unwrap()
        }, &[Cause::JsonInString]),
        rewritten(
            "Jackson, for people",
            r#"{"to":"+1555123000#","a":[1,2],"b":{}}"#,
            "{\n  \"to\" : \"+1555123000#\",\n  \"a\" : [ 1, 2 ],\n  \"b\" : { }\n}",
            &[Cause::JsonLayout],
        ),
        rewritten(
            "a line separator",
            "{\"to\":\"+1555123000#\",\"q\":\"a\u{2028}b\"}",
            r#"{"to":"+1555123000#","q":"a\u2028b"}"#,
            &[Cause::JsonEscapes],
        ),
        case(
            "numbers in a form's text",
            sms().body("From=%2B1555123000#&Body=%F0%9F%98%80+%C3%A9")
                .hop(in_body("%F0%9F%98%80", "%26%23128512%3B"))
                .hop(in_body("%C3%A9", "%26%23233%3B")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "a form as multipart with types",
            sms().hop(Hop::new("multipart", Part::Body, |message| {
                let parts = form_urlencoded::parse(&message.body).map(|(name, value)| {
                    format!("--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
                });
                let parts: Vec<String> = parts.collect();
                message.body = format!("{}--x--\r\n", parts.concat()).into_bytes();
                message.set("content-type", "multipart/form-data; boundary=x");
            })),
            &[Cause::ContentType, Cause::FormAsMultipart],
            KEEP_BODY,
        ),
        case(
            "a form in the body and the query",
            sms().hop(Hop::new("copies the form", Part::Target, |message| {
                let form = String::from_utf8_lossy(&message.body).into_owned();
                message.target = format!("{}?{form}", message.target);
            })),
            &[],
            "",
        ),
        case(
            "a digest's body in an event",
            digest(SMS).hop(body("event", |body| {
                let text = serde_json::to_string(&String::from_utf8_lossy(body)).unwrap();
                format!(r#"{{"body":{text}}}"#).into_bytes()
            })),
            &[Cause::BodyInEnvelope],
            KEEP_BODY,
        ),
        case(
            "an event after a proxy",
            swml()
                .hop(body("event", |body| {
                    let text = serde_json::to_string(&String::from_utf8_lossy(body)).unwrap();
                    format!(r#"{{"body":{text}}}"#).into_bytes()
                }))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::BodyInEnvelope],
            BASE,
        ),
        signed("slashes of PHP", |value| value.replace('/', "\\/")),
        signed("an equals sign of JSON", |value| value.replace('=', "\\u003d")),
        signed("an equals sign of HTML", |value| value.replace('=', "&#61;").replace('+', "&#43;")),
        signed("quoted-printable", |value| value.replace('=', "=3D")),
        signed("a list of JSON", |value| format!("[\"{value}\"]")),
        signed("a field of HTTP's signatures", |value| format!("sig1=:{value}:")),
        signed("base64 again", base64_of),
        signed("hex of base64", hex),
        case(
            "in a header with another word",
            sms().hop(signature("moves", |message| {
                let value = message.get(SHA1).unwrap();
                message.remove(SHA1);
                message.set("x-sw-sig", value);
            })),
            &[Cause::SignatureHeader],
            "X-SignalWire-Signature",
        ),
    ]
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn hex(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
