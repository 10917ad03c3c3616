//! What each scheme covers, and what it does not.

mod support;

use axum::{Router, body::Body, extract::Request};
use signalwire_webhook::{
    RejectionReason, SignalWireWebhookLayer,
    SignatureScheme::{self, BodyDigest, FormParameters, RawBodySha1, RawBodySha256},
    testing::WebhookRequest,
};
use support::{Answer, Echo, key, send};

const URL: &str = "https://hooks.example.com/hook";
const FORM: &str = "application/x-www-form-urlencoded";

fn app() -> (Echo, Router) {
    let echo = Echo::default();
    let app = echo.router().layer(SignalWireWebhookLayer::new(key()));
    (echo, app)
}

async fn answer(request: Request) -> Answer {
    send(&app().1, request).await
}

async fn scheme_of(request: Request) -> Option<SignatureScheme> {
    let (echo, app) = app();
    send(&app, request).await;
    let call = echo.calls().into_iter().next()?;
    call.verified.map(|verified| verified.scheme())
}

fn form_signature(url: &str, parameters: &[(&str, &str)]) -> String {
    key().sign_form(url, parameters.iter().copied())
}

fn post(content_type: &str, body: &str, signature: &str) -> Request {
    WebhookRequest::raw(URL, content_type, body)
        .header("x-signalwire-signature", signature)
        .unsigned()
}

#[tokio::test]
async fn every_scheme_passes_and_is_named() {
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
        assert_eq!(scheme_of(request.signed_by(&key())).await, Some(scheme));
    }
}

#[tokio::test]
async fn a_sha_1_signature_decides_where_the_sha_256_one_does_not_match() {
    let wrong = "00".repeat(32);
    let request = WebhookRequest::raw(URL, "application/json", "{}")
        .schemes([RawBodySha1])
        .header("x-signalwire-sha256-signature", wrong)
        .signed_by(&key());
    assert_eq!(scheme_of(request).await, Some(RawBodySha1));
}

#[tokio::test]
async fn a_form_is_a_form_with_parameters_in_any_case_and_without_content_type() {
    let signature = form_signature(URL, &[("From", "+1555")]);
    for content_type in [
        FORM,
        "application/x-www-form-urlencoded; charset=utf-8",
        "Application/X-WWW-Form-URLEncoded;charset=UTF-8",
    ] {
        answer(post(content_type, "From=%2B1555", &signature))
            .await
            .assert_passed();
    }
    let mut request = post(FORM, "From=%2B1555", &signature);
    request.headers_mut().remove("content-type");
    answer(request).await.assert_passed();
}

#[tokio::test]
async fn a_base64_signature_over_another_content_type_is_good_only_with_a_digest_or_an_empty_body()
{
    let of_form = form_signature(URL, &[("a", "b")]);
    let of_url = form_signature(URL, &[]);
    let unsigned = RejectionReason::UnsignedBody;
    answer(post("application/json", "a=b", &of_form))
        .await
        .assert_refused(unsigned);
    answer(post("text/plain", "a=b", &of_url))
        .await
        .assert_refused(unsigned);
    answer(post("application/json", "{}", &of_url))
        .await
        .assert_refused(unsigned);
    answer(post("application/json", "", &of_url))
        .await
        .assert_passed();

    let digest = WebhookRequest::raw(URL, "text/plain", "a=b").schemes([BodyDigest]);
    answer(digest.signed_by(&key())).await.assert_passed();
}

/// SignalWire's Python and Rust packages let each of these pass.
#[tokio::test]
async fn the_signature_of_a_get_admits_no_body() {
    let of_get = form_signature(URL, &[]);
    answer(post(FORM, "From=%2B1evil", &of_get))
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
    for nothing_but_separators in ["&", "=", "&&=&", " "] {
        let refused = answer(post(FORM, nothing_but_separators, &of_get)).await;
        assert_eq!(refused.status, 403, "{nothing_but_separators:?}");
    }
}

#[tokio::test]
async fn a_digest_in_the_query_must_match_an_empty_body_and_a_form_too() {
    let form = WebhookRequest::form(URL, [("a", "b")]);
    let by_digest = form.clone().schemes([BodyDigest]);
    answer(by_digest.clone().signed_by(&key()))
        .await
        .assert_passed();
    answer(by_digest.tampered().signed_by(&key()))
        .await
        .assert_refused(RejectionReason::BodyDigestMismatch);

    let empty = WebhookRequest::raw(URL, "application/json", "").schemes([BodyDigest]);
    let request = empty.signed_by(&key());
    answer(request).await.assert_passed();

    let another = "https://hooks.example.com/hook?bodySHA256=00";
    let form = WebhookRequest::form(another, [("a", "b")]);
    answer(form.signed_by(&key()))
        .await
        .assert_refused(RejectionReason::BodyDigestMismatch);
    answer(WebhookRequest::get(another).signed_by(&key()))
        .await
        .assert_refused(RejectionReason::BodyDigestMismatch);
}

#[tokio::test]
async fn a_digest_in_the_query_that_stands_there_twice_must_match_twice() {
    let request = WebhookRequest::raw(
        "https://hooks.example.com/hook?bodySHA256=00",
        "application/json",
        "{}",
    );
    answer(request.schemes([BodyDigest]).signed_by(&key()))
        .await
        .assert_refused(RejectionReason::BodyDigestMismatch);
}

#[tokio::test]
async fn a_digest_in_the_query_says_nothing_to_a_hex_signature() {
    let url = "https://hooks.example.com/hook?bodySHA256=00";
    let request = WebhookRequest::raw(url, "application/json", "{}");
    answer(request.signed_by(&key())).await.assert_passed();
}

#[tokio::test]
async fn repeated_names_pass_in_the_order_of_submission_and_distinct_and_sorted() {
    let raw = "a=2&b=3&a=1&a=2";
    for (signed, passes) in [
        (&[("a", "2"), ("a", "1"), ("a", "2"), ("b", "3")][..], true),
        (&[("a", "1"), ("a", "2"), ("b", "3")], true),
        (&[("a", "1"), ("a", "2"), ("a", "2"), ("b", "3")], false),
        (&[("a", "2"), ("a", "1"), ("b", "3")], false),
    ] {
        let answer = answer(post(FORM, raw, &form_signature(URL, signed))).await;
        assert_eq!(answer.status == 200, passes, "{signed:?}");
    }
}

#[tokio::test]
async fn decoded_bytes_are_signed_as_they_are() {
    let signature = key().sign_form(URL, [(&b"a\xff"[..], &b"\0\xfe +"[..])]);
    answer(post(FORM, "a%FF=%00%fe+%2B", &signature))
        .await
        .assert_passed();
    let lossy = key().sign_form(URL, [("a\u{fffd}", "\0\u{fffd} +")]);
    answer(post(FORM, "a%FF=%00%fe+%2B", &lossy))
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}

#[tokio::test]
async fn hex_is_good_in_either_case() {
    let signature = key().sign_body(URL, b"{}").to_uppercase();
    answer(post("application/json", "{}", &signature))
        .await
        .assert_passed();
}

#[tokio::test]
async fn twilios_header_is_read_where_signalwires_is_absent() {
    let signature = form_signature(URL, &[("a", "b")]);
    let form = WebhookRequest::form(URL, [("a", "b")]).header("x-twilio-signature", &signature);
    answer(form.clone().unsigned()).await.assert_passed();
    let beside = form
        .header("x-signalwire-signature", "00".repeat(20))
        .unsigned();
    answer(beside)
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}

#[tokio::test]
async fn accept_narrows_the_layer_to_some_schemes() {
    let echo = Echo::default();
    let layer = SignalWireWebhookLayer::new(key()).accept([RawBodySha256]);
    let app = echo.router().layer(layer);
    let json = WebhookRequest::raw(URL, "application/json", "{}");
    send(&app, json.clone().signed_by(&key()))
        .await
        .assert_passed();
    send(&app, json.schemes([RawBodySha1]).signed_by(&key()))
        .await
        .assert_refused(RejectionReason::SchemeNotAccepted);

    // The weaker signature does not stand in for a stronger one that is wrong.
    let wrong_sha256 = WebhookRequest::raw(URL, "application/json", "{}")
        .schemes([RawBodySha1])
        .header("x-signalwire-sha256-signature", "00".repeat(32));
    send(&app, wrong_sha256.signed_by(&key()))
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}

#[tokio::test]
async fn the_body_of_a_get_is_verified_like_any_other() {
    let of_get = form_signature(URL, &[]);
    let request = WebhookRequest::get(URL)
        .header("x-signalwire-signature", of_get)
        .unsigned()
        .map(|_| Body::from("smuggled=1"));
    answer(request)
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}
