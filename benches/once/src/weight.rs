//! What a remembered delivery weighs, its answer of 200 bytes and a content type, in memory and in Redis.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use signalwire_webhook::{
    Deliveries, DeliveryId, MemoryDeliveries, RedisDeliveries,
    once::{ClaimToken, StoredAnswer},
};
use signalwire_webhook_once_redis::Redis;

use signalwire_webhook_once_benchmark::on_one_thread;

const DELIVERIES: u16 = 20_000;
const LEASE: Duration = Duration::from_secs(10);
const RETENTION: Duration = Duration::from_hours(24);

fn main() {
    println!("a remembered delivery, its answer of 200 bytes and a content type");
    let mut store = None;
    let allocated = allocation_counter::measure(|| {
        let deliveries = MemoryDeliveries::new();
        on_one_thread(handle_all(&deliveries));
        store = Some(deliveries);
    });
    println!(
        "  in memory  {:>5} bytes",
        allocated.bytes_current / i64::from(DELIVERIES)
    );
    let Some(redis) = Redis::start() else { return };
    let used = || -> usize {
        let memory = redis.ask(&["INFO", "memory"]);
        let line = memory
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        line.expect("Redis counts")
            .trim()
            .parse()
            .expect("a number")
    };
    let before = used();
    on_one_thread(async {
        let deliveries = RedisDeliveries::connect(&redis.url())
            .await
            .expect("Redis is up");
        handle_all(&deliveries).await;
    });
    println!(
        "  in Redis   {:>5} bytes",
        (used() - before) / usize::from(DELIVERIES)
    );
}

async fn handle_all(deliveries: &impl Deliveries) {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, "application/xml".parse().expect("a value"));
    for number in 0..DELIVERIES {
        let (delivery, token) = (DeliveryId::of(number.to_string()), ClaimToken::random());
        let answer = StoredAnswer::new(StatusCode::OK, &headers, vec![b'x'; 200].into());
        deliveries
            .claim(delivery, token, LEASE)
            .await
            .expect("the store is up");
        deliveries
            .complete(delivery, token, &answer, RETENTION)
            .await
            .expect("the store is up");
    }
}
