//! Any request: the layer, [`Verifier`] and [`validate_request_with_body`] say the same of it.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Request, request::Parts},
};
use signalwire_webhook::{
    PublicUrl, SigningKey, Verifier, validate_request, validate_request_with_body,
};

use super::{
    input::{Input, KEYS},
    oracle::{canonical, parameters},
    service::send,
};

const MAX_PARAMETERS: usize = 1_000;

pub(crate) fn check(input: &[u8]) {
    let Some(input) = Input::read(input) else {
        return;
    };
    let Some(mut parts) = input.parts() else {
        return;
    };
    // The layer's own limit on a body is not the verifier's.
    parts.headers.remove("content-length");
    let candidates = input.public_url().candidates(&parts);
    let url = input.signed_url(&candidates);
    let signature = input.how().sign(input.signing_key(), url, input.signed);
    let value = signature.parse().unwrap();
    parts.headers.append(input.signature_header(), value);

    the_layer_and_the_verifier_agree(&input, &parts);
    for url in [url, input.configured] {
        the_verifier_and_the_function_agree(&input, &signature, url);
        both_functions_agree(&input, &signature, url);
    }
}

fn the_layer_and_the_verifier_agree(input: &Input<'_>, parts: &Parts) {
    if !parts.uri.path().starts_with('/') {
        return; // of OPTIONS and CONNECT, whose handlers can read no query
    }
    let mut received = parts.clone();
    input.nest(&mut received);
    let body = Body::from(Bytes::copy_from_slice(input.sent));
    let by_layer = send(&input.layer(), Request::from_parts(received, body));
    let by_verifier = input.verifier().verify(parts, input.sent);
    let proof = |verified: &signalwire_webhook::VerifiedWebhook| {
        (
            verified.scheme(),
            verified.url().to_owned(),
            verified.key_id().to_owned(),
            verified.delivery_id(),
        )
    };
    assert_eq!(
        by_layer.map(|passed| proof(&passed.verified)),
        by_verifier.map(|verified| proof(&verified))
    );
}

/// Of a request without headers but the signature's, to a URL that is known.
fn the_verifier_and_the_function_agree(input: &Input<'_>, signature: &str, url: &str) {
    let Ok(public_url) = PublicUrl::exact(url) else {
        return;
    };
    let mut parts = Request::post("/").body(()).unwrap().into_parts().0;
    let value = HeaderValue::from_str(signature).unwrap();
    parts.headers.insert(input.signature_header(), value);
    for key in KEYS.map(|key| SigningKey::new(key).unwrap()) {
        let verifier = Verifier::new(key.clone()).public_url(public_url.clone());
        assert_eq!(
            validate_request_with_body(&key, signature, url, input.sent),
            verifier.verify(&parts, input.sent).is_ok()
        );
    }
}

/// Where there are parameters, and nothing but they can be signed.
fn both_functions_agree(input: &Input<'_>, signature: &str, url: &str) {
    let form = parameters(input.sent);
    let is_form = !canonical(&form).is_empty() && form.len() <= MAX_PARAMETERS;
    let is_base64 = signature.len() == 28;
    if !is_form || !is_base64 || url.contains("bodySHA256") {
        return;
    }
    for key in KEYS.map(|key| SigningKey::new(key).unwrap()) {
        assert_eq!(
            validate_request(&key, signature, url, form.clone()),
            validate_request_with_body(&key, signature, url, input.sent)
        );
    }
}
