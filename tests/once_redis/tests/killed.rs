//! A server is killed in the middle of its handler.

use std::time::Duration;

use signalwire_webhook_once_redis::{
    Connection, Delivery, Nginx, Redis, Runs, Server, in_time, until,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis");

/// Each copy that comes while the claim of the killed server lasts is told to come again, and one that
/// comes after it is handled by the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_copy_runs_once_its_claim_expired() {
    let Some(redis) = Redis::start() else { return };
    let runs = Runs::default();
    let mut first = Server::start(PROGRAM, &redis.url(), &runs, Duration::from_mins(1));
    let second = Server::start(PROGRAM, &redis.url(), &runs, Duration::from_millis(100));
    let Some(nginx) = Nginx::start(&[first.address(), second.address()]) else {
        return;
    };
    let delivery = Delivery::new("SM1");
    let mut connection = Connection::to(first.address());
    let (lost, ()) = tokio::join!(connection.try_send(&delivery.request), async {
        until(async || !runs.begun().is_empty()).await;
        first.kill();
    });
    assert!(lost.is_err());
    let key = redis.ask(&["KEYS", "*"]);
    let left: i64 = redis.ask(&["PTTL", &key]).parse().unwrap();
    assert!((1..=10_000).contains(&left), "{left} ms");

    let mut connection = Connection::to(nginx.address());
    let mut told_to_come_again = 0;
    let answer = in_time(async {
        loop {
            let answer = connection.send(&delivery.request).await;
            if answer.status == 200 {
                return answer;
            }
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.header("retry-after"), Some("5"), "{answer:?}");
            told_to_come_again += 1;
        }
    })
    .await;
    assert_eq!(answer.text(), "SM1");
    assert!(told_to_come_again >= 1);
    let again = connection.send(&delivery.request).await;
    assert_eq!((again.status, again.text()), (200, "SM1"));
    assert_eq!(again.header("x-server"), answer.header("x-server"));
    assert_eq!((runs.begun()["SM1"], runs.ended()["SM1"]), (2, 1));
}
