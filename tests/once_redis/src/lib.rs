//! What the tests of this package share: a Redis, an nginx and servers in processes of their own, and
//! clients that send copies of deliveries.

mod client;
mod deliveries;
mod nginx;
mod process;
mod redis;
mod redis_client;
mod server;

use std::time::Duration;

use signalwire_webhook::SigningKey;

pub use self::{
    client::{Answer, Connection},
    deliveries::{Delivery, send_copies},
    nginx::Nginx,
    redis::Redis,
    redis_client::RedisClient,
    server::{Runs, Server, router},
};

pub fn key() -> SigningKey {
    SigningKey::new("PSKtest1234567890abcdef").unwrap()
}

/// Fails a test that would never end; no test depends on how long anything takes within this.
const PATIENCE: Duration = Duration::from_mins(10);

pub async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("this ends")
}

/// Waits for what another task or another process does.
pub async fn until(condition: impl AsyncFn() -> bool) {
    in_time(async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
