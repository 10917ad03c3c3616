//! What `RedisDeliveries` writes and says.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use signalwire_webhook::{
    Deliveries as _, DeliveryId, RedisDeliveries,
    once::{Claim, ClaimToken, StoredAnswer},
};
use signalwire_webhook_once_redis::Redis;

const LEASE: Duration = Duration::from_secs(10);
const RETENTION: Duration = Duration::from_hours(24);

fn answer() -> StoredAnswer {
    StoredAnswer::new(StatusCode::OK, &HeaderMap::new(), "<Response/>".into())
}

async fn connect(redis: &Redis) -> RedisDeliveries {
    RedisDeliveries::connect(&redis.url()).await.unwrap()
}

#[tokio::test]
async fn a_delivery_is_one_key_that_expires() {
    let Some(redis) = Redis::start() else { return };
    let store = connect(&redis).await;
    let (delivery, token) = (DeliveryId::of("1"), ClaimToken::random());
    let key = format!("signalwire-webhook:delivery:{delivery}");
    let left = || redis.ask(&["PTTL", &key]).parse::<i64>().unwrap();

    store.claim(delivery, token, LEASE).await.unwrap();
    assert_eq!(redis.ask(&["KEYS", "*"]), key);
    assert!((1..=10_000).contains(&left()));
    store.renew(delivery, token, 2 * LEASE).await.unwrap();
    assert!((10_001..=20_000).contains(&left()));
    store
        .complete(delivery, token, &answer(), RETENTION)
        .await
        .unwrap();
    assert!((20_001..=86_400_000).contains(&left()));
    assert_eq!(redis.ask(&["KEYS", "*"]), key);
}

#[tokio::test]
async fn the_prefix_keeps_environments_apart() {
    let Some(redis) = Redis::start() else { return };
    let staging = connect(&redis).await.key_prefix("staging:");
    let production = connect(&redis).await.key_prefix("production:");
    let delivery = DeliveryId::of("1");
    for store in [staging, production] {
        let claim = store.claim(delivery, ClaimToken::random(), LEASE).await;
        assert!(matches!(claim, Ok(Claim::Granted)), "{claim:?}");
    }
}

/// Counted by Redis itself: a round trip is one or more commands that are sent together.
#[tokio::test]
async fn a_first_delivery_takes_two_round_trips_and_an_answered_copy_one() {
    let Some(redis) = Redis::start() else { return };
    let store = connect(&redis).await;
    // A connection for each question would be closed later, which Redis reads too.
    let mut client = redis.client();
    let mut reads = || -> u64 {
        let stats = client.ask(&["INFO", "stats"]);
        let line = stats
            .lines()
            .find_map(|line| line.strip_prefix("total_reads_processed:"));
        line.unwrap().trim().parse().unwrap()
    };
    let asking = {
        let before = reads();
        reads() - before
    };
    let (delivery, token) = (DeliveryId::of("1"), ClaimToken::random());
    let before = reads();
    store.claim(delivery, token, LEASE).await.unwrap();
    store
        .complete(delivery, token, &answer(), RETENTION)
        .await
        .unwrap();
    assert_eq!(reads() - before - asking, 2);
    let before = reads();
    let copy = store.claim(delivery, ClaimToken::random(), LEASE).await;
    assert!(matches!(copy, Ok(Claim::Answered(_))), "{copy:?}");
    assert_eq!(reads() - before - asking, 1);
}

#[tokio::test]
async fn what_another_program_wrote_is_an_error_and_stays() {
    let Some(redis) = Redis::start() else { return };
    let store = connect(&redis).await.key_prefix("");
    let delivery = DeliveryId::of("1");
    let key = delivery.to_string();
    for value in ["", "hello", "\u{1}"] {
        redis.ask(&["SET", &key, value]);
        let claim = store.claim(delivery, ClaimToken::random(), LEASE).await;
        let error = claim.unwrap_err().to_string();
        assert!(error.contains("key prefix"), "{error}");
        let completed = store
            .complete(delivery, ClaimToken::random(), &answer(), RETENTION)
            .await;
        assert!(!completed.unwrap());
        assert_eq!(redis.ask(&["GET", &key]), value);
    }
    redis.ask(&["DEL", &key]);
    redis.ask(&["LPUSH", &key, "a list"]);
    assert!(
        store
            .claim(delivery, ClaimToken::random(), LEASE)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_url_that_cannot_be_used_is_said_so_without_its_password() {
    for (url, expected) in [
        ("", "the url of Redis cannot be used"),
        ("localhost:6379", "the url of Redis cannot be used"),
        ("http://user:secret@localhost", "write redis://"),
        ("redis://user:secret@localhost:99999", "write redis://"),
        ("redis://user:secret@localhost/database", "write redis://"),
        ("rediss://user:secret@localhost", "tokio-rustls-comp"),
    ] {
        let error = RedisDeliveries::connect_lazy(url).unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_so() {
    let error = RedisDeliveries::connect("redis://:secret@127.0.0.1:1")
        .await
        .unwrap_err();
    let error = error.to_string();
    for expected in ["127.0.0.1:1", "refused", "connect_lazy"] {
        assert!(error.contains(expected), "{error}");
    }
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_password_is_needed_where_the_server_has_one() {
    let Some(redis) = Redis::start_with(&["--requirepass", "right"]) else {
        return;
    };
    let with = |password: &str| format!("redis://:{password}@{}", redis.address());
    for url in [redis.url(), with("wrong-one")] {
        let error = RedisDeliveries::connect(&url)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("has its password"), "{error}");
        assert!(!error.contains("wrong-one"), "{error}");
    }
    let store = RedisDeliveries::connect(&with("right")).await.unwrap();
    let debug = format!("{store:?}");
    assert!(!debug.contains("right"), "{debug}");
    let claim = store
        .claim(DeliveryId::of("1"), ClaimToken::random(), LEASE)
        .await;
    assert!(matches!(claim, Ok(Claim::Granted)), "{claim:?}");
}

/// The server was demoted, as when another takes over behind the same name.
#[tokio::test]
async fn a_replica_refuses_and_is_asked_again_when_it_is_none() {
    let Some(redis) = Redis::start() else { return };
    let store = connect(&redis).await;
    redis.ask(&["REPLICAOF", "127.0.0.1", "1"]);
    let claim = async || {
        store
            .claim(DeliveryId::of("1"), ClaimToken::random(), LEASE)
            .await
    };
    let error = claim().await.unwrap_err().to_string();
    assert!(error.to_ascii_lowercase().contains("read"), "{error}");
    redis.ask(&["REPLICAOF", "NO", "ONE"]);
    assert!(matches!(claim().await, Ok(Claim::Granted)));
}
