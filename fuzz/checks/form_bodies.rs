//! Any body sent as a form: what passes is what the form parser of the URL standard reads.

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use signalwire_webhook::{
    PublicUrl, RejectionReason, SignalWireWebhookLayer, SigningKey, validate_request,
};

use super::{
    oracle::{Parameters, base64, hmac_sha1, in_signalwires_order, in_twilios_order, parameters},
    service::send,
};

const KEY: &str = "12345";
const URL: &str = "https://hooks.example.com/sms";
const MAX_PARAMETERS: usize = 1_000;

pub(crate) fn check(input: &[u8]) {
    let form = parameters(input);
    agrees_with_form_urlencoded(input, &form);
    let submitted = in_signalwires_order(form.clone());
    let distinct = in_twilios_order(form.clone());
    let verdict = |message: &[u8]| verdict(input, message);
    let expected = if form.len() > MAX_PARAMETERS {
        Err(RejectionReason::BodyTooLarge)
    } else if submitted.is_empty() && !input.is_empty() {
        Err(RejectionReason::UnsignedBody)
    } else {
        Ok(())
    };
    assert_eq!(verdict(&submitted), expected, "equal names as submitted");
    assert_eq!(verdict(&distinct), expected, "equal names once a value");
    let forged = [submitted.as_slice(), b"x"].concat();
    assert_eq!(
        verdict(&forged),
        expected.and(Err(RejectionReason::SignatureMismatch)),
        "a byte that is not there"
    );
    signs_and_validates(form, &submitted);
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

fn signs_and_validates(form: Parameters, submitted: &[u8]) {
    let key = SigningKey::new(KEY).unwrap();
    let signature = signature(submitted);
    assert_eq!(key.sign_form(URL, form.clone()), signature);
    assert!(validate_request(&key, &signature, URL, form.clone()));
    // Longer than any name of the form, since Twilio's order passes over a parameter that repeats.
    let new_name = [submitted, b"x"].concat();
    let more = form.into_iter().chain([(new_name, Vec::new())]);
    assert!(!validate_request(&key, &signature, URL, more));
}
