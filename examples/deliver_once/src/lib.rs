//! Two servers over one Redis: whichever gets a copy of a delivery, its handler runs once.

mod redis_server;

use std::time::Duration;

use axum::{Router, http::StatusCode, routing::post};
use serde::Deserialize;
use signalwire_webhook::{DeliverOnceLayer, SignalWireWebhookLayer, SigningKey, Verified};
use tower_http::timeout::TimeoutLayer;

pub use redis_server::RedisServer;

/// Where SignalWire sends the status of a message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MessageStatus {
    message_sid: String,
    message_status: String,
}

/// One of the servers. Voice instructions would be a route after the layer, and so outside of it.
pub fn router(server: String, once: DeliverOnceLayer, key: SigningKey) -> Router {
    let handler = async move |Verified(form): Verified<axum::Form<MessageStatus>>| {
        let axum::Form(message) = form;
        let answer = format!(
            "{} is {}, says {server}\n",
            message.message_sid, message.message_status
        );
        print!("handled: {answer}");
        answer
    };
    // A handler runs on when its client hangs up: so that it ends at all, it has a time limit.
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(60));
    Router::new()
        .route("/status", post(handler))
        .layer(timeout)
        .layer(once)
        .layer(SignalWireWebhookLayer::new(key))
}
