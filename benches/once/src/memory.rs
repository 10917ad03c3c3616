use std::time::Instant;

use axum::{Router, body::Body, http::Request};
use http_body_util::BodyExt as _;
use signalwire_webhook::DeliverOnceLayer;
use signalwire_webhook_once_benchmark::{app, callback, on_one_thread};
use tower::ServiceExt as _;

use crate::least;

const ROUNDS: u32 = 200;
/// Done before the scheduler gives the core to another.
const REQUESTS: u32 = 200;

/// The time of the service with the layer less that of the same service without it, in the round that
/// was disturbed the least.
pub(crate) fn measure() {
    on_one_thread(async {
        let plain = app(None);
        let mut without = Vec::new();
        let mut first = Vec::new();
        let mut duplicate = Vec::new();
        let with = app(Some(DeliverOnceLayer::in_memory()));
        for round in 0..ROUNDS {
            let requests = || (0..REQUESTS).map(|number| callback(round * REQUESTS + number));
            without.push(nanoseconds(&plain, requests().collect()).await);
            first.push(nanoseconds(&with, requests().collect()).await);
            duplicate.push(nanoseconds(&with, requests().collect()).await);
        }
        let without = least(without);
        println!("in memory, a form of 26 fields and an answer of 200 bytes");
        println!("  first delivery  {:>8.0} ns added", least(first) - without);
        println!(
            "  duplicate       {:>8.0} ns added (to {without:.0} ns without the layer, whose handler runs)",
            least(duplicate) - without
        );
    });
}

async fn nanoseconds(app: &Router, requests: Vec<Request<Body>>) -> f64 {
    let begun = Instant::now();
    for request in requests {
        let Ok(response) = app.clone().oneshot(request).await;
        let _ = response.into_body().collect().await;
    }
    begun.elapsed().as_secs_f64() * 1e9 / f64::from(REQUESTS)
}
