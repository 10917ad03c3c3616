//! Clients that leave, and more copies than may wait.

use std::time::Duration;

use futures_util::future::join_all;
use signalwire_webhook_once_redis::{Connection, Delivery, Redis, Runs, Server, in_time, until};
use tokio::time::{sleep, timeout};

const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis");

/// As SignalWire does: a handler takes 8 seconds, and each of three copies hangs up after 5.
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_of_8_seconds_runs_once_and_the_third_copy_gets_its_answer() {
    let Some(redis) = Redis::start() else { return };
    join_all(["memory".to_owned(), redis.url()].map(async |store| {
        let runs = Runs::default();
        let server = Server::start(PROGRAM, &store, &runs, Duration::from_secs(8));
        let delivery = Delivery::new("SM1");
        let mut answers = Vec::new();
        for _ in 0..3 {
            let mut connection = Connection::to(server.address());
            let attempt = timeout(Duration::from_secs(5), connection.send(&delivery.request));
            answers.push(attempt.await.ok());
        }
        assert_eq!(answers[0], None);
        let third = answers[2].as_ref().expect("the third copy is answered");
        assert_eq!((third.status, third.text()), (200, "SM1"), "{store}");
        assert_eq!((runs.begun()["SM1"], runs.ended()["SM1"]), (1, 1));
    }))
    .await;
}

/// 1,000 copies of 60 KiB each, one after the other, none of them ended by its client: 60 MiB, if all
/// could wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_copies_of_a_slow_delivery_take_little_memory() {
    let runs = Runs::default();
    let server = Server::start(PROGRAM, "memory", &runs, Duration::from_secs(12));
    let delivery = Delivery::with_text("SM1", &"x".repeat(60 * 1024));
    let before = server.peak_memory();
    let mut first = Connection::to(server.address());
    let copies = async {
        until(async || !runs.begun().is_empty()).await;
        join_all((0..1_000).map(async |number| {
            sleep(number * Duration::from_millis(2)).await;
            let mut connection = Connection::to(server.address());
            connection.send(&delivery.request).await.status
        }))
        .await
    };
    let (first, copies) =
        in_time(async { tokio::join!(first.send(&delivery.request), copies) }).await;
    assert_eq!(first.status, 200);
    // At most 16 at a time waited for 4 seconds, in vain.
    let deferred = copies.iter().filter(|status| **status == 503).count();
    assert_eq!(deferred, 1_000);
    assert_eq!(runs.begun()["SM1"], 1);
    let grown = server.peak_memory() - before;
    assert!(grown < 40 * 1024, "{grown} KiB");
}
