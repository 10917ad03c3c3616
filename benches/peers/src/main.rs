//! This layer and that of SignalWire's own crate, side by side: what each adds to a request.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`. Both stand around the same
//! bare service and take turns. The times are the least of seven runs, and "median" is the median of
//! how many times as long SignalWire's takes in a run.

#[path = "../../common/contest.rs"]
mod contest;
mod layers;
#[allow(dead_code)]
#[path = "../../common/requests.rs"]
mod requests;
#[path = "../../common/seven_runs.rs"]
mod seven_runs;

use hmac::Hmac;
use sha1::Sha1;

use layers::{answer, cases, ours, their_answer, theirs};
use requests::Sample;
use seven_runs::of_seven_runs;

fn main() {
    let cases = cases();
    let measured = of_seven_runs(|| cases.iter().map(|(_, sample)| measure(sample)).collect());
    println!(
        "{:<26} {:>10} {:>10} {:>14} {:>7} {:>7}",
        "request", "limit", "this layer", "SignalWire's", "ratio", "median",
    );
    for ((name, _), measured) in cases.iter().zip(measured) {
        let (limit, _) = measured.least_and_median(|[limit, _, _]| limit);
        let (ours, _) = measured.least_and_median(|[_, ours, _]| ours);
        let (theirs, _) = measured.least_and_median(|[_, _, theirs]| theirs);
        let (_, median) = measured.least_and_median(|[_, ours, theirs]| theirs / ours);
        println!(
            "{name:<26} {limit:>7.0} ns {ours:>7.0} ns {theirs:>11.0} ns {:>7.1} {median:>7.1}",
            theirs / ours,
        );
    }
}

/// The nanoseconds of the limit, and those that this layer and SignalWire's add.
fn measure(sample: &Sample) -> [f64; 3] {
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
    [limit, ours - bare, theirs - their_bare]
}
