//! What it costs to handle each delivery once.
//!
//! `cargo bench -p signalwire-webhook-once-benchmark` prints what the layer adds in memory, what a
//! delivery takes over a Redis that it starts, beside one `SET NX PX` by the same client, and how many
//! deliveries a second it takes, beside `redis-benchmark`; and what a remembered delivery weighs.

mod memory;
mod over_redis;
mod throughput;

/// Which of them are named as arguments, or all.
fn main() {
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|name| !name.starts_with('-'))
        .collect();
    let parts: [(&str, fn()); 3] = [
        ("memory", memory::measure),
        ("redis", over_redis::measure),
        ("throughput", throughput::measure),
    ];
    for (name, measure) in parts {
        if named.is_empty() || named.iter().any(|named| named == name) {
            measure();
        }
    }
}

/// The middle one.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// The least: the one that was disturbed the least.
fn least(numbers: Vec<f64>) -> f64 {
    numbers.into_iter().fold(f64::INFINITY, f64::min)
}
