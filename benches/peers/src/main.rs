//! This layer and that of SignalWire's own crate, side by side: what each adds to a request.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`. Both stand around the same
//! bare service and take turns in the same run.

#[path = "../../common/contest.rs"]
mod contest;
mod layers;
#[allow(dead_code)]
#[path = "../../common/requests.rs"]
mod requests;

use hmac::Hmac;
use sha1::Sha1;

use layers::{answer, cases, ours, their_answer, theirs};
use requests::Sample;

fn main() {
    println!(
        "{:<26} {:>10} {:>10} {:>14} {:>7}",
        "request", "limit", "this layer", "SignalWire's", "ratio",
    );
    for (name, sample) in cases() {
        print(name, &sample);
    }
}

fn print(name: &str, sample: &Sample) {
    let bare = tower::service_fn(answer);
    let their_bare = tower::service_fn(their_answer);
    let ours = ours(bare);
    let theirs = theirs(their_bare);
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
        "{name:<26} {limit:>7.0} ns {added:>7.0} ns {their_added:>11.0} ns {:>7.1}",
        their_added / added,
    );
}
