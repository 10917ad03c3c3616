//! Clients that leave, and more copies than may wait.

use std::time::Duration;

use futures_util::{StreamExt as _, future::join_all, stream};
use signalwire_webhook_once_redis::{Connection, Delivery, Redis, Runs, Server, in_time, until};
use tokio::time::timeout;

const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis");

/// For as long as a test.
const NEVER: Duration = Duration::from_hours(1);

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

/// 1,000 copies of 60 KiB each, of which none is ended by its client: 60 MiB, if any of it stayed.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_copies_of_a_slow_delivery_leave_nothing_behind() {
    let runs = Runs::default();
    let server = Server::start(PROGRAM, "memory", &runs, NEVER);
    let delivery = Delivery::with_text("SM1", &"x".repeat(60 * 1024));
    let before = server.peak_memory();
    let send = async || {
        let mut connection = Connection::to(server.address());
        connection.send(&delivery.request).await.status
    };
    let copies = async {
        until(async || !runs.begun().is_empty()).await;
        // On a busy machine all 1,000 could be on their way at once.
        let copies = stream::iter(0..1_000).map(|_| send()).buffer_unordered(64);
        in_time(copies.collect::<Vec<_>>()).await
    };
    let statuses = tokio::select! {
        status = send() => panic!("{status}, and the handler never ends"),
        statuses = copies => statuses,
    };
    assert_eq!(statuses, [503; 1_000]);
    assert_eq!(runs.begun()["SM1"], 1);
    let grown = server.peak_memory() - before;
    assert!(grown < 40 * 1024, "{grown} KiB");
}
