//! The feature `metrics`, as Prometheus sees it.

use axum::{Router, routing::post};
use http::{Request, StatusCode};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tower::ServiceExt as _;

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests of `it` take the rest of it"
)]
#[path = "it/support/signed.rs"]
mod signed;

use signed::WebhookRequest;

const URL: &str = "https://hooks.example.com/sms";

fn key() -> SigningKey {
    SigningKey::new("PSKtest").unwrap()
}

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567")])
}

/// Counts on this thread alone, so that the tests do not count each other's requests.
fn record() -> (PrometheusHandle, impl Drop) {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let handle = recorder.handle();
    (handle, metrics::set_default_local_recorder(recorder))
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

async fn send(layer: SignalWireWebhookLayer, request: Request<axum::body::Body>) -> StatusCode {
    let app: Router = Router::new().route("/sms", post(|| async {})).layer(layer);
    app.oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn requests_are_counted_by_outcome_reason_and_scheme() {
    let (prometheus, _recording) = record();
    assert_eq!(send(layer(), sms().signed_by(&key())).await, StatusCode::OK);
    assert_eq!(send(layer(), sms().signed_by(&key())).await, StatusCode::OK);
    let json = WebhookRequest::json(URL, &["swml"]).signed_by(&key());
    assert_eq!(send(layer(), json).await, StatusCode::OK);
    send(layer(), sms().unsigned()).await;
    send(layer(), sms().tampered().signed_by(&key())).await;
    send(layer().body_limit(1), sms().signed_by(&key())).await;
    send(layer().report_only(), sms().unsigned()).await;

    let text = prometheus.render();
    for (labels, count) in [
        (
            r#"outcome="verified",reason="none",scheme="FormParameters""#,
            2,
        ),
        (
            r#"outcome="verified",reason="none",scheme="RawBodySha256""#,
            1,
        ),
        (
            r#"outcome="rejected",reason="MissingSignature",scheme="none""#,
            1,
        ),
        (
            r#"outcome="rejected",reason="SignatureMismatch",scheme="none""#,
            1,
        ),
        (
            r#"outcome="rejected",reason="BodyTooLarge",scheme="none""#,
            1,
        ),
        (
            r#"outcome="reported",reason="MissingSignature",scheme="none""#,
            1,
        ),
    ] {
        let line = format!("\nsignalwire_webhook_requests_total{{{labels}}} {count}\n");
        assert!(text.contains(&line), "{line} is not in {text}");
    }
    assert_eq!(
        text.matches("signalwire_webhook_requests_total{").count(),
        6,
        "{text}"
    );
}

#[tokio::test]
async fn checked_signatures_are_timed_and_their_bodies_measured() {
    let (prometheus, _recording) = record();
    send(layer(), sms().signed_by(&key())).await;
    send(layer(), sms().tampered().signed_by(&key())).await;
    // Nothing is checked of these two.
    send(layer(), sms().unsigned()).await;
    send(layer().report_only(), sms().unsigned()).await;

    let genuine = "From=%2B15551234567".len();
    let bytes = 2 * genuine + "&Tampered=1".len();
    let text = prometheus.render();
    for line in [
        "signalwire_webhook_verification_seconds_count 2\n".to_owned(),
        "signalwire_webhook_body_bytes_count 2\n".to_owned(),
        format!("signalwire_webhook_body_bytes_sum {bytes}\n"),
    ] {
        assert!(text.contains(&line), "{line} is not in {text}");
    }
}

#[tokio::test]
async fn each_metric_describes_itself() {
    let (prometheus, _recording) = record();
    send(layer(), sms().signed_by(&key())).await;
    let text = prometheus.render();
    for name in ["requests_total", "verification_seconds", "body_bytes"] {
        let line = format!("# HELP signalwire_webhook_{name} ");
        assert!(text.contains(&line), "{line} is not in {text}");
    }
}

#[tokio::test]
async fn no_caller_can_make_up_labels() {
    let (prometheus, _recording) = record();
    for number in 0..50 {
        let url = format!("https://host{number}.example.com/sms?a={number}");
        let request = WebhookRequest::form(url, [("From", "1")])
            .header("x-signalwire-signature", format!("made up {number}"));
        send(layer(), request.unsigned()).await;
    }
    let text = prometheus.render();
    assert_eq!(
        text.matches("signalwire_webhook_requests_total{").count(),
        1,
        "{text}"
    );
    assert!(
        text.contains(r#"reason="MalformedSignature",scheme="none"} 50"#),
        "{text}"
    );
}
