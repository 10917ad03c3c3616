//! `Verified` of a body before another extractor: `debug_handler` says which one is wrong.

use axum::{Form, Router, debug_handler, http::HeaderMap, routing::post};
use signalwire_webhook::{Verified, webhook};

#[debug_handler]
async fn sms(Verified(Form(_fields)): Verified<Form<Vec<(String, String)>>>, _headers: HeaderMap) {}

fn main() {
    let _app: Router = Router::new().route("/sms", post(sms)).layer(webhook());
}
