//! What each scheme covers, and what it does not.

use axum::{body::Body, extract::Request};
use signalwire_webhook::{
    RejectionReason,
    SignatureScheme::{self, BodyDigest, FormParameters, RawBodySha1, RawBodySha256},
};

use crate::support::{
    Judge, WebhookRequest, key,
    signed::{FORM, SHA256_SIGNATURE, SIGNATURE, sign_url},
};

const URL: &str = "https://hooks.example.com/hook";

#[track_caller]
fn scheme_of(request: Request) -> Result<SignatureScheme, RejectionReason> {
    Judge::new(key()).scheme(request)
}

#[track_caller]
fn assert_passes(request: Request) {
    assert_eq!(scheme_of(request).err(), None);
}

#[track_caller]
fn assert_refused(request: Request, reason: RejectionReason) {
    assert_eq!(scheme_of(request), Err(reason));
}

fn form_signature(url: &str, parameters: &[(&str, &str)]) -> String {
    key().sign_form(url, parameters.iter().copied())
}

fn post(content_type: &str, body: &str, signature: &str) -> Request {
    WebhookRequest::raw(URL, content_type, body)
        .header(SIGNATURE, signature)
        .unsigned()
}

#[test]
fn every_scheme_passes_and_is_named() {
    let json = || WebhookRequest::raw(URL, "application/json", "{}");
    for (request, scheme) in [
        (json(), RawBodySha256),
        (json().schemes([RawBodySha256]), RawBodySha256),
        (json().schemes([RawBodySha1]), RawBodySha1),
        (json().schemes([BodyDigest]), BodyDigest),
        (WebhookRequest::form(URL, [("a", "b")]), FormParameters),
        (
            WebhookRequest::get("https://hooks.example.com/hook?a=b"),
            FormParameters,
        ),
    ] {
        assert_eq!(scheme_of(request.signed_by(&key())), Ok(scheme));
    }
}

#[test]
fn a_scheme_is_shown_by_its_name() {
    let shown: Vec<_> = SignatureScheme::ALL
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [
            "RawBodySha256",
            "RawBodySha1",
            "FormParameters",
            "BodyDigest"
        ]
    );
}

#[test]
fn a_base64_signature_of_a_scheme_that_is_not_accepted_is_told_from_a_wrong_one() {
    let form = WebhookRequest::form(URL, [("a", "b")]).signed_by(&key());
    assert_eq!(
        Judge::new(key()).accept([BodyDigest]).scheme(form),
        Err(RejectionReason::SchemeNotAccepted)
    );
    let wrong = form_signature(URL, &[("another", "form")]);
    let request = WebhookRequest::raw(format!("{URL}?bodySHA256=0"), FORM, "a=b")
        .header(SIGNATURE, wrong)
        .unsigned();
    assert_eq!(
        Judge::new(key()).accept([FormParameters]).scheme(request),
        Err(RejectionReason::SignatureMismatch)
    );
}

#[test]
fn a_sha_1_signature_decides_where_the_sha_256_one_does_not_match() {
    let wrong = "00".repeat(32);
    let request = WebhookRequest::raw(URL, "application/json", "{}")
        .schemes([RawBodySha1])
        .header(SHA256_SIGNATURE, wrong)
        .signed_by(&key());
    assert_eq!(scheme_of(request), Ok(RawBodySha1));
}

#[test]
fn a_form_is_a_form_with_parameters_in_any_case_and_without_content_type() {
    let signature = form_signature(URL, &[("From", "+1555")]);
    for content_type in [
        FORM,
        "application/x-www-form-urlencoded; charset=utf-8",
        "Application/X-WWW-Form-URLEncoded;charset=UTF-8",
    ] {
        assert_passes(post(content_type, "From=%2B1555", &signature));
    }
    let mut request = post(FORM, "From=%2B1555", &signature);
    request.headers_mut().remove("content-type");
    assert_passes(request);
}

#[test]
fn a_base64_signature_over_another_content_type_is_good_only_with_a_digest_or_an_empty_body() {
    let of_form = form_signature(URL, &[("a", "b")]);
    let of_url = sign_url(&key(), URL);
    let unsigned = RejectionReason::UnsignedBody;
    assert_refused(post("application/json", "a=b", &of_form), unsigned);
    assert_refused(post("text/plain", "a=b", &of_url), unsigned);
    assert_refused(post("application/json", "{}", &of_url), unsigned);
    assert_passes(post("application/json", "", &of_url));

    let digest = WebhookRequest::raw(URL, "text/plain", "a=b").schemes([BodyDigest]);
    assert_passes(digest.signed_by(&key()));
}

/// SignalWire's Python and Rust packages let each of these pass.
#[test]
fn the_signature_of_a_get_admits_no_body() {
    let of_get = sign_url(&key(), URL);
    assert_refused(
        post(FORM, "From=%2B1evil", &of_get),
        RejectionReason::SignatureMismatch,
    );
    for nothing_but_separators in ["&", "=", "&&=&", " "] {
        let refused = scheme_of(post(FORM, nothing_but_separators, &of_get));
        assert!(refused.is_err(), "{nothing_but_separators:?}");
    }
}

#[test]
fn a_digest_in_the_query_must_match_an_empty_body_and_a_form_too() {
    let form = WebhookRequest::form(URL, [("a", "b")]);
    let by_digest = form.clone().schemes([BodyDigest]);
    assert_passes(by_digest.clone().signed_by(&key()));
    assert_refused(
        by_digest.tampered().signed_by(&key()),
        RejectionReason::BodyDigestMismatch,
    );

    let empty = WebhookRequest::raw(URL, "application/json", "").schemes([BodyDigest]);
    let request = empty.signed_by(&key());
    assert_passes(request);

    let another = "https://hooks.example.com/hook?bodySHA256=00";
    let form = WebhookRequest::form(another, [("a", "b")]);
    assert_refused(form.signed_by(&key()), RejectionReason::BodyDigestMismatch);
    assert_refused(
        WebhookRequest::get(another).signed_by(&key()),
        RejectionReason::BodyDigestMismatch,
    );
}

#[test]
fn a_digest_in_the_query_that_stands_there_twice_must_match_twice() {
    let request = WebhookRequest::raw(
        "https://hooks.example.com/hook?bodySHA256=00",
        "application/json",
        "{}",
    );
    assert_refused(
        request.schemes([BodyDigest]).signed_by(&key()),
        RejectionReason::BodyDigestMismatch,
    );
}

#[test]
fn a_digest_in_the_query_says_nothing_to_a_hex_signature() {
    let url = "https://hooks.example.com/hook?bodySHA256=00";
    let request = WebhookRequest::raw(url, "application/json", "{}");
    assert_passes(request.signed_by(&key()));
}

#[test]
fn hex_is_good_in_either_case() {
    let signature = key().sign_body_sha1(URL, b"{}").to_uppercase();
    assert_passes(post("application/json", "{}", &signature));
}

#[test]
fn twilios_header_is_read_where_signalwires_is_absent() {
    let signature = form_signature(URL, &[("a", "b")]);
    let form = WebhookRequest::form(URL, [("a", "b")]).header("x-twilio-signature", &signature);
    assert_passes(form.clone().unsigned());
    let beside = form.header(SIGNATURE, "00".repeat(20)).unsigned();
    assert_refused(beside, RejectionReason::SignatureMismatch);
}

#[test]
fn accept_narrows_the_verdict_to_some_schemes() {
    let sha256_alone = Judge::new(key()).accept([RawBodySha256]);
    let json = WebhookRequest::raw(URL, "application/json", "{}");
    assert!(sha256_alone.passes(json.clone().signed_by(&key())));
    let sha1 = json.clone().schemes([RawBodySha1]).signed_by(&key());
    assert_eq!(
        sha256_alone.scheme(sha1),
        Err(RejectionReason::SchemeNotAccepted)
    );

    // The weaker signature does not stand in for a stronger one that is wrong.
    let wrong_sha256 = json
        .schemes([RawBodySha1])
        .header(SHA256_SIGNATURE, "00".repeat(32));
    assert_eq!(
        sha256_alone.scheme(wrong_sha256.signed_by(&key())),
        Err(RejectionReason::SignatureMismatch)
    );
}

#[test]
fn the_body_of_a_get_is_verified_like_any_other() {
    let of_get = sign_url(&key(), URL);
    let request = WebhookRequest::get(URL)
        .header(SIGNATURE, of_get)
        .unsigned()
        .map(|_| Body::from("smuggled=1"));
    assert_refused(request, RejectionReason::SignatureMismatch);
}
