//! Verifies SignalWire's documented request as a wasm32 module under node. A check that fails traps.

use std::{
    convert::Infallible,
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, request::Parts},
    routing::post,
};
use futures_util::{StreamExt as _, pending, stream};
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey, Verified, Verifier};
use tower::ServiceExt as _;

const BODY: &str = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
const TAMPERED: &str = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=9999&From=%2B14158675309&To=%2B18005551212";

fn main() {
    the_verifier_admits_what_was_signed();
    the_verifier_refuses_a_changed_body();
    the_layer_admits_a_streamed_body();
    the_layer_refuses_a_streamed_body_that_was_changed();
}

#[cfg_attr(test, test)]
fn the_verifier_admits_what_was_signed() {
    let verdict = Verifier::new(key()).verify(&parts(), BODY.as_bytes());
    assert!(verdict.is_ok());
}

#[cfg_attr(test, test)]
fn the_verifier_refuses_a_changed_body() {
    let verdict = Verifier::new(key()).verify(&parts(), TAMPERED.as_bytes());
    assert!(verdict.is_err());
}

#[cfg_attr(test, test)]
fn the_layer_admits_a_streamed_body() {
    assert_eq!(status_for(BODY), StatusCode::OK);
}

#[cfg_attr(test, test)]
fn the_layer_refuses_a_streamed_body_that_was_changed() {
    assert_eq!(status_for(TAMPERED), StatusCode::FORBIDDEN);
}

fn key() -> SigningKey {
    SigningKey::new("12345").expect("a key")
}

fn parts() -> Parts {
    let request = Request::post("/myapp.php?foo=1&bar=2")
        .header("host", "mycompany.com")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-signalwire-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
        .body(());
    request.expect("a request").into_parts().0
}

fn status_for(body: &'static str) -> StatusCode {
    async fn handler(Verified(body): Verified<String>) {
        assert_eq!(body, BODY);
    }
    let layer = SignalWireWebhookLayer::new(key()).no_body_deadline();
    let app = Router::new()
        .route("/myapp.php", post(handler))
        .layer(layer);
    let request = Request::from_parts(parts(), streamed(body));
    let Ok(response) = run(app.oneshot(request));
    response.status()
}

/// A body of which each chunk is late, so that a layer with a deadline would ask for the time.
fn streamed(body: &'static str) -> Body {
    let chunks = body.as_bytes().chunks(40);
    Body::from_stream(stream::iter(chunks).then(|chunk| async move {
        pending!();
        Ok::<_, Infallible>(chunk)
    }))
}

/// Polls in turn without a pause: what is late here waits for nothing but its next turn.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
