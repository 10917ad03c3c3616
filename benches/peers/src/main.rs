//! This layer and that of SignalWire's own crate, side by side: what each adds to a request.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`. Both stand around the same
//! bare service and take turns in the same run.

#[path = "../../common/allocations.rs"]
mod allocations;
#[path = "../../common/contest.rs"]
mod contest;
#[allow(dead_code)]
#[path = "../../common/requests.rs"]
mod requests;

use std::convert::Infallible;

use hmac::Hmac;
use http::{Request, Response};
use sha1::Sha1;
use signalwire::security::webhook_layer::WebhookLayer;
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tower::Layer as _;

use requests::Sample;

type Body = axum::body::Body;
type BodyOfSignalWire = axum_of_signalwire::body::Body;

fn main() {
    println!(
        "{:<26} {:>10} {:>10} {:>14} {:>7} {:>8} {:>14} {:>10} {:>16}",
        "request",
        "limit",
        "this layer",
        "SignalWire's",
        "ratio",
        "allocs",
        "SignalWire's",
        "bytes",
        "SignalWire's",
    );
    let form = Sample::form(&requests::voice_call());
    let forged = Sample::form(&requests::numbered(16_000)).wrongly_signed();
    print("cXML form, 26 fields", &form);
    print("SWML JSON, 2 KB", &Sample::json(2 * 1024));
    print("SWML JSON, 64 KB", &Sample::json(64 * 1024));
    print("form, no signature", &form.clone().unsigned());
    print("form, wrong signature", &form.clone().wrongly_signed());
    print("forged form, 16,000 names", &forged);
}

fn print(name: &str, sample: &Sample) {
    let bare = tower::service_fn(answer);
    let key = SigningKey::new(requests::KEY).unwrap();
    let ours = SignalWireWebhookLayer::new(key).layer(bare);
    let their_bare = tower::service_fn(their_answer);
    let theirs = WebhookLayer::new(requests::KEY).layer(their_bare);

    let allocated = allocations::added(&bare, &ours, sample);
    let their_allocated = allocations::added(&their_bare, &theirs, sample);
    let [bare, ours, their_bare, theirs, limit] = contest::nanoseconds([
        contest::service(&bare, sample),
        contest::service(&ours, sample),
        contest::service(&their_bare, sample),
        contest::service(&theirs, sample),
        contest::hmac::<Hmac<Sha1>>(sample),
    ]);
    let added = ours - bare;
    let their_added = theirs - their_bare;
    println!(
        "{name:<26} {limit:>7.0} ns {added:>7.0} ns {their_added:>11.0} ns {:>7.1} {:>8} {:>14} {:>8} B {:>14} B",
        their_added / added,
        allocated.count,
        their_allocated.count,
        allocated.bytes,
        their_allocated.bytes,
    );
}

async fn answer(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

async fn their_answer(
    _: Request<BodyOfSignalWire>,
) -> Result<Response<BodyOfSignalWire>, Infallible> {
    Ok(Response::new(BodyOfSignalWire::empty()))
}
