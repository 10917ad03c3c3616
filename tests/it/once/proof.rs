//! Only what is verified is handled once.

use axum::{Router, http::Request, routing::any};
use signalwire_webhook::{DeliverOnceLayer, SignalWireWebhookLayer};

use crate::support::Log;

use super::support::{Runs, answering, callback, delivered, key, send};

#[tokio::test]
async fn without_the_webhook_layer_every_request_is_answered_with_500() {
    let log = Log::capture();
    let runs = Runs::default();
    let app: Router = Router::new()
        .fallback(any(answering(&runs, |_| "handled")))
        .layer(SignalWireWebhookLayer::new(key()))
        .layer(DeliverOnceLayer::in_memory());
    send(&app, delivered()).await.assert_is(
        500,
        "The route of this handler has no SignalWire webhook layer.",
    );
    assert_eq!(runs.get(), 0);
    let [event] = &log.events()[..] else {
        panic!("{:?}", log.events());
    };
    assert!(event.starts_with("ERROR"), "{event}");
    assert!(event.contains("add `.layer(webhook())` after"), "{event}");
}

#[tokio::test]
async fn an_unverified_request_passes_unclaimed_while_the_webhook_layer_only_reports() {
    let runs = Runs::default();
    let app: Router = Router::new()
        .fallback(any(answering(&runs, |run| format!("run {run}"))))
        .layer(DeliverOnceLayer::in_memory())
        .layer(SignalWireWebhookLayer::new(key()).report_only());
    for run in 1..=2 {
        let forged = callback("SM1", "delivered").tampered().signed_by(&key());
        send(&app, forged)
            .await
            .assert_is(200, &format!("run {run}"));
    }
    send(&app, delivered()).await.assert_is(200, "run 3");
    send(&app, delivered()).await.assert_is(200, "run 3");
}

#[tokio::test]
async fn what_the_webhook_layer_refuses_is_never_seen() {
    let runs = Runs::default();
    let app = super::support::app(
        DeliverOnceLayer::in_memory(),
        answering(&runs, |_| "handled"),
    );
    let forged = callback("SM1", "delivered").tampered().signed_by(&key());
    assert_eq!(send(&app, forged).await.status.as_u16(), 403);
    let unsigned: Request<_> = callback("SM1", "delivered").unsigned();
    assert_eq!(send(&app, unsigned).await.status.as_u16(), 403);
    send(&app, delivered()).await.assert_is(200, "handled");
    assert_eq!(runs.get(), 1);
}
