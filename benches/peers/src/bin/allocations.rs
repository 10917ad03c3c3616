//! What each layer allocates for a request beyond the bare service.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml --bin allocations`. A program of
//! its own: the allocator that counts would take part in the times.

#[path = "../../../common/allocations.rs"]
mod allocations;
#[path = "../layers.rs"]
mod layers;
#[allow(dead_code)]
#[path = "../../../common/requests.rs"]
mod requests;

use layers::{answer, cases, ours, their_answer, theirs};

fn main() {
    println!(
        "{:<26} {:>10} {:>12} {:>14} {:>14}",
        "request", "this layer", "bytes", "SignalWire's", "bytes",
    );
    for (name, sample) in cases() {
        let bare = tower::service_fn(answer);
        let their_bare = tower::service_fn(their_answer);
        let ours = allocations::added(&bare, &ours(bare), &sample);
        let theirs = allocations::added(&their_bare, &theirs(their_bare), &sample);
        println!(
            "{name:<26} {:>10} {:>10} B {:>14} {:>12} B",
            ours.count, ours.bytes, theirs.count, theirs.bytes,
        );
    }
}
