//! A body whose data is not `Bytes`.

use std::{collections::VecDeque, convert::Infallible};

use axum::body::Body;
use http::{Request, Response};
use http_body_util::Full;
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tower::{Layer as _, ServiceExt as _, service_fn};

fn main() {
    let answer = |_: Request<Body>| async { Ok::<_, Infallible>(Response::new(Body::empty())) };
    let key = SigningKey::new("PSKtest").unwrap();
    let service = SignalWireWebhookLayer::new(key).layer(service_fn(answer));
    let body: Full<VecDeque<u8>> = Full::default();
    let _response = service.oneshot(Request::new(body));
}
