//! Bodies that are signed byte for byte.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn raw_bodies() -> Vec<Deployment> {
    let body = |signed: &str, arrived: &'static str| swml().body(signed).hop(written_as(arrived));
    let to = |rest: &str| format!(r#"{{"to":"+1555123000#",{rest}}}"#);
    vec![
        case(
            "a line feed added",
            swml().hop(body_suffix("\n")),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "a line break of Windows added",
            swml().hop(body_suffix("\r\n")),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "a line feed removed",
            swml()
                .body("{\"to\":\"+1555123000#\"}\n")
                .hop(written_as(r#"{"to":"+1555123000#"}"#)),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "Python",
            body(
                &to(r#""a":[1,2],"b":{}"#),
                r#"{"to": "+1555123000#", "a": [1, 2], "b": {}}"#,
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "JavaScript of Python",
            body(
                r#"{"to": "+1555123000#", "a": [1, 2]}"#,
                r#"{"to":"+1555123000#","a":[1,2]}"#,
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "for people",
            body(
                &to(r#""a":[1]"#),
                "{\n  \"to\": \"+1555123000#\",\n  \"a\": [\n    1\n  ]\n}",
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "for people, with four spaces and a line feed",
            body(
                &to(r#""a":1"#),
                "{\n    \"to\": \"+1555123000#\",\n    \"a\": 1\n}\n",
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "indented when signed",
            body(
                "{\n  \"to\": \"+1555123000#\",\n  \"a\": 1\n}",
                r#"{"to":"+1555123000#","a":1}"#,
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "a hash map reordered",
            body(
                r#"{"a":"1555123000#","b":{"c":2,"d":3}}"#,
                r#"{"b":{"d":3,"c":2},"a":"1555123000#"}"#,
            ),
            &[Cause::JsonKeyOrder],
            KEEP_BODY,
        ),
        case(
            "SWML sorted",
            body(
                r#"{"call":{"call_id":"c","node_id":"n","direction":"inbound","from":"+1555123000#","to":"+1"},"vars":{},"params":{}}"#,
                r#"{"call":{"call_id":"c","direction":"inbound","from":"+1555123000#","node_id":"n","to":"+1"},"params":{},"vars":{}}"#,
            ),
            &[Cause::JsonKeyOrder],
            KEEP_BODY,
        ),
        case(
            "ASCII by Python",
            body(
                &to(r#""name":"Café 🤘""#),
                r#"{"to": "+1555123000#", "name": "Caf\u00e9 \ud83e\udd18"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "escapes resolved",
            body(
                &to(r#""name":"Caf\u00e9""#),
                r#"{"to":"+1555123000#","name":"Café"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "escapes in upper case",
            body(
                &to(r#""name":"\ud83e\udd18""#),
                r#"{"to":"+1555123000#","name":"\uD83E\uDD18"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "escapes in lower case",
            body(
                &to(r#""name":"\uD83E\uDD18""#),
                r#"{"to":"+1555123000#","name":"\ud83e\udd18"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes of PHP",
            body(
                &to(r#""url":"https://x.example/a""#),
                r#"{"to":"+1555123000#","url":"https:\/\/x.example\/a"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes resolved",
            body(
                &to(r#""url":"https:\/\/x.example\/a""#),
                r#"{"to":"+1555123000#","url":"https://x.example/a"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes and letters of PHP",
            body(
                &to(r#""url":"https://x/é""#),
                r#"{"to":"+1555123000#","url":"https:\/\/x\/\u00e9"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes resolved, letters escaped",
            body(
                &to(r#""url":"https:\/\/x\/é""#),
                r#"{"to":"+1555123000#","url":"https://x/\u00e9"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "Go",
            body(
                &to(r#""q":"a&b<c>""#),
                r#"{"to":"+1555123000#","q":"a\u0026b\u003cc\u003e"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "Go, resolved",
            body(
                &to(r#""q":"a\u0026b\u003cc\u003e""#),
                r#"{"to":"+1555123000#","q":"a&b<c>"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            ".NET",
            body(
                &to(r#""q":"a&b é 'x'""#),
                r#"{"to":"\u002B1555123000#","q":"a\u0026b \u00E9 \u0027x\u0027"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "Go with the slashes of PHP",
            body(
                &to(r#""q":"a&b","u":"\/x""#),
                r#"{"to":"+1555123000#","q":"a\u0026b","u":"/x"}"#,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "empty objects of PHP",
            body(
                &to(r#""vars":{},"envs":{}"#),
                r#"{"to":"+1555123000#","vars":[],"envs":[]}"#,
            ),
            &[Cause::JsonEmptyObjects],
            KEEP_BODY,
        ),
        case(
            "all of PHP",
            body(
                &to(r#""u":"/é","vars":{}"#),
                r#"{"to":"+1555123000#","u":"\/\u00e9","vars":[]}"#,
            ),
            &[Cause::JsonEscapes, Cause::JsonEmptyObjects],
            KEEP_BODY,
        ),
        case(
            "in a string",
            body(
                &to(r#""name":"é \"x\"""#),
                r#""{\"to\":\"+1555123000#\",\"name\":\"é \\\"x\\\"\"}""#,
            ),
            &[Cause::JsonInString],
            KEEP_BODY,
        ),
        case(
            "a byte order mark",
            swml().hop(in_body("{\"call\"", "\u{feff}{\"call\"")),
            &[Cause::ByteOrderMark],
            KEEP_BODY,
        ),
        case(
            "a byte order mark and a layout",
            body(
                &to(r#""a":1"#),
                "\u{feff}{\"to\": \"+1555123000#\", \"a\": 1}",
            ),
            &[Cause::ByteOrderMark, Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "line endings of Windows",
            body(
                "{\n\"to\": \"+1555123000#\"\n}",
                "{\r\n\"to\": \"+1555123000#\"\r\n}",
            ),
            &[],
            KEEP_BODY,
        ),
        case(
            "written back after a proxy",
            swml()
                .hop(in_body("\":", "\": "))
                .hop(in_body("\",\"", "\", \""))
                .hop(in_body("},\"", "}, \""))
                .hop(in_body("],\"", "], \""))
                .hop(in_body("[]},", "[]},"))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::JsonLayout],
            BASE,
        ),
        case(
            "gzip",
            swml().hop(gzip(true)),
            &[Cause::Compressed],
            "RequestDecompressionLayer",
        ),
        case(
            "gzip that says nothing",
            swml().hop(gzip(false)),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "two gzip members",
            swml().hop(gzip_of_two_members()),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "deflate",
            swml().hop(zlib()),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "raw deflate",
            swml().hop(raw_deflate()),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "gzip in base64",
            swml().hop(gzip(false)).hop(base64()),
            &[Cause::Compressed, Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "SWML in base64",
            swml().hop(base64()),
            &[Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "UTF-16",
            swml().hop(utf_16()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "Latin-1",
            body(
                &to(r#""name":"Café""#),
                r#"{"to":"+1555123000#","name":"Café"}"#,
            )
            .hop(latin_1()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "read as Latin-1",
            body(
                &to(r#""name":"Café""#),
                r#"{"to":"+1555123000#","name":"Café"}"#,
            )
            .hop(read_as_latin_1()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "a digest's JSON written back",
            digest(SMS)
                .body(&to(r#""a":1"#))
                .hop(written_as(r#"{"to": "+1555123000#", "a": 1}"#)),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "a digest's body in base64",
            digest(SMS).hop(base64()),
            &[Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "a digest's body replaced",
            digest(SMS).hop(written_as("{}")),
            &[Cause::BodyDigest],
            KEEP_BODY,
        ),
        case(
            "a digest's body replaced, and the host",
            digest(SMS)
                .hop(written_as("{}"))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::BodyDigest, Cause::Host],
            BASE,
        ),
        case(
            "a form signed byte for byte, encoded again",
            swml()
                .body("From=%2B1555123000#&Body=Hi%21")
                .hop(content_type("application/x-www-form-urlencoded"))
                .hop(in_body("%2B", "%2b")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "exact with a digest",
            digest(SMS).configured(exact("https://hooks.example.com/sms?bodySHA256=00")),
            &[],
            BASE,
        ),
    ]
}

pub fn body_suffix(suffix: &'static str) -> Hop {
    body(&format!("adds {suffix:?}"), move |body| {
        [body, suffix.as_bytes()].concat()
    })
}
