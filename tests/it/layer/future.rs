//! The future of a response, as a runtime polls it.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
};

use axum::{body::Body, extract::Request, response::Response};
use futures_util::FutureExt as _;
use signalwire_webhook::SignalWireWebhookLayer;
use tower::{Layer as _, Service as _, service_fn};

use crate::support::{WebhookRequest, key};

fn sms() -> WebhookRequest {
    WebhookRequest::form("https://hooks.example.com/sms", [("From", "+15551234567")])
}

async fn answer(_: Request) -> Result<Response, Infallible> {
    Ok(Response::new(Body::empty()))
}

/// What it says when it is polled a second time.
fn panic_after(request: Request) -> String {
    let mut service = SignalWireWebhookLayer::new(key()).layer(service_fn(answer));
    let mut response = Box::pin(service.call(request));
    let first = response.as_mut().now_or_never();
    assert!(first.is_some());
    let second = catch_unwind(AssertUnwindSafe(|| response.now_or_never().is_some()));
    *second.unwrap_err().downcast().unwrap()
}

/// A refusal without its body read, and one with it.
#[test]
fn to_poll_it_after_a_refusal_panics_with_a_sentence() {
    for refused in [sms().unsigned(), sms().tampered().signed_by(&key())] {
        assert_eq!(panic_after(refused), "polled after completion");
    }
}

#[test]
fn nothing_is_waited_for_where_the_body_is_there() {
    let mut service = SignalWireWebhookLayer::new(key()).layer(service_fn(answer));
    for (request, status) in [
        (sms().signed_by(&key()), 200),
        (sms().unsigned(), 403),
        (sms().tampered().signed_by(&key()), 403),
    ] {
        let response = service.call(request).now_or_never();
        assert_eq!(response.unwrap().unwrap().status(), status);
    }
}
