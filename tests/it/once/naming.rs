//! What a delivery is called.

use axum::{Router, routing::any};
use signalwire_webhook::{DeliverOnceLayer, DeliveryId, SignalWireWebhookLayer};

use crate::support::WebhookRequest;

use super::support::{Runs, URL, answering, app, callback, delivered, key, send};

/// As the docs of `identify` have it.
fn by_message_and_status(layer: DeliverOnceLayer) -> DeliverOnceLayer {
    layer.identify(|_parts, body, _verified| {
        let field = |wanted: &str| {
            let mut fields = form_urlencoded::parse(body);
            fields
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value)
        };
        Some(DeliveryId::of(format!(
            "{} {}",
            field("MessageSid")?,
            field("MessageStatus")?
        )))
    })
}

fn counting(layer: DeliverOnceLayer) -> Router {
    app(
        layer,
        answering(&Runs::default(), |run| format!("run {run}")),
    )
}

#[tokio::test]
async fn fields_can_name_a_delivery_that_is_written_otherwise() {
    let app = counting(by_message_and_status(DeliverOnceLayer::in_memory()));
    let retry = |status| {
        callback("SM1", status)
            .header("user-agent", "another")
            .signed_by(&key())
    };
    send(&app, retry("sent")).await.assert_is(200, "run 1");
    send(&app, retry("sent")).await.assert_is(200, "run 1");
    send(&app, retry("delivered")).await.assert_is(200, "run 2");
}

#[tokio::test]
async fn a_request_without_a_name_runs_each_time_and_keeps_its_body() {
    let runs = Runs::default();
    let counted = runs.clone();
    let handler = async move |body: String| format!("{} {body}", counted.count());
    let layer = DeliverOnceLayer::in_memory().identify(|_, _, _| None);
    let app = app(layer, handler);
    for run in 1..=2 {
        let answer = send(&app, delivered()).await;
        let text = answer.text();
        assert!(text.starts_with(&format!("{run} AccountSid=")), "{text}");
        assert!(text.ends_with("&MessageStatus=delivered"), "{text}");
    }
}

#[tokio::test]
async fn the_handler_reads_the_body_that_its_name_was_made_of() {
    let layer = DeliverOnceLayer::in_memory().identify(|_, body, _| Some(DeliveryId::of(body)));
    let app = app(layer, async |body: String| body);
    let answer = send(&app, delivered()).await;
    assert!(
        answer.text().contains("MessageStatus=delivered"),
        "{}",
        answer.text()
    );
}

/// Against retries that are written otherwise, and against replays that are cut otherwise.
#[tokio::test]
async fn two_layers_give_a_delivery_two_names() {
    let app = Router::new()
        .fallback(any(answering(&Runs::default(), |run| format!("run {run}"))))
        .layer(by_message_and_status(DeliverOnceLayer::in_memory()))
        .layer(DeliverOnceLayer::in_memory())
        .layer(SignalWireWebhookLayer::new(key()));
    let form = |fields: &[(&str, &str)]| {
        WebhookRequest::form(URL, fields.iter().copied()).signed_by(&key())
    };
    let fields = [("MessageSid", "SM1"), ("MessageStatus", "sent")];
    send(&app, form(&fields)).await.assert_is(200, "run 1");
    let retry = [("Attempt", "2"), fields[0], fields[1]];
    send(&app, form(&retry)).await.assert_is(200, "run 1");
    send(
        &app,
        form(&[("MessageSid", "SM1"), ("MessageStatus", "read")]),
    )
    .await
    .assert_is(200, "run 2");
}
