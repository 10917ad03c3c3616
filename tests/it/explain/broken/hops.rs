//! What proxies, gateways, frameworks and adapters do to requests.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use http::Method;

use super::deployment::{Hop, Message, Part};

fn split(target: &str) -> (&str, &str) {
    target.split_at(target.find('?').unwrap_or(target.len()))
}

/// Replaces `Host`, and says the former one in a header.
pub fn host(to: &'static str, header: &'static str) -> Hop {
    Hop::new(format!("Host {to}, {header}"), Part::Host, move |message| {
        let from = message.get("host").unwrap_or_default();
        message.set("host", to);
        match header {
            "" => {}
            "forwarded" => {
                message.set(header, format!("for=192.0.2.1;host=\"{from}\";proto=https"));
            }
            header => message.set(header, from),
        }
    })
}

/// `proxy_set_header Host $host`.
pub fn without_port() -> Hop {
    Hop::new("Host without its port", Part::Host, |message| {
        let host = message.get("host").unwrap_or_default();
        message.set("host", host.split(':').next().unwrap());
    })
}

pub fn header(name: &'static str, value: &'static str) -> Hop {
    Hop::new(format!("{name}: {value}"), Part::Host, move |message| {
        message.set(name, value);
    })
}

pub fn another_line(name: &'static str, value: &'static str) -> Hop {
    Hop::new(
        format!("one more {name}: {value}"),
        Part::Host,
        move |message| {
            message.headers.push((name.to_owned(), value.into()));
        },
    )
}

pub fn without(name: &'static str) -> Hop {
    Hop::new(format!("without {name}"), Part::Host, move |message| {
        message.remove(name);
    })
}

pub fn renamed(from: &'static str, to: &'static str) -> Hop {
    Hop::new(format!("{from} as {to}"), Part::Host, move |message| {
        if let Some(value) = message.get(from) {
            message.remove(from);
            message.set(to, value);
        }
    })
}

pub fn path(name: &str, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Hop {
    Hop::new(name, Part::Target, move |message| {
        let (path, query) = split(&message.target);
        message.target = format!("{}{query}", change(path));
    })
}

pub fn query(name: &str, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Hop {
    Hop::new(name, Part::Target, move |message| {
        let (path, query) = split(&message.target);
        let changed = change(query.trim_start_matches('?'));
        message.target = if changed.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{changed}")
        };
    })
}

pub fn stripped(prefix: &'static str, header: &'static str) -> Hop {
    Hop::new(
        format!("strips {prefix} {header}"),
        Part::Target,
        move |message| {
            let rest = message
                .target
                .strip_prefix(prefix)
                .unwrap_or(&message.target);
            message.target = if rest.starts_with('/') {
                rest.to_owned()
            } else {
                format!("/{rest}")
            };
            if !header.is_empty() {
                message.set(header, prefix);
            }
        },
    )
}

/// Keeps the target that it was called by in a header.
pub fn rewritten(to: &'static str, header: &'static str) -> Hop {
    Hop::new(
        format!("rewrites to {to}, {header}"),
        Part::Target,
        move |message| {
            message.set(header, message.target.clone());
            to.clone_into(&mut message.target);
        },
    )
}

pub fn reordered(order: &'static [usize]) -> Hop {
    query("reorders the query", move |query| {
        let pairs: Vec<&str> = query.split('&').collect();
        let ordered: Vec<&str> = order
            .iter()
            .filter_map(|&index| pairs.get(index).copied())
            .collect();
        ordered.join("&")
    })
}

pub fn sorted() -> Hop {
    query("sorts the query", |query| {
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.sort_unstable();
        pairs.join("&")
    })
}

pub fn in_query(from: &'static str, to: &'static str) -> Hop {
    query(&format!("writes {to} for {from}"), move |query| {
        query.replace(from, to)
    })
}

pub fn body(name: &str, change: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Hop {
    Hop::new(name, Part::Body, move |message| {
        message.body = change(&message.body);
    })
}

/// One text of the body becomes another.
pub fn in_body(from: &'static str, to: &'static str) -> Hop {
    body(
        &format!("writes {to:?} for {from:?} in the body"),
        move |body| String::from_utf8_lossy(body).replace(from, to).into_bytes(),
    )
}

/// The whole body becomes this one, in which `#` stands for the request's number.
pub fn written_as(template: &'static str) -> Hop {
    body("writes the body anew", move |body| {
        let number = number_in(body);
        template.replace('#', &number).into_bytes()
    })
}

/// That of the telephone number in every body of these tests.
fn number_in(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let place = text
        .find("1555123000")
        .map_or(0, |place| place + "1555123000".len());
    text[place..=place].to_owned()
}

pub fn gzip(says_so: bool) -> Hop {
    Hop::new("gzip", Part::Gzip, move |message| {
        message.body = gzipped(&message.body);
        if says_so {
            message.set("content-encoding", "gzip");
        }
    })
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

pub fn gzip_of_two_members() -> Hop {
    Hop::new("two gzip members", Part::Gzip, |message| {
        let (one, two) = message.body.split_at(message.body.len() / 2);
        message.body = [gzipped(one), gzipped(two)].concat();
        message.set("content-encoding", "gzip");
    })
}

pub fn zlib() -> Hop {
    Hop::new("zlib", Part::Gzip, |message| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&message.body).unwrap();
        message.body = encoder.finish().unwrap();
        message.set("content-encoding", "deflate");
    })
}

pub fn raw_deflate() -> Hop {
    Hop::new("raw deflate", Part::Gzip, |message| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&message.body).unwrap();
        message.body = encoder.finish().unwrap();
        message.set("content-encoding", "deflate");
    })
}

pub fn base64() -> Hop {
    body("base64", |body| STANDARD.encode(body).into_bytes())
}

/// As the event of a gateway, in JSON.
pub fn in_event() -> Hop {
    body("an event", |body| {
        let text = serde_json::to_string(&String::from_utf8_lossy(body)).unwrap();
        format!(r#"{{"httpMethod":"POST","body":{text},"isBase64Encoded":false}}"#).into_bytes()
    })
}

/// With the chunks of HTTP/1.1's transfer encoding.
pub fn in_chunks() -> Hop {
    body("chunks", |body| {
        let length = format!("{:x}\r\n", body.len());
        [length.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
    })
}

/// As the only name of a form.
pub fn percent_encoded() -> Hop {
    body("percent-encoded", |body| {
        let encoded = percent_encoding::percent_encode(body, percent_encoding::NON_ALPHANUMERIC);
        encoded.to_string().into_bytes()
    })
}

/// As Python writes bytes.
pub fn quoted() -> Hop {
    body("Python's bytes", |body| [b"b'", body, b"'"].concat())
}

pub fn utf_16() -> Hop {
    body("UTF-16", |body| {
        let text = String::from_utf8_lossy(body);
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    })
}

/// Reads Latin-1 and writes UTF-8.
pub fn read_as_latin_1() -> Hop {
    body("reads Latin-1", |body| {
        body.iter()
            .map(|&byte| char::from(byte))
            .collect::<String>()
            .into_bytes()
    })
}

/// Writes Latin-1.
pub fn latin_1() -> Hop {
    body("writes Latin-1", |body| {
        let text = String::from_utf8_lossy(body);
        text.chars()
            .map(|character| u8::try_from(character).unwrap_or(b'?'))
            .collect()
    })
}

pub fn content_type(value: &'static str) -> Hop {
    Hop::new(
        format!("Content-Type {value}"),
        Part::ContentType,
        move |message| {
            if value.is_empty() {
                message.remove("content-type");
            } else {
                message.set("content-type", value);
            }
        },
    )
}

pub fn form_as_json() -> Hop {
    Hop::new("a form as JSON", Part::Body, |message| {
        let pairs = form_urlencoded::parse(&message.body);
        let members: serde_json::Map<String, serde_json::Value> = pairs
            .into_owned()
            .map(|(name, value)| (name, value.into()))
            .collect();
        message.body = serde_json::to_vec(&members).unwrap();
        message.set("content-type", "application/json");
    })
}

pub fn form_as_multipart() -> Hop {
    Hop::new("a form as multipart", Part::Body, |message| {
        let parts = form_urlencoded::parse(&message.body).map(|(name, value)| {
            format!("--x1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        });
        let parts: Vec<String> = parts.collect();
        message.body = format!("{}--x1--\r\n", parts.concat()).into_bytes();
        message.set("content-type", "multipart/form-data; boundary=x1");
    })
}

/// As a redirect that makes a GET of a POST may.
pub fn form_as_query() -> Hop {
    Hop::new("a form as a query", Part::Body, |message| {
        let form = String::from_utf8(std::mem::take(&mut message.body)).unwrap();
        let separator = if message.target.contains('?') {
            '&'
        } else {
            '?'
        };
        message.target = format!("{}{separator}{form}", message.target);
        message.method = Method::GET;
        message.remove("content-type");
    })
}

pub fn signature(name: &str, change: impl Fn(&mut Message) + Send + Sync + 'static) -> Hop {
    Hop::new(name, Part::Signature, change)
}

pub const SHA1: &str = "x-signalwire-signature";

pub fn in_signature(name: &str, change: impl Fn(&str) -> String + Send + Sync + 'static) -> Hop {
    signature(name, move |message| {
        let value = message.get(SHA1).unwrap();
        message.set(SHA1, change(&value));
    })
}

/// The same digest in hex.
pub fn hex_of_base64(value: &str) -> String {
    let bytes = STANDARD.decode(value).unwrap();
    bytes
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
