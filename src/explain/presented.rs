//! Anything in a header that may be a signature, however it is written.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;

use crate::{
    encoding::{Sha1Digest, Sha256Digest, decode_hex},
    verify::{SIGNALWIRE_SHA256_SIGNATURE, SIGNALWIRE_SIGNATURE, TWILIO_SIGNATURE},
};

/// More signatures than this are not looked at.
const MAX_PRESENTED: usize = 8;

/// Anything in a header that may be a signature, however it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Presented {
    pub(super) header: HeaderName,
    pub(super) encoding: Encoding,
    pub(super) digest: Digest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Hex,
    Base64,
    /// As no scheme has it (quoted, prefixed, escaped), with hex inside.
    AroundHex,
    /// The same with base64 inside, without its padding too.
    AroundBase64,
}

impl Encoding {
    /// With something around it.
    fn around(self) -> Self {
        match self {
            Self::Hex | Self::AroundHex => Self::AroundHex,
            Self::Base64 | Self::AroundBase64 => Self::AroundBase64,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1(Sha1Digest),
    Sha256(Sha256Digest),
}

impl Digest {
    pub(super) fn algorithm(self) -> Algorithm {
        match self {
            Self::Sha1(_) => Algorithm::Sha1,
            Self::Sha256(_) => Algorithm::Sha256,
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            20 => bytes.try_into().ok().map(Self::Sha1),
            32 => bytes.try_into().ok().map(Self::Sha256),
            _ => None,
        }
    }

    fn from_hex(text: &[u8]) -> Option<Self> {
        decode_hex(text)
            .map(Self::Sha1)
            .or_else(|| decode_hex(text).map(Self::Sha256))
    }

    /// With what was inside.
    fn from_base64(text: &[u8]) -> Option<(Encoding, Self)> {
        let around_base64 = |digest| (Encoding::AroundBase64, digest);
        let around_hex = |digest| (Encoding::AroundHex, digest);
        [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
            .into_iter()
            .find_map(|engine| engine.decode(text).ok())
            .and_then(|bytes| {
                let twice = || Self::from_bytes(&STANDARD.decode(&bytes).ok()?);
                Self::from_bytes(&bytes)
                    .map(around_base64)
                    .or_else(|| Self::from_hex(&bytes).map(around_hex))
                    .or_else(|| twice().map(around_base64))
            })
    }
}

/// Reads every header that is named after a signature, SignalWire's own first.
pub(super) fn presented_signatures(headers: &HeaderMap) -> Vec<Presented> {
    let own = [
        SIGNALWIRE_SHA256_SIGNATURE,
        SIGNALWIRE_SIGNATURE,
        TWILIO_SIGNATURE,
    ];
    let others = headers
        .keys()
        .filter(|name| {
            ["signature", "-sig"]
                .iter()
                .any(|word| name.as_str().contains(word))
        })
        .filter(|name| !own.contains(name));
    let mut found = Vec::new();
    for header in own.iter().chain(others) {
        for value in headers.get_all(header) {
            for (encoding, digest) in value.to_str().ok().into_iter().flat_map(read_all) {
                let presented = Presented {
                    header: header.clone(),
                    encoding,
                    digest,
                };
                if found.len() < MAX_PRESENTED && !found.contains(&presented) {
                    found.push(presented);
                }
            }
        }
    }
    found
}

/// Whether a header that holds a signature is there at all, readable or not.
pub(super) fn has_signature_header(headers: &HeaderMap) -> bool {
    [
        SIGNALWIRE_SHA256_SIGNATURE,
        SIGNALWIRE_SIGNATURE,
        TWILIO_SIGNATURE,
    ]
    .iter()
    .any(|name| headers.contains_key(name))
}

/// Whether one header has several values, for which the layer refuses it.
pub(super) fn is_ambiguous(headers: &HeaderMap, name: &HeaderName) -> bool {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    values.any(|other| Some(other) != first)
}

/// A list of them is what joins the lines of a header leaves.
fn read_all(value: &str) -> Vec<(Encoding, Digest)> {
    const LONGEST: usize = 512;
    if value.len() > LONGEST {
        return Vec::new();
    }
    if let Some(found) = read(value) {
        return vec![found];
    }
    let entries = value.split([',', ';', ' ']).map(str::trim);
    let values = entries.filter_map(|entry| read(entry).or_else(|| read(value_of(entry)?)));
    values
        .map(|(encoding, digest)| (encoding.around(), digest))
        .collect()
}

/// Of a parameter (`signature="…"`) or of a member of a JSON object.
fn value_of(entry: &str) -> Option<&str> {
    let (_, value) = entry.split_once(['=', ':'])?;
    Some(value.trim().trim_end_matches('}'))
}

fn read(value: &str) -> Option<(Encoding, Digest)> {
    let bare = undecorated(value);
    let digits = bare.strip_prefix("0x").unwrap_or(&bare);
    let of_hex = |text: &str| Digest::from_hex(text.as_bytes());
    let (around, digest) = of_hex(digits)
        .or_else(|| of_hex(&digits.replace([':', '-', '+'], "")))
        .map(|digest| (Encoding::AroundHex, digest))
        .or_else(|| Digest::from_base64(bare.as_bytes()))
        .or_else(|| Digest::from_base64(&hex::decode(&bare).ok()?))?;
    let encoding = if value.len() == 28 && STANDARD.decode(value).is_ok() {
        Encoding::Base64
    } else if of_hex(value).is_some() {
        Encoding::Hex
    } else {
        around
    };
    Some((encoding, digest))
}

/// Without quotes, a prefix such as `sha1=`, percent-encoding, and spaces where a form decoder
/// saw plus signs.
fn undecorated(value: &str) -> String {
    let value = percent_decode_str(value).decode_utf8_lossy();
    let value = unescaped(&value);
    let value = value.trim();
    // Of Python's bytes.
    let value = match value.strip_prefix('b') {
        Some(quoted) if quoted.starts_with(['"', '\'']) => quoted,
        _ => value,
    };
    let value = value.strip_prefix("sig1=").unwrap_or(value);
    let value = value.trim_matches(|character| "\"'`<>[]\\:".contains(character));
    let bare = [
        "sha1=", "sha256=", "sha-1=", "sha-256=", "v1=", "sha1:", "sha256:",
    ]
    .into_iter()
    .find_map(|prefix| {
        let (start, rest) = value.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    });
    bare.unwrap_or(value).replace(' ', "+")
}

/// Out of JSON's, HTML's and mail's escapes.
fn unescaped(value: &str) -> String {
    [
        ("\\/", "/"),
        ("\\u003d", "="),
        ("\\u003D", "="),
        ("\\u002b", "+"),
        ("\\u002B", "+"),
        ("&#61;", "="),
        ("&#x3D;", "="),
        ("&#43;", "+"),
        ("&#x2B;", "+"),
        ("=3D", "="),
    ]
    .into_iter()
    .fold(value.to_owned(), |value, (escape, character)| {
        value.replace(escape, character)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_signature_is_read_however_it_is_written() {
        let base64 = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        let hex = "4523980ede13d5c51374ad4f0ddf77fd556bf01f";
        let of_hex = STANDARD.encode(hex);
        for (value, encoding) in [
            (base64, Encoding::Base64),
            (hex, Encoding::Hex),
            (&base64[..27], Encoding::AroundBase64),
            ("RSOYDt4T1cUTdK1PDd93_VVr8B8=", Encoding::AroundBase64),
            ("RSOYDt4T1cUTdK1PDd93%2FVVr8B8%3D", Encoding::AroundBase64),
            (&format!("\"{base64}\""), Encoding::AroundBase64),
            (&format!("sha1={hex}"), Encoding::AroundHex),
            (&of_hex, Encoding::AroundHex),
            (&format!("b'{base64}'"), Encoding::AroundBase64),
            (&format!("\\\"{base64}\\\""), Encoding::AroundBase64),
            (
                "RSOYDt4T1cUTdK1PDd93\\/VVr8B8\\u003d",
                Encoding::AroundBase64,
            ),
            ("RSOYDt4T1cUTdK1PDd93/VVr8B8&#61;", Encoding::AroundBase64),
            ("RSOYDt4T1cUTdK1PDd93/VVr8B8=3D", Encoding::AroundBase64),
            (&format!("sig1=:{base64}:"), Encoding::AroundBase64),
            (&STANDARD.encode(base64), Encoding::AroundBase64),
            (&hex::encode(base64), Encoding::AroundBase64),
        ] {
            let (found, digest) = read(value).unwrap();
            assert_eq!(found, encoding, "{value}");
            assert_eq!(Some(digest), Digest::from_hex(hex.as_bytes()), "{value}");
        }
        let sha256 = [7; 32];
        let base64 = STANDARD.encode(sha256);
        assert_eq!(
            read(&base64),
            Some((Encoding::AroundBase64, Digest::Sha256(sha256)))
        );
        for value in ["", "é", "sha1=", &hex[1..], "%", "\""] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn the_entries_of_a_list_are_read() {
        let base64 = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        let found = read_all(&format!("{base64}, {base64}"));
        let digest = read(base64).unwrap().1;
        assert_eq!(found, [(Encoding::AroundBase64, digest); 2]);
        assert!(read_all(&"a,".repeat(1_000)).is_empty());
    }

    #[test]
    fn a_signature_that_is_repeated_counts_once_and_more_than_eight_are_not_looked_at() {
        let of_byte = |byte: u8| HeaderValue::from_str(&STANDARD.encode([byte; 20])).unwrap();
        let mut headers = HeaderMap::new();
        for _ in 0..3 {
            headers.append(SIGNALWIRE_SIGNATURE, of_byte(0));
        }
        assert_eq!(presented_signatures(&headers).len(), 1);
        assert!(!is_ambiguous(&headers, &SIGNALWIRE_SIGNATURE));
        for byte in 1..10 {
            headers.append(SIGNALWIRE_SIGNATURE, of_byte(byte));
        }
        let digests: Vec<Digest> = presented_signatures(&headers)
            .into_iter()
            .map(|presented| presented.digest)
            .collect();
        let expected: Vec<Digest> = (0..8).map(|byte| Digest::Sha1([byte; 20])).collect();
        assert_eq!(digests, expected);
        assert!(is_ambiguous(&headers, &SIGNALWIRE_SIGNATURE));
    }

    #[test]
    fn other_headers_named_after_a_signature_are_looked_at_last() {
        let mut headers = HeaderMap::new();
        for name in ["x-my-signature", "x-signalwire-signature", "authorization"] {
            let name = HeaderName::from_static(name);
            headers.insert(
                name,
                HeaderValue::from_static("RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            );
        }
        let found = presented_signatures(&headers);
        let names: Vec<&str> = found.iter().map(|found| found.header.as_str()).collect();
        assert_eq!(names, ["x-signalwire-signature", "x-my-signature"]);
    }
}
