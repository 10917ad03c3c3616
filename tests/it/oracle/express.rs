//! What Express' `webhook()` answers (observed, `@signalwire/compatibility-api` 3.2.0), row by
//! row, with the differences that this crate makes on purpose.

use axum::{Form, Router, http::StatusCode, routing::post};
use signalwire_webhook::{RejectionReason, SignalWireWebhookLayer, webhook};
use std::collections::BTreeMap;

use crate::support::{Echo, Log, REFUSED, WebhookRequest, key, send};

const URL: &str = "https://hooks.example.com/sms";

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567"), ("Body", "Hi & bye")])
}

/// Express: 400 and `No signature header error - …`. Here: 403 and the one text for everything
/// that is not proven to be SignalWire's, so that a prober learns nothing.
#[tokio::test]
async fn neither_signature_header() {
    let echo = Echo::default();
    let app = echo.router().layer(SignalWireWebhookLayer::new(key()));
    let answer = send(&app, sms().unsigned()).await;
    answer.assert_refused(RejectionReason::MissingSignature);
    assert_eq!(
        answer.content_type.as_deref(),
        Some("text/plain; charset=utf-8")
    );
    assert!(echo.calls().is_empty());
}

/// As in Express, but for every request: there the missing header is noticed first. No other test
/// of this binary sets the variables, and the test runner does not have them.
#[tokio::test]
async fn no_key_configured() {
    if std::env::var_os("SIGNALWIRE_SIGNING_KEY").is_some() {
        println!("skipped: SIGNALWIRE_SIGNING_KEY is set");
        return;
    }
    let log = Log::capture();
    let echo = Echo::default();
    let layer = webhook();
    let strict = echo.router().layer(layer.clone());
    let reporting = echo.router().layer(layer.report_only());
    for (app, request) in [
        (&strict, sms().signed_by(&key())),
        (&strict, sms().unsigned()),
        (&reporting, sms().signed_by(&key())),
    ] {
        let answer = send(app, request).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            answer.content_type.as_deref(),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(
            answer.text(),
            "Webhook Error - we attempted to validate this request without first configuring our auth token."
        );
        assert_eq!(answer.reason, Some(RejectionReason::NoSigningKey));
    }
    assert!(echo.calls().is_empty());
    let errors = log
        .events()
        .iter()
        .filter(|event| event.starts_with("ERROR"))
        .count();
    assert_eq!(errors, 1, "{}", log.text());
    assert!(
        log.text().contains("SIGNALWIRE_SIGNING_KEY is not set"),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn the_signature_does_not_match() {
    let echo = Echo::default();
    let app = echo.router().layer(SignalWireWebhookLayer::new(key()));
    let answer = send(&app, sms().tampered().signed_by(&key())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(
        answer.content_type.as_deref(),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.text(), REFUSED);
    assert!(echo.calls().is_empty());
}

#[tokio::test]
async fn it_matches_and_the_next_handler_reads_the_form_as_usual() {
    async fn handler(Form(form): Form<BTreeMap<String, String>>) -> String {
        format!("{form:?}")
    }
    let app = Router::new()
        .route("/sms", post(handler))
        .layer(SignalWireWebhookLayer::new(key()));
    let answer = send(&app, sms().signed_by(&key())).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.text(),
        r#"{"Body": "Hi & bye", "From": "+15551234567"}"#
    );
}

/// Express' `validate: false` runs the next handler and says nothing. Here: `report_only`, which
/// runs it, logs what it would have refused, and leaves no proof in the request.
#[tokio::test]
async fn validation_switched_off() {
    let log = Log::capture();
    let echo = Echo::default();
    let app = echo
        .router()
        .layer(SignalWireWebhookLayer::new(key()).report_only());
    let answer = send(&app, sms().unsigned()).await;
    answer.assert_passed();
    let call = &echo.calls()[0];
    assert!(call.verified.is_none());
    let rejection = call.rejection.as_ref().unwrap();
    assert_eq!(rejection.reason(), RejectionReason::MissingSignature);
    assert_eq!(log.events().len(), 1);
    assert!(
        log.events()[0].contains("webhook would be rejected"),
        "{}",
        log.text()
    );
}
