use std::time::{Duration, Instant};

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE},
};
use http_body_util::BodyExt as _;
use redis::{
    Client, Cmd,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use signalwire_webhook::{
    DeliverOnceLayer, Deliveries as _, DeliveryId, RedisDeliveries,
    once::{ClaimToken, StoredAnswer},
};
use signalwire_webhook_once_benchmark::{app, callback, on_one_thread};
use signalwire_webhook_once_redis::Redis;
use tower::ServiceExt as _;

use crate::median;

const DELIVERIES: u32 = 4_000;

/// One after the other, interleaved, so that what disturbs one disturbs all. The round trip that they
/// are held against comes after a request too: a Redis that had time to fall asleep takes half as long
/// again.
pub(crate) fn measure() {
    let Some(redis) = Redis::start() else { return };
    on_one_thread(async {
        let client = Client::open(redis.url()).expect("a url");
        let mut manager =
            ConnectionManager::new_with_config(client, ConnectionManagerConfig::new())
                .await
                .expect("a connection");
        let plain = app(None);
        // Two servers: a copy at the first is answered from its memory.
        let [one, other] = [server(&redis).await, server(&redis).await];
        let store = connect(&redis).await;
        let (mut set, mut calls, mut first, mut kept, mut duplicate, mut without) =
            (vec![], vec![], vec![], vec![], vec![], vec![]);
        for number in 0..DELIVERIES {
            without.push(microseconds(send(&plain, number)).await);
            let set_after_a_request = async {
                send(&plain, number).await;
                set_once(number).query_async::<()>(&mut manager).await
            };
            set.push(microseconds(set_after_a_request).await);
            let calls_after_a_request = async {
                send(&plain, number).await;
                claim_and_complete(&store, number).await;
            };
            calls.push(microseconds(calls_after_a_request).await);
            let begun = Instant::now();
            first.push(microseconds(send(&one.0, number)).await);
            one.1.finished().await;
            kept.push(begun.elapsed().as_secs_f64() * 1e6);
            duplicate.push(microseconds(send(&other.0, number)).await);
            other.1.finished().await;
        }
        let without = median(without);
        let round_trip = median(set) - without;
        let row = |what: &str, took: f64| {
            println!("  {what:<34} {took:>7.1} µs {:>6.2} ×", took / round_trip);
        };
        println!("over Redis, medians, added to a request of {without:.1} µs");
        row("SET NX PX, one round trip", round_trip);
        row("the two calls without the layer", median(calls) - without);
        row("first delivery, answered", median(first) - without);
        row("first delivery, answered and kept", median(kept) - without);
        row("duplicate at another server", median(duplicate) - without);
    });
}

async fn server(redis: &Redis) -> (Router, signalwire_webhook::once::RunningDeliveries) {
    let layer = DeliverOnceLayer::new(connect(redis).await);
    let running = layer.running();
    (app(Some(layer)), running)
}

async fn connect(redis: &Redis) -> RedisDeliveries {
    RedisDeliveries::connect(&redis.url())
        .await
        .expect("Redis is up")
}

/// What no first delivery can do without.
async fn claim_and_complete(store: &RedisDeliveries, number: u32) {
    let delivery = DeliveryId::of(format!("compared {number}"));
    let token = ClaimToken::random();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    let answer = StoredAnswer::new(StatusCode::OK, &headers, vec![b'x'; 200].into());
    store
        .claim(delivery, token, Duration::from_secs(10))
        .await
        .expect("Redis is up");
    store
        .complete(delivery, token, &answer, Duration::from_hours(24))
        .await
        .expect("Redis is up");
}

async fn send(app: &Router, number: u32) {
    let Ok(response) = app.clone().oneshot(callback(number)).await;
    let _ = response.into_body().collect().await;
}

/// With a key and a value as long as those of a claim.
fn set_once(number: u32) -> Cmd {
    let mut command = redis::cmd("SET");
    command
        .arg(format!("signalwire-webhook:compared:{number:064}"))
        .arg([0_u8; 17].as_slice())
        .arg("NX")
        .arg("PX")
        .arg(10_000);
    command
}

async fn microseconds<T>(work: impl Future<Output = T>) -> f64 {
    let begun = Instant::now();
    work.await;
    let took: Duration = begun.elapsed();
    took.as_secs_f64() * 1e6
}
