//! What is signed, and in which order and encoding: SignalWire's four schemes, and other messages
//! that a package might take for one of them.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use signalwire_webhook::SigningKey;

use crate::{
    random::{Random, chance, choose},
    webhook_url::WebhookUrl,
};

pub const SIGNALWIRE: &str = "x-signalwire-signature";
pub const SIGNALWIRE_SHA256: &str = "x-signalwire-sha256-signature";
pub const TWILIO: &str = "x-twilio-signature";

/// Of UTF-8; Express drops it.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub type Headers = Vec<(&'static str, String)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    Form,
    RawBodySha1,
    RawBodySha256,
    RawBodyBoth,
    BodyDigest,
    FormWithBodyDigest,
    /// The form's bytes as they are where they are not UTF-8.
    FormOfBytes,
    /// As npm `twilio` has it: equal names once for each distinct value, in the values' order.
    FormInTwiliosOrder,
    /// The names in the order of their UTF-16 code units.
    FormInJavaScriptsOrder,
    /// A form's signature with parameters left out: the URL's alone.
    UrlAlone,
    /// The members of a JSON object, as if they were parameters.
    JsonMembers,
    RawBodySha1InBase64,
    Unsigned,
}

impl Signing {
    pub fn of_form(random: &mut Random, body: &[u8]) -> Self {
        // Few have so many, fewer by far would have a digest too, and a run is to meet such a one.
        let has_many_parameters = body.len() > 3_000;
        match random.u8(..100) {
            0..50 if has_many_parameters => Self::BodyDigest,
            0..50 => Self::Form,
            50..58 => Self::FormWithBodyDigest,
            58..63 => Self::BodyDigest,
            63..68 => Self::RawBodySha1,
            68..71 => Self::RawBodyBoth,
            71..76 => Self::FormOfBytes,
            76..83 => Self::FormInTwiliosOrder,
            83..90 => Self::FormInJavaScriptsOrder,
            90..95 => Self::UrlAlone,
            95..98 => Self::RawBodySha1InBase64,
            _ => Self::Unsigned,
        }
    }

    pub fn of_other(random: &mut Random) -> Self {
        match random.u8(..100) {
            0..30 => Self::RawBodySha1,
            30..45 => Self::RawBodySha256,
            45..60 => Self::RawBodyBoth,
            60..78 => Self::BodyDigest,
            78..82 => Self::Form,
            82..90 => Self::UrlAlone,
            90..95 => Self::JsonMembers,
            95..98 => Self::RawBodySha1InBase64,
            _ => Self::Unsigned,
        }
    }

    /// Adds to the URL what SignalWire would, or something like it.
    pub fn prepare(self, random: &mut Random, url: &mut WebhookUrl, body: &[u8]) {
        let is_named = matches!(self, Self::BodyDigest | Self::FormWithBodyDigest);
        if !is_named && !chance(random, 2) {
            return;
        }
        let digest = hex(&Sha256::digest(body));
        let braces = hex(&Sha256::digest(b"{}"));
        let pairs = match random.u8(..100) {
            0..5 => format!("bodySHA256={}", digest.to_uppercase()),
            5..8 => format!("bodySHA256={digest}&bodySHA256={digest}"),
            8..11 => format!("bodySHA256={digest}&bodySHA256={braces}"),
            11..14 => format!("bodySHA256={braces}&bodySHA256={digest}"),
            14..17 => format!("bodySHA256=%{:02X}{}", digest.as_bytes()[0], &digest[1..]),
            17..20 => format!("body%53HA256={digest}"),
            20..24 => format!("bodySHA256={braces}"),
            24..27 => choose(random, &["bodySHA256", "bodySHA256=", "bodySHA256=0"]).to_owned(),
            27..30 => format!("bodySHA256={digest}&x=y"),
            _ => format!("bodySHA256={digest}"),
        };
        url.add_to_query(&pairs);
    }

    pub fn sign(self, key: &SigningKey, url: &str, body: &[u8]) -> Headers {
        let base64 = |message: &[u8]| vec![(SIGNALWIRE, base64_sha1(key, url, message))];
        let sha1 = || (SIGNALWIRE, key.sign_body_sha1(url, body));
        let sha256 = || (SIGNALWIRE_SHA256, key.sign_body_sha256(url, body));
        match self {
            Self::Form | Self::FormWithBodyDigest => base64(&in_order(body)),
            Self::FormInJavaScriptsOrder => base64(&in_javascripts_order(body)),
            Self::FormInTwiliosOrder => base64(&in_twilios_order(body)),
            Self::FormOfBytes => base64(&in_order_of_bytes(body)),
            Self::JsonMembers => base64(json_members(body).as_bytes()),
            Self::BodyDigest | Self::UrlAlone => base64(b""),
            Self::RawBodySha1InBase64 => base64(body),
            Self::RawBodySha1 => vec![sha1()],
            Self::RawBodySha256 => vec![sha256()],
            Self::RawBodyBoth => vec![sha256(), sha1()],
            Self::Unsigned => Vec::new(),
        }
    }
}

/// Base64 HMAC-SHA1 of the URL and any message, made from the hex of the same.
pub fn base64_sha1(key: &SigningKey, url: &str, message: &[u8]) -> String {
    recoded_as_base64(&key.sign_body_sha1(url, message))
}

pub fn recoded_as_base64(hex: &str) -> String {
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .map_while(|index| u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok())
        .collect();
    STANDARD.encode(bytes)
}

pub fn recoded_as_hex(base64: &str) -> Option<String> {
    STANDARD.decode(base64).ok().map(|bytes| hex(&bytes))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

type Parameters = Vec<(String, String)>;

/// By the WHATWG's decoder, with U+FFFD for what is not UTF-8.
fn decoded(form: &[u8]) -> Parameters {
    form_urlencoded::parse(form).into_owned().collect()
}

fn concatenated(parameters: Parameters) -> Vec<u8> {
    parameters
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect::<String>()
        .into_bytes()
}

pub fn in_order(form: &[u8]) -> Vec<u8> {
    let mut parameters = decoded(form);
    parameters.sort_by(|(a, _), (b, _)| a.cmp(b));
    concatenated(parameters)
}

pub fn in_javascripts_order(form: &[u8]) -> Vec<u8> {
    let mut parameters = decoded(form);
    parameters.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    concatenated(parameters)
}

pub fn in_twilios_order(form: &[u8]) -> Vec<u8> {
    let mut parameters = decoded(form);
    parameters.sort();
    parameters.dedup();
    concatenated(parameters)
}

/// Whether a name or value of the form is not UTF-8.
pub fn is_lossy(form: &[u8]) -> bool {
    decoded(form)
        .iter()
        .any(|(name, value)| [name, value].iter().any(|text| text.contains('\u{fffd}')))
}

/// With the bytes that are not UTF-8 as they are.
pub fn in_order_of_bytes(form: &[u8]) -> Vec<u8> {
    let parameters = sorted_bytes(form).into_iter();
    parameters
        .flat_map(|(name, value)| [name, value])
        .flatten()
        .collect()
}

/// The name that the signed parameters begin with.
pub fn first_name(form: &[u8]) -> Vec<u8> {
    let mut parameters = sorted_bytes(form).into_iter();
    parameters.next().map(|(name, _)| name).unwrap_or_default()
}

fn sorted_bytes(form: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decode = |text: &[u8]| -> Vec<u8> {
        let spaced: Vec<u8> = text
            .iter()
            .map(|&byte| if byte == b'+' { b' ' } else { byte })
            .collect();
        percent_encoding::percent_decode(&spaced).collect()
    };
    let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = form
        .split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            (half(), half())
        })
        .collect();
    parameters.sort_by(|(a, _), (b, _)| a.cmp(b));
    parameters
}

/// As JavaScript makes text of them.
pub fn json_members(body: &[u8]) -> String {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(body) else {
        return String::new();
    };
    let mut members: Vec<(String, String)> = members
        .into_iter()
        .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
        .collect();
    members.sort();
    members
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .collect()
}
