//! What the layer allocates for a request. The counts are the same on every machine, so they are
//! held here and the times in `benches/`.

// Counting a request takes allocations of its own.
#![cfg(all(feature = "axum", not(feature = "metrics")))]

#[path = "../benches/common/allocations.rs"]
mod allocations;
#[allow(dead_code)]
#[path = "../benches/common/requests.rs"]
mod requests;

use std::convert::Infallible;

use axum::body::Body;
use http::{Request, Response};
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tower::Layer as _;

use allocations::Allocations;
use requests::Sample;

fn added(sample: &Sample) -> Allocations {
    let bare = tower::service_fn(answer);
    let key = SigningKey::new(requests::KEY).unwrap();
    let layered = SignalWireWebhookLayer::new(key).layer(bare);
    allocations::added(&bare, &layered, sample)
}

async fn answer(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

#[test]
fn a_form_of_26_fields_takes_at_most_8_allocations() {
    let form = Sample::form(&requests::voice_call());
    assert_eq!(form.body.len(), 497);
    let added = added(&form);
    assert!(added.count <= 8, "{added:?}");
    assert!(added.bytes <= 2560, "{added:?}");
}

#[test]
fn a_json_body_of_2_kb_takes_at_most_6_allocations() {
    for json in [Sample::json(2048), Sample::json(2048).signed_with_sha256()] {
        let added = added(&json);
        assert!(added.count <= 6, "{added:?}");
        assert!(added.bytes <= 1536, "{added:?}");
    }
}

#[test]
fn a_body_in_one_chunk_is_not_copied() {
    let small = added(&Sample::json(2 * 1024));
    for kilobytes in [64, 1024] {
        let large = added(&Sample::json(kilobytes * 1024));
        assert!(large.count <= small.count, "{large:?}");
        assert!(large.bytes <= 4 * 1024, "{large:?}");
    }
}

#[test]
fn a_request_refused_by_its_headers_takes_at_most_8_allocations() {
    let form = Sample::form(&requests::voice_call());
    for refused in [form.clone().unsigned(), form.signed("nonsense")] {
        let added = added(&refused);
        assert!(added.count <= 8, "{added:?}");
        assert!(added.bytes <= 1024, "{added:?}");
    }
}

#[test]
fn a_wrong_signature_takes_three_allocations_more_than_a_right_one() {
    let form = Sample::form(&requests::voice_call());
    let right = added(&form);
    let wrong = added(&form.wrongly_signed());
    assert!(wrong.count <= right.count + 3, "{right:?} {wrong:?}");
}
