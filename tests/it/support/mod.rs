//! What several rooms need.

#[cfg(feature = "axum")]
mod echo;
mod judge;
#[cfg(feature = "axum")]
mod log;
#[cfg(feature = "axum")]
pub mod server;
pub mod signed;

use signalwire_webhook::SigningKey;

#[cfg(feature = "axum")]
pub use self::{
    echo::{Answer, Call, Echo, answer, send},
    log::Log,
};
pub use self::{judge::Judge, signed::WebhookRequest};

pub const KEY: &str = "PSKtest1234567890abcdef";
#[cfg(feature = "axum")]
pub const REFUSED: &str = "SignalWire Request Validation Failed.";

pub fn key() -> SigningKey {
    SigningKey::new(KEY).unwrap()
}
