//! The requests that are measured, and the server that answers them.

use axum::{
    Router,
    body::Body,
    http::{Request, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::post,
};
use signalwire_webhook::{
    DeliverOnceLayer, SignalWireWebhookLayer, SigningKey, testing::WebhookRequest,
};

const URL: &str = "https://hooks.example.com/status";

fn key() -> SigningKey {
    SigningKey::new("PSKtest1234567890abcdef").expect("a key")
}

/// A status callback of 26 fields, which differs from every other in its `MessageSid`.
pub fn callback(number: u32) -> Request<Body> {
    let mut fields = vec![
        (
            "AccountSid".to_owned(),
            "11111111-2222-3333-4444-555555555555".to_owned(),
        ),
        (
            "MessageSid".to_owned(),
            format!("aaaaaaaa-bbbb-cccc-dddd-{number:012}"),
        ),
        ("MessageStatus".to_owned(), "delivered".to_owned()),
    ];
    for place in fields.len()..26 {
        fields.push((format!("Field{place:02}"), "+1 (555) 123-4567".to_owned()));
    }
    WebhookRequest::form(URL, fields).signed_by(&key())
}

/// 200 bytes, and a type.
async fn answer() -> impl IntoResponse {
    let answer = format!("<Response>{:179}</Response>", "");
    ([(CONTENT_TYPE, "application/xml")], answer)
}

/// With the layer, or without it.
pub fn app(once: Option<DeliverOnceLayer>) -> Router {
    let routes = Router::new().route("/status", post(answer));
    let routes = match once {
        Some(layer) => routes.layer(layer),
        None => routes,
    };
    routes.layer(SignalWireWebhookLayer::new(key()))
}

/// One thread, so that nothing but the work is measured.
pub fn on_one_thread<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}
