//! The three reference vectors of SignalWire's guides, by every way to verify.

use axum::extract::Request;
use signalwire_webhook::{
    PublicUrl, RejectionReason, SignatureScheme, SigningKey, validate_request,
    validate_request_with_body,
};

use crate::support::{
    Judge, WebhookRequest, key,
    signed::{SIGNATURE, sign_url},
};

const JSON_URL: &str = "https://example.ngrok.io/webhook";
const JSON: &[u8] = br#"{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}"#;
const JSON_SIGNATURE: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";

const FORM_KEY: &str = "12345";
const FORM_URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM: [(&str, &str); 5] = [
    ("To", "+18005551212"),
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("From", "+14158675309"),
    ("Digits", "1234"),
];
const RAW_FORM: &[u8] = b"To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&\
    From=%2B14158675309&Digits=1234";
const FORM_SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

const DIGEST_URL: &str = "https://example.ngrok.io/webhook?bodySHA256=69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4";
const DIGEST_BODY: &[u8] = br#"{"event":"call.state"}"#;
const DIGEST_SIGNATURE: &str = "dfO9ek8mxyFtn2nMz24plPmPfIY=";

#[track_caller]
fn scheme_of(
    key: SigningKey,
    request: WebhookRequest,
    signature: &str,
) -> Result<SignatureScheme, RejectionReason> {
    let request: Request = request.header(SIGNATURE, signature).unsigned();
    Judge::new(key).scheme(request)
}

#[test]
fn the_raw_body() {
    assert_eq!(key().sign_body_sha1(JSON_URL, JSON), JSON_SIGNATURE);
    assert!(validate_request_with_body(
        &key(),
        JSON_SIGNATURE,
        JSON_URL,
        JSON
    ));
    let request = WebhookRequest::raw(JSON_URL, "application/json", JSON);
    assert_eq!(
        scheme_of(key(), request, JSON_SIGNATURE),
        Ok(SignatureScheme::RawBodySha1)
    );
}

#[test]
fn the_form() {
    let key = SigningKey::new(FORM_KEY).unwrap();
    assert_eq!(key.sign_form(FORM_URL, FORM), FORM_SIGNATURE);
    assert!(validate_request(&key, FORM_SIGNATURE, FORM_URL, FORM));
    assert!(validate_request_with_body(
        &key,
        FORM_SIGNATURE,
        FORM_URL,
        RAW_FORM
    ));
    let request = WebhookRequest::form(FORM_URL, FORM);
    assert_eq!(
        scheme_of(key, request, FORM_SIGNATURE),
        Ok(SignatureScheme::FormParameters)
    );
}

#[test]
fn the_body_digest() {
    assert_eq!(sign_url(&key(), DIGEST_URL), DIGEST_SIGNATURE);
    assert!(validate_request_with_body(
        &key(),
        DIGEST_SIGNATURE,
        DIGEST_URL,
        DIGEST_BODY
    ));
    let request = WebhookRequest::raw(DIGEST_URL, "application/json", DIGEST_BODY);
    assert_eq!(
        scheme_of(key(), request, DIGEST_SIGNATURE),
        Ok(SignatureScheme::BodyDigest)
    );
}

/// `PublicUrl::exact` is for one route, whatever the path that the request shows.
#[test]
fn the_exact_url_stands_for_the_requests() {
    let exact = Judge::new(key()).public_url(PublicUrl::exact(JSON_URL).unwrap());
    let signature = key().sign_body_sha1(JSON_URL, JSON);
    let request = WebhookRequest::raw("http://app:3000/elsewhere?a=b", "application/json", JSON)
        .header(SIGNATURE, signature);
    assert!(exact.passes(request.unsigned()));
}
