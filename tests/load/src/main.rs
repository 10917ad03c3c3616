//! A server in a process of its own, whose memory can be measured: it takes the body limit,
//! prints its port, ends with its standard input, and then prints how many requests it refused as
//! too large and as unsigned.

use std::{io::Read as _, time::Duration};

use axum::{Router, routing::post};
use signalwire_webhook::{RejectionReason, SignalWireWebhookLayer};
use signalwire_webhook_load::{Server, key};

/// No test waits for it.
const DEADLINE: Duration = Duration::from_secs(200);

#[tokio::main(worker_threads = 2)]
async fn main() {
    let limit = std::env::args().nth(1).unwrap().parse().unwrap();
    let layer = SignalWireWebhookLayer::new(key())
        .body_limit(limit)
        .body_deadline(DEADLINE);
    let app = Router::new()
        .route("/hook", post(|| async { "passed" }))
        .layer(layer);
    let server = Server::start(app).await;
    println!("{}", server.address.port());
    let end_of_input = || std::io::stdin().read_to_end(&mut Vec::new());
    tokio::task::spawn_blocking(end_of_input)
        .await
        .unwrap()
        .unwrap();
    let refused = |reason| server.counts.refused(reason);
    let too_large = refused(RejectionReason::BodyTooLarge);
    println!("{too_large} {}", refused(RejectionReason::MissingSignature));
}
