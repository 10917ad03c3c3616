//! SignalWire's rules once more, as naively as they can be written, from its guides and from RFC
//! 2104: it shares no code with the crate.

use std::collections::HashSet;

use axum::http::{HeaderValue, request::Parts, uri::Authority};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

const BLOCK: usize = 64;

pub(super) fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::<Sha1>(key, message)
}

pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::<Sha256>(key, message)
}

fn hmac<D: Digest>(key: &[u8], message: &[u8]) -> Vec<u8> {
    assert!(key.len() <= BLOCK, "a longer key would be hashed first");
    let padded = |pad: u8| -> Vec<u8> {
        let byte = |index| key.get(index).copied().unwrap_or(0) ^ pad;
        (0..BLOCK).map(byte).collect()
    };
    let inner = D::digest([padded(0x36), message.to_vec()].concat());
    D::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(super) type Parameters = Vec<(Vec<u8>, Vec<u8>)>;

/// The URL standard's parser of forms, without its last step, which replaces what is not UTF-8.
pub(super) fn parameters(form: &[u8]) -> Parameters {
    form.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let equals = pair.iter().position(|&byte| byte == b'=');
            let (name, value) = pair.split_at(equals.unwrap_or(pair.len()));
            (decoded(name), decoded(value.get(1..).unwrap_or_default()))
        })
        .collect()
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_encoding::percent_decode(&spaced).collect()
}

/// Sorted by name, equal names in the order of submission.
fn sorted(mut parameters: Parameters) -> Parameters {
    parameters.sort_by(|(name, _), (other, _)| name.cmp(other));
    parameters
}

/// What is signed after the URL.
pub(super) fn canonical(parameters: &Parameters) -> Vec<u8> {
    concatenated(&sorted(parameters.clone()))
}

/// Equal names once for each value, sorted: as npm `twilio` has it, and nobody signs.
pub(super) fn distinct(mut parameters: Parameters) -> Vec<u8> {
    parameters.sort();
    parameters.dedup();
    concatenated(&parameters)
}

fn concatenated(parameters: &Parameters) -> Vec<u8> {
    parameters
        .iter()
        .flat_map(|(name, value)| [name.as_slice(), value].concat())
        .collect()
}

/// The name that the signed parameters begin with.
pub(super) fn first_name(parameters: &Parameters) -> Vec<u8> {
    sorted(parameters.clone())
        .into_iter()
        .next()
        .map(|(name, _)| name)
        .unwrap_or_default()
}

/// Whether this name can be that of a cXML parameter, and is not the rest of a URL.
pub(super) fn may_be_first_name(name: &[u8]) -> bool {
    name.first().is_some_and(u8::is_ascii_alphabetic)
        && !name.iter().any(|byte| b"/?&=:#%".contains(byte))
}

/// Whether a raw body begins as SignalWire's do, and is not the rest of a URL.
pub(super) fn may_be_raw_body(body: &[u8]) -> bool {
    match body.first() {
        None | Some(b'{' | b'[') => true,
        Some(byte) => byte.is_ascii_alphabetic(),
    }
}

/// The hosts that a request names, case and default ports aside. An empty `Host` is one of them.
pub(super) fn named_hosts(parts: &Parts) -> HashSet<Vec<u8>> {
    let authority = parts.uri.authority().map(Authority::as_str);
    let in_uri = authority.and_then(|authority| authority.rsplit('@').next());
    let lines = parts.headers.get_all("host");
    let lines = lines.iter().map(HeaderValue::as_bytes);
    in_uri
        .map(str::as_bytes)
        .into_iter()
        .chain(lines)
        .map(|named| {
            let lower = named.to_ascii_lowercase();
            let default_ports = [&b":443"[..], b":80", b":"];
            let host = default_ports
                .iter()
                .find_map(|port| lower.strip_suffix(*port));
            host.unwrap_or(&lower).to_vec()
        })
        .collect()
}

pub(super) fn is_form(content_type: Option<&[u8]>) -> bool {
    let Some(content_type) = content_type else {
        return true;
    };
    let text = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    let essence = text.split(';').next().unwrap_or_default();
    essence.trim_matches([' ', '\t']) == "application/x-www-form-urlencoded"
}

/// `None` where the query has no `bodySHA256`; otherwise whether each is the body's.
pub(super) fn body_digest_matches(url: &str, body: &[u8]) -> Option<bool> {
    let actual = hex(&Sha256::digest(body));
    let query = url.split_once('?')?.1;
    let named: Vec<String> = query
        .split('&')
        .filter(|pair| *pair == "bodySHA256" || pair.starts_with("bodySHA256="))
        .map(|pair| pair["bodySHA256".len()..].to_ascii_lowercase())
        .collect();
    (!named.is_empty()).then(|| named.iter().all(|value| *value == format!("={actual}")))
}
