//! What the tests of this package share: a server that counts, and clients that write bytes.

mod client;
mod open_files;
mod server;

use std::{future::Future, time::Duration};

use signalwire_webhook::SigningKey;

pub use self::{
    client::{Client, RawRequest},
    open_files::allow_open_files,
    server::{Counts, Server},
};

pub const URL: &str = "http://127.0.0.1/hook";
pub const KEY: &str = "PSKtest1234567890abcdef";
pub const REFUSED: &str = "SignalWire Request Validation Failed.";

pub fn key() -> SigningKey {
    SigningKey::new(KEY).unwrap()
}

/// Fails a test that would never end; no test depends on how long anything takes within this.
const PATIENCE: Duration = Duration::from_secs(100);

pub async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("this ends")
}

/// Waits for what another task or another process does.
pub async fn until(condition: impl Fn() -> bool) {
    in_time(async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
