//! Rolling the layer out, answering in one's own way, and narrowing it.

use std::time::Duration;

use axum::{
    Json, Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::stream;
use http::{
    StatusCode,
    header::{CONTENT_TYPE, HOST},
};
use http_body_util::BodyExt as _;
use signalwire_webhook::{
    ConfigError, KeySource, Rejection, RejectionReason, SignalWireWebhookLayer, SignatureScheme,
    SigningKey, SigningKeys, Verified, VerifiedWebhook,
};
use tower::ServiceExt as _;

use crate::support::{Log, WebhookRequest};

const URL: &str = "https://hooks.example.com/sms";

fn key() -> SigningKey {
    SigningKey::new("PSKtest").unwrap().with_id("main")
}

fn other_key() -> SigningKey {
    SigningKey::new("PSKother").unwrap().with_id("other")
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567")])
}

/// Answers with what the layer left in the request, and the body.
fn routes() -> Router {
    async fn inspect(request: Request) -> String {
        let extensions = request.extensions();
        let verified = extensions.get().map(VerifiedWebhook::key_id);
        let rejected = extensions.get().map(Rejection::reason);
        let seen = format!("verified {verified:?}, rejected {rejected:?}, ");
        seen + &text(request.into_body()).await
    }
    Router::new().route("/sms", get(inspect).post(inspect))
}

async fn text(body: Body) -> String {
    let body = body.collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

fn reason(response: &Response) -> Option<RejectionReason> {
    response.extensions().get().map(Rejection::reason)
}

/// A request for each way to be refused that the headers or the signature decide.
fn refused() -> Vec<(Request, RejectionReason)> {
    let mut twice = sms().signed_by(&key());
    let another = http::HeaderValue::from_static("another");
    twice
        .headers_mut()
        .append("x-signalwire-signature", another);
    let mut nameless = sms().signed_by(&key());
    nameless.headers_mut().remove(HOST);
    let digest_of_another_body = WebhookRequest::raw(URL, "application/json", "{}")
        .schemes([SignatureScheme::BodyDigest])
        .tampered();
    let json_signed_as_form = WebhookRequest::raw(URL, "application/json", "{}")
        .schemes([SignatureScheme::FormParameters]);
    vec![
        (sms().unsigned(), RejectionReason::MissingSignature),
        (
            sms().header("x-signalwire-signature", "made up").unsigned(),
            RejectionReason::MalformedSignature,
        ),
        (twice, RejectionReason::AmbiguousSignature),
        (
            sms().tampered().signed_by(&key()),
            RejectionReason::SignatureMismatch,
        ),
        (
            sms().signed_by(&other_key()),
            RejectionReason::SignatureMismatch,
        ),
        (
            digest_of_another_body.signed_by(&key()),
            RejectionReason::BodyDigestMismatch,
        ),
        (
            json_signed_as_form.signed_by(&key()),
            RejectionReason::UnsignedBody,
        ),
        (nameless, RejectionReason::UnknownUrl),
    ]
}

#[tokio::test]
async fn report_only_logs_and_forwards_what_would_be_rejected() {
    for (request, reason) in refused() {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let request = Request::from_parts(parts, Body::from(body.clone()));

        let log = Log::capture();
        let app = routes().layer(layer().report_only());
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            text(response.into_body()).await,
            format!(
                "verified None, rejected Some({reason:?}), {}",
                String::from_utf8_lossy(&body)
            )
        );
        let events = log.events();
        assert_eq!(events.len(), 1, "{events:?}");
        for part in [
            "WARN signalwire_webhook: webhook would be rejected".to_owned(),
            format!("reason={reason:?}"),
            "status=403".to_owned(),
            "path=\"/sms\"".to_owned(),
            format!("body_bytes={}", body.len()),
            format!("detail={reason}"),
        ] {
            assert!(events[0].contains(&part), "{part} is not in {events:?}");
        }
    }
}

#[tokio::test]
async fn report_only_verifies_what_is_genuine() {
    let log = Log::capture();
    let app = routes().layer(layer().report_only());
    let response = app.oneshot(sms().signed_by(&key())).await.unwrap();
    assert_eq!(
        text(response.into_body()).await,
        "verified Some(\"main\"), rejected None, From=%2B15551234567"
    );
    let events = log.events();
    assert_eq!(events.len(), 1, "{events:?}");
    for part in [
        "DEBUG signalwire_webhook: webhook verified",
        "scheme=FormParameters",
        "key_id=\"main\"",
        "host=\"hooks.example.com\"",
        "path=\"/sms\"",
        "body_bytes=19",
    ] {
        assert!(events[0].contains(part), "{part} is not in {events:?}");
    }
}

#[tokio::test]
async fn report_only_forwards_where_the_keys_are_not_found() {
    let down = KeySource::provider(|_: &_, _: &_| async {
        Err::<Option<SigningKeys>, _>(ConfigError::NoSigningKeys)
    });
    let app = routes().layer(SignalWireWebhookLayer::new(down).report_only());
    let response = app.oneshot(sms().signed_by(&key())).await.unwrap();
    assert_eq!(
        text(response.into_body()).await,
        "verified None, rejected Some(KeyLookupFailed), From=%2B15551234567"
    );
}

#[tokio::test]
async fn a_handler_that_wants_proof_refuses_what_report_only_let_pass() {
    for (request, expected) in refused() {
        let app = Router::new()
            .route("/sms", post(async |_: Verified<Bytes>| "ran"))
            .layer(layer().report_only());
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{expected:?}");
        assert_eq!(reason(&response), Some(expected));
        assert_eq!(
            text(response.into_body()).await,
            "SignalWire Request Validation Failed."
        );
    }
}

#[tokio::test(start_paused = true)]
async fn report_only_keeps_the_limits_on_the_body() {
    let never = || Body::from_stream(stream::pending::<Result<Bytes, ConfigError>>());
    let broken = || Body::from_stream(stream::once(async { Err::<Bytes, _>("broken off") }));
    let too_long = || Body::from(vec![b' '; 101]);
    for (body, signed, expected) in [
        (too_long(), true, RejectionReason::BodyTooLarge),
        (too_long(), false, RejectionReason::BodyTooLarge),
        (never(), true, RejectionReason::BodyTimeout),
        (never(), false, RejectionReason::BodyTimeout),
        (broken(), true, RejectionReason::BodyUnreadable),
        (broken(), false, RejectionReason::BodyUnreadable),
    ] {
        let log = Log::capture();
        let layer = layer()
            .report_only()
            .body_limit(100)
            .body_deadline(Duration::from_secs(3));
        let request = if signed {
            sms().signed_by(&key())
        } else {
            sms().unsigned()
        };
        let response = routes().layer(layer).oneshot(request.map(|_| body));
        let response = response.await.unwrap();
        assert_eq!(response.status(), expected.status());
        assert_eq!(reason(&response), Some(expected));
        let events = log.events();
        assert_eq!(events.len(), 1, "{events:?}");
        assert!(
            events[0].contains("WARN signalwire_webhook: webhook rejected"),
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn the_inner_of_two_layers_has_the_last_word() {
    let inner = || SignalWireWebhookLayer::new(other_key()).report_only();
    for (signer, expected) in [
        (key(), "verified None, rejected Some(SignatureMismatch), "),
        (other_key(), "verified Some(\"other\"), rejected None, "),
    ] {
        let app = routes().layer(inner()).layer(layer().report_only());
        let response = app.oneshot(sms().signed_by(&signer)).await.unwrap();
        let text = text(response.into_body()).await;
        assert_eq!(text, format!("{expected}From=%2B15551234567"));
    }
}

#[tokio::test]
async fn a_rejection_is_answered_in_the_users_own_way() {
    let problem = |rejection: &Rejection| {
        let details = Json(serde_json::json!({
            "type": "about:blank",
            "title": "Not from SignalWire",
            "status": rejection.status().as_u16(),
        }));
        let content_type = [(CONTENT_TYPE, "application/problem+json")];
        (rejection.status(), content_type, details).into_response()
    };
    for (request, expected) in refused() {
        let app = routes().layer(layer().on_rejection(problem));
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(reason(&response), Some(expected));
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let details: serde_json::Value =
            serde_json::from_str(&text(response.into_body()).await).unwrap();
        assert_eq!(
            details,
            serde_json::json!({
                "type": "about:blank", "title": "Not from SignalWire", "status": 403,
            })
        );
    }
}

#[tokio::test]
async fn a_call_may_be_rejected_in_cxml() {
    let reject = |_: &Rejection| {
        let xml = "<Response><Reject/></Response>";
        ([(CONTENT_TYPE, "application/xml")], xml).into_response()
    };
    let layer = layer().body_limit(19).on_rejection(reject);
    let longer = WebhookRequest::form(URL, [("From", "+155512345678")]);
    for (request, expected) in [
        (sms().unsigned(), RejectionReason::MissingSignature),
        (longer.signed_by(&key()), RejectionReason::BodyTooLarge),
    ] {
        let response = routes().layer(layer.clone()).oneshot(request);
        let response = response.await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(reason(&response), Some(expected));
        assert_eq!(
            text(response.into_body()).await,
            "<Response><Reject/></Response>"
        );
    }
    let genuine = routes().layer(layer).oneshot(sms().signed_by(&key()));
    let genuine = genuine.await.unwrap();
    assert_eq!(reason(&genuine), None);
    assert!(text(genuine.into_body()).await.starts_with("verified"));
}

#[tokio::test]
async fn a_refusal_by_the_handler_itself_stays_its_own() {
    let app = Router::new()
        .route("/sms", post(async || (StatusCode::FORBIDDEN, "not you")))
        .layer(layer().on_rejection(|_| "ours".into_response()));
    let response = app.oneshot(sms().signed_by(&key())).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(reason(&response), None);
    assert_eq!(text(response.into_body()).await, "not you");
}

#[tokio::test]
async fn a_layer_accepts_the_schemes_it_names_and_no_other() {
    for accepted in SignatureScheme::ALL {
        for signed in SignatureScheme::ALL {
            let request = match signed {
                SignatureScheme::FormParameters => sms(),
                _ => WebhookRequest::json(URL, &["swml"]).schemes([*signed]),
            };
            let app = routes().layer(layer().accept([accepted]));
            let response = app.oneshot(request.signed_by(&key())).await.unwrap();
            let expected = (signed != accepted).then_some(RejectionReason::SchemeNotAccepted);
            assert_eq!(reason(&response), expected, "{signed} where {accepted} is");
        }
    }
}

#[tokio::test]
async fn a_weaker_signature_does_not_make_up_for_the_accepted_one() {
    let both = WebhookRequest::json(URL, &["swml"]);
    let mut wrong_sha256 = both.clone().signed_by(&key());
    let forged = both.clone().signed_by(&other_key());
    let header = "x-signalwire-sha256-signature";
    let sha256 = forged.headers()[header].clone();
    wrong_sha256.headers_mut().insert(header, sha256);

    let narrow = layer().accept([SignatureScheme::RawBodySha256]);
    let genuine = routes()
        .layer(narrow.clone())
        .oneshot(both.signed_by(&key()));
    assert_eq!(genuine.await.unwrap().status(), StatusCode::OK);
    let response = routes().layer(narrow).oneshot(wrong_sha256).await.unwrap();
    assert_eq!(reason(&response), Some(RejectionReason::SignatureMismatch));
}

#[tokio::test]
async fn to_accept_nothing_is_reported_before_the_first_request() {
    let log = Log::capture();
    let _accepts_one = layer().accept([SignatureScheme::BodyDigest]);
    assert_eq!(log.events().len(), 0);
    let layer = layer().accept::<SignatureScheme>([]);
    let events = log.events();
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(
        events[0].starts_with("ERROR signalwire_webhook: webhook layer accepts no scheme"),
        "{events:?}"
    );
    let response = routes().layer(layer).oneshot(sms().signed_by(&key()));
    assert_eq!(
        reason(&response.await.unwrap()),
        Some(RejectionReason::SchemeNotAccepted)
    );
}
