//! Any signature headers on one request: the verdict is that of three comparisons of texts.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Request},
};
use signalwire_webhook::{
    PublicUrl, RejectionReason, SignalWireWebhookLayer, SigningKey, validate_request,
    validate_request_with_body,
};

use super::{
    oracle::{base64, hex, hmac_sha1, hmac_sha256},
    service::send,
};

const KEY: &str = "12345";
const URL: &str = "https://hooks.example.com/sms";
const BODY: &str = "From=1";
/// The name and the value of the form above, run together.
const MESSAGE: &str = "https://hooks.example.com/smsFrom1";

const HEADERS: [&str; 3] = [
    "x-signalwire-sha256-signature",
    "x-signalwire-signature",
    "x-twilio-signature",
];

/// Every line is a header: the first byte chooses the name, the rest is the value.
pub(crate) fn check(input: &[u8]) {
    let headers: Vec<(usize, HeaderValue)> = input
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let (name, value) = line.split_first()?;
            let value = HeaderValue::from_bytes(value).ok()?;
            Some((usize::from(*name) % HEADERS.len(), value))
        })
        .collect();
    let key = SigningKey::new(KEY).unwrap();
    let layer = SignalWireWebhookLayer::new(key.clone()).public_url(PublicUrl::exact(URL).unwrap());
    let mut request = Request::post("/sms").body(Body::from(BODY)).unwrap();
    for (name, value) in &headers {
        let name = HeaderName::from_static(HEADERS[*name]);
        request.headers_mut().append(name, value.clone());
    }
    assert_eq!(send(&layer, request).map(|_| ()), verdict(&headers));

    for text in headers.iter().filter_map(|(_, value)| value.to_str().ok()) {
        let raw =
            is_hex_of(text.as_bytes(), &raw_sha256()) || is_hex_of(text.as_bytes(), &raw_sha1());
        let form = is_form_signature(text.as_bytes());
        let body = BODY.as_bytes();
        assert_eq!(
            validate_request_with_body(&key, text, URL, body),
            raw || form
        );
        assert_eq!(validate_request(&key, text, URL, [("From", "1")]), form);
    }
}

fn verdict(headers: &[(usize, HeaderValue)]) -> Result<(), RejectionReason> {
    let sha256 = only(headers, 0)?;
    let sha1 = match only(headers, 1)? {
        None => only(headers, 2)?,
        there => there,
    };
    let presented = (sha256, sha1);
    let is_signed = sha256.is_some_and(|text| is_hex_of(text, &raw_sha256()))
        || sha1.is_some_and(|text| is_hex_of(text, &raw_sha1()) || is_form_signature(text));
    let is_well_formed = sha256.is_some_and(|text| is_hex(text, 64))
        || sha1.is_some_and(|text| is_hex(text, 40) || is_base64_of_20_bytes(text));
    match presented {
        (None, None) => Err(RejectionReason::MissingSignature),
        _ if is_signed => Ok(()),
        _ if is_well_formed => Err(RejectionReason::SignatureMismatch),
        _ => Err(RejectionReason::MalformedSignature),
    }
}

fn only(headers: &[(usize, HeaderValue)], name: usize) -> Result<Option<&[u8]>, RejectionReason> {
    let mut values: Vec<&[u8]> = headers
        .iter()
        .filter(|(other, _)| *other == name)
        .map(|(_, value)| value.as_bytes())
        .collect();
    values.dedup();
    match values[..] {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => Err(RejectionReason::AmbiguousSignature),
    }
}

fn is_hex(text: &[u8], length: usize) -> bool {
    text.len() == length && text.iter().all(u8::is_ascii_hexdigit)
}

fn is_hex_of(text: &[u8], digest: &[u8]) -> bool {
    text.to_ascii_lowercase() == hex(digest).as_bytes()
}

/// 27 characters carry 162 bits; the last two, over and above the 160, are zero.
fn is_base64_of_20_bytes(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    text.len() == 28
        && text[..27].iter().all(is_digit)
        && b"AEIMQUYcgkosw048".contains(&text[26])
        && text[27] == b'='
}

fn is_form_signature(text: &[u8]) -> bool {
    text == base64(&hmac_sha1(KEY.as_bytes(), MESSAGE.as_bytes())).as_bytes()
}

fn raw_sha1() -> Vec<u8> {
    hmac_sha1(KEY.as_bytes(), format!("{URL}{BODY}").as_bytes())
}

fn raw_sha256() -> Vec<u8> {
    hmac_sha256(KEY.as_bytes(), format!("{URL}{BODY}").as_bytes())
}
