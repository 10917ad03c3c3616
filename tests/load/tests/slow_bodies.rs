//! Connections that send a byte a second are cut at the deadline, and hold up nobody else.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::post};
use futures_util::future::join_all;
use signalwire_webhook::{RejectionReason, SignalWireWebhookLayer, testing::WebhookRequest};
use signalwire_webhook_load::{Client, RawRequest, Server, URL, allow_open_files, in_time, key};
use tokio::{
    sync::Semaphore,
    time::{Instant, interval},
};

const SLOW: usize = 1_000;
/// Fewer than a listener's queue holds.
const AT_ONCE: usize = 50;
const DEADLINE: Duration = Duration::from_secs(4);
/// A body that no slow connection comes near the end of.
const LENGTH: usize = 10_000;
const HONEST_EVERY: Duration = Duration::from_millis(5);
const HONEST_AT_LEAST: usize = 800;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_slow_bodies_are_cut_at_the_deadline_while_honest_requests_are_answered() {
    allow_open_files(4_000);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let handler = move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
        "passed"
    };
    let layer = SignalWireWebhookLayer::new(key()).body_deadline(DEADLINE);
    let server = Server::start(Router::new().route("/hook", post(handler)).layer(layer)).await;

    let connecting = Arc::new(Semaphore::new(AT_ONCE));
    let slow_are_cut = Arc::new(AtomicUsize::new(0));
    let slow = join_all((0..SLOW).map(|_| {
        let slow_are_cut = slow_are_cut.clone();
        let address = server.address;
        let connecting = connecting.clone();
        tokio::spawn(async move {
            let answer = in_time(a_byte_a_second(address, &connecting)).await;
            slow_are_cut.fetch_add(1, Ordering::SeqCst);
            answer
        })
    }));
    let honest = async {
        let mut answers = Vec::new();
        let mut ticks = interval(HONEST_EVERY);
        while slow_are_cut.load(Ordering::SeqCst) < SLOW || answers.len() < HONEST_AT_LEAST {
            ticks.tick().await;
            let address = server.address;
            answers.push(tokio::spawn(in_time(async move {
                Client::exchange(address, &honest_request()).await
            })));
        }
        join_all(answers).await
    };
    let (slow, honest) = in_time(async { tokio::join!(slow, honest) }).await;

    for cut in slow {
        let (answer, lasted) = cut.unwrap();
        // A byte that crosses the answer makes the server reset the connection.
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
            "{answer}"
        );
        assert!(lasted >= DEADLINE, "cut after {lasted:?}");
    }
    let sent = honest.len();
    println!("{SLOW} slow connections cut, {sent} honest requests answered");
    for answer in honest {
        let answer = answer.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), sent);
    assert_eq!(server.counts.started(), SLOW + sent);
    assert_eq!(server.counts.ended(), SLOW + sent);
    assert_eq!(server.counts.refused(RejectionReason::BodyTimeout), SLOW);
}

/// The answer to a body that never ends, and how long the server took to give up on it.
async fn a_byte_a_second(server: SocketAddr, connecting: &Semaphore) -> (String, Duration) {
    let request = RawRequest::signed(WebhookRequest::json(URL, &["slow"]), &key());
    let head = request
        .header("expect: 100-continue")
        .head_declaring(LENGTH);
    let turn = connecting.acquire().await.unwrap();
    let started = Instant::now();
    let mut client = Client::continuing(server, &head).await;
    drop(turn);
    let answer = client.trickle(Duration::from_secs(1)).await;
    (answer, started.elapsed())
}

fn honest_request() -> Vec<u8> {
    let form = WebhookRequest::form(URL, [("From", "+15551234567"), ("Body", "Hello")]);
    RawRequest::signed(form, &key()).closing().bytes()
}
