//! Bodies with their content types: as SignalWire sends them, and as a forger might.

use crate::random::{Random, chance, choose};

#[derive(Clone, Debug)]
pub struct Payload {
    pub content_type: Option<&'static str>,
    pub body: Vec<u8>,
}

const FORM_TYPES: [&str; 4] = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=UTF-8",
    "application/x-www-form-urlencoded;charset=utf-8",
    "Application/X-WWW-Form-Urlencoded",
];
const NAMES: [&str; 29] = [
    "CallSid",
    "AccountSid",
    "ApiVersion",
    "CallStatus",
    "Direction",
    "From",
    "To",
    "Caller",
    "CallerCity",
    "MessageSid",
    "Body",
    "NumMedia",
    "MediaUrl0",
    "SipHeader_X-Tag",
    "A",
    "AA",
    "Aa",
    "a",
    "aa",
    "k[x]",
    "k[]",
    "a=b",
    "__proto__",
    "constructor",
    "toString",
    "é",
    "日本",
    "ｆｕｌｌ",
    "👍",
];
/// They come before those of SignalWire, and may be the rest of a URL.
const EARLY_NAMES: [&str; 8] = ["", " ", "0", "10", "9", "/status", "?tenant=7", "#fragment"];
const VALUES: [&str; 20] = [
    "",
    "+15551234567",
    "+18005551212",
    "f12a8ca1-4e10-eada-6ad6-ae9bf3c3848c",
    "inbound",
    "1",
    "Hello there",
    "100% sure & + more",
    "l\u{ed}nea \u{f1}and\u{fa}",
    "👍🏽 ok",
    "日本語テキスト",
    "line\r\nline\n",
    "<b>&amp;</b>",
    "a=b&c=d",
    "%2B",
    "  ",
    "\0",
    "\u{feff}marked",
    "=",
    "#;,/?:@",
];
const HOSTILE_FORMS: [&[u8]; 14] = [
    b"&&a&b=&=c&",
    b"a=%zz&b=%&c=%4",
    b"%=%&%25=%2525",
    b"a==b&=&==",
    b"a=%ff%fe",
    b"a=\xff\xfe",
    b"%ff=1&%fe=2",
    b"a=%ED%A0%80",
    b"a;b=1;c=2",
    b"?a=1",
    b"a=1\r\nb=2",
    b"\xef\xbb\xbfa=1&A=2",
    b"+=+&+a+=+b+",
    b"a=1#b=2&c",
];
const JSON_BODIES: [&str; 14] = [
    r#"{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}"#,
    r#"{"call":{"call_id":"b5d63b2e","call_state":"created","from":"+12135877632"},"vars":{}}"#,
    "{\n  \"a\": 1.0,\n  \"b\": \"\\u00e9\"\n}",
    r#"{"text":"日本語 👍","a":"+1"}"#,
    r#"{"a":"1","b":"2"}"#,
    r#"{"b":["1","2"],"a":null}"#,
    "{}",
    "[]",
    "null",
    "5",
    r#""ab""#,
    "true",
    r#"{"broken":"#,
    " ",
];
const OTHER_TYPES: [&str; 6] = [
    "application/json",
    "application/json; charset=utf-8",
    "text/xml",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
];

impl Payload {
    pub fn empty() -> Self {
        Self {
            content_type: None,
            body: Vec::new(),
        }
    }

    pub fn form(random: &mut Random) -> Self {
        let body = match random.u16(..1_000) {
            0..80 => choose(random, &HOSTILE_FORMS).to_vec(),
            80..110 => vec!["a=1"; random.usize(999..=1_002)].join("&").into(),
            _ => encoded_form(random),
        };
        Self {
            content_type: Some(choose(random, &FORM_TYPES)),
            body,
        }
    }

    pub fn json(random: &mut Random) -> Self {
        Self {
            content_type: Some(choose(random, &OTHER_TYPES[..2])),
            body: choose(random, &JSON_BODIES).into(),
        }
    }

    pub fn bytes(random: &mut Random) -> Self {
        Self {
            content_type: Some(Self::other_type(random)),
            body: (0..random.usize(..64)).map(|_| random.u8(..)).collect(),
        }
    }

    pub fn other_type(random: &mut Random) -> &'static str {
        choose(random, &OTHER_TYPES)
    }

    /// One that Express' parser refuses.
    pub const LATIN: &'static str = "application/x-www-form-urlencoded; charset=iso-8859-1";
}

fn encoded_form(random: &mut Random) -> Vec<u8> {
    let has_early_names = chance(random, 15);
    let pairs: Vec<String> = (0..random.usize(..24))
        .map(|_| {
            let is_early = has_early_names && chance(random, 20);
            let names = if is_early { &EARLY_NAMES[..] } else { &NAMES };
            let (name, value) = (choose(random, names), choose(random, &VALUES));
            format!("{}={}", encoded(random, name), encoded(random, value))
        })
        .collect();
    pairs.join("&").into()
}

/// Writes each character in one of the ways that decode to it.
fn encoded(random: &mut Random, text: &str) -> String {
    let is_liberal = chance(random, 10);
    let mut encoded = String::new();
    for character in text.chars() {
        match character {
            ' ' if random.bool() => encoded.push('+'),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' if !chance(random, 3) => {
                encoded.push(character);
            }
            '+' | '%' | '&' | '=' | ' ' => escape(random, character, &mut encoded),
            _ if is_liberal && character >= ' ' => encoded.push(character),
            _ => escape(random, character, &mut encoded),
        }
    }
    encoded
}

fn escape(random: &mut Random, character: char, encoded: &mut String) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        let escaped = if random.bool() {
            format!("%{byte:02X}")
        } else {
            format!("%{byte:02x}")
        };
        encoded.push_str(&escaped);
    }
}
