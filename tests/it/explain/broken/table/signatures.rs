//! Signatures and schemes.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn signatures() -> Vec<Deployment> {
    let encoding = |name: &str, change: fn(&str) -> String| {
        case(
            name,
            sms().hop(in_signature(name, change)),
            &[Cause::SignatureEncoding],
            "28 characters of base64",
        )
    };
    vec![
        encoding("hex where base64 belongs", hex_of_base64),
        encoding("without its padding", |value| {
            value.trim_end_matches('=').to_owned()
        }),
        encoding("safe for URLs", |value| {
            value.replace('+', "-").replace('/', "_") + " "
        }),
        encoding("percent-encoded", |value| {
            value
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
        }),
        encoding("in quotes", |value| format!("\"{value}\"")),
        encoding("Python's bytes", |value| format!("b'{value}'")),
        encoding("two equal ones joined", |value| format!("{value}, {value}")),
        encoding("two equal ones joined by a comma", |value| {
            format!("{value},{value}")
        }),
        encoding("with its algorithm", |value| format!("sha1={value}")),
        case(
            "in a gateway's header",
            sms().hop(signature("moves", |message| {
                let value = message.get(SHA1).unwrap();
                message.remove(SHA1);
                message.set("x-webhook-signature", value);
            })),
            &[Cause::SignatureHeader],
            "X-SignalWire-Signature",
        ),
        case(
            "SHA-256 in the other header",
            swml().hop(signature("moves", |message| {
                let value = message.get("x-signalwire-sha256-signature").unwrap();
                message.remove("x-signalwire-sha256-signature");
                message.set(SHA1, value);
            })),
            &[Cause::SignatureHeader],
            "X-SignalWire-SHA256-Signature",
        ),
        case(
            "a second one",
            sms().hop(signature("adds", |message| {
                message
                    .headers
                    .push((SHA1.to_owned(), b"RSOYDt4T1cUTdK1PDd93/VVr8B8=".to_vec()));
            })),
            &[Cause::AmbiguousSignature],
            "remove what adds the second value",
        ),
        case(
            "a form where SHA-256 alone is accepted",
            sms().accepting(SignatureScheme::RawBodySha256),
            &[Cause::SchemeNotAccepted],
            "SignatureScheme::FormParameters",
        ),
        case(
            "a digest where forms alone are accepted",
            digest(SMS).accepting(SignatureScheme::FormParameters),
            &[Cause::SchemeNotAccepted],
            "SignatureScheme::BodyDigest",
        ),
        case(
            "a scheme and the host",
            sms()
                .accepting(SignatureScheme::RawBodySha256)
                .hop(host("app", "x-forwarded-host")),
            &[Cause::SchemeNotAccepted, Cause::Host],
            BASE,
        ),
        case(
            "hex, and the host",
            sms()
                .hop(in_signature("hex", hex_of_base64))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::SignatureEncoding, Cause::Host],
            BASE,
        ),
    ]
}
