//! Any body sent as a form: what passes is what the form parser of the URL standard reads, with equal
//! names in the order of submission, and does not begin as the rest of a URL may.

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use signalwire_webhook::{
    PublicUrl, RejectionReason, SignalWireWebhookLayer, SigningKey, validate_request,
    validate_request_with_body,
};

use super::{
    oracle::{
        Parameters, base64, canonical, distinct, first_name, hmac_sha1, may_be_first_name,
        parameters,
    },
    service::send,
};

const KEY: &str = "12345";
const URL: &str = "https://hooks.example.com/sms";
const MAX_PARAMETERS: usize = 1_000;

pub(crate) fn check(input: &[u8]) {
    let form = parameters(input);
    agrees_with_form_urlencoded(input, &form);
    let submitted = canonical(&form);
    let verdict = |message: &[u8]| verdict(input, message);
    let expected = expected(input, &form);
    assert_eq!(verdict(&submitted), expected, "equal names as submitted");

    let mismatch = expected.and(Err(RejectionReason::SignatureMismatch));
    let distinct = distinct(form.clone());
    if distinct != submitted {
        assert_eq!(verdict(&distinct), mismatch, "equal names once a value");
    }
    let forged = [submitted.as_slice(), b"x"].concat();
    assert_eq!(verdict(&forged), mismatch, "a byte that is not there");
    signs_and_validates(input, form, &submitted);
}

/// What becomes of a form that is signed as it was submitted.
fn expected(input: &[u8], form: &Parameters) -> Result<(), RejectionReason> {
    if form.len() > MAX_PARAMETERS {
        Err(RejectionReason::BodyTooLarge)
    } else if canonical(form).is_empty() {
        let is_empty = input.is_empty();
        is_empty.then_some(()).ok_or(RejectionReason::UnsignedBody)
    } else if may_be_first_name(&first_name(form)) {
        Ok(())
    } else {
        Err(RejectionReason::AmbiguousBoundary)
    }
}

fn verdict(body: &[u8], message: &[u8]) -> Result<(), RejectionReason> {
    let layer = SignalWireWebhookLayer::new(SigningKey::new(KEY).unwrap())
        .public_url(PublicUrl::exact(URL).unwrap());
    let request = Request::post("/sms")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-signalwire-signature", signature(message))
        .body(Body::from(Bytes::copy_from_slice(body)))
        .unwrap();
    send(&layer, request).map(|passed| assert_eq!(passed.body, body))
}

fn signature(parameters: &[u8]) -> String {
    let message = [URL.as_bytes(), parameters].concat();
    base64(&hmac_sha1(KEY.as_bytes(), &message))
}

fn agrees_with_form_urlencoded(input: &[u8], form: &Parameters) {
    let lossy: Vec<_> = form
        .iter()
        .map(|(name, value)| {
            (
                String::from_utf8_lossy(name),
                String::from_utf8_lossy(value),
            )
        })
        .collect();
    assert!(form_urlencoded::parse(input).eq(lossy));
}

fn signs_and_validates(input: &[u8], form: Parameters, submitted: &[u8]) {
    let key = SigningKey::new(KEY).unwrap();
    let signature = signature(submitted);
    assert_eq!(key.sign_form(URL, form.clone()), signature);
    assert_eq!(
        validate_request_with_body(&key, &signature, URL, input),
        expected(input, &form).is_ok()
    );
    // Parameters without a text stand for an empty body, and there may be any number of them.
    let may_pass = submitted.is_empty() || may_be_first_name(&first_name(&form));
    assert_eq!(
        validate_request(&key, &signature, URL, form.clone()),
        may_pass
    );
    let more = form.into_iter().chain([(b"x".to_vec(), Vec::new())]);
    assert!(!validate_request(&key, &signature, URL, more));
}
