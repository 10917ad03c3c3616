//! Signing keys from a file that may change at any time, as a mounted Kubernetes secret does.
//!
//! `SIGNALWIRE_SIGNING_KEY_FILE=/etc/signalwire/keys cargo run -p rotating-keys-example`
//!
//! The file has a key a line. To rotate: add the new key that the dashboard shows below the old
//! one, reset the key in the dashboard, and when calls come with the new one remove the old.
//! The change is seen by itself, or on SIGHUP; a file that cannot be used changes nothing.

mod key_file;
mod reload;

pub use self::{
    key_file::{KeyFile, KeyFileError},
    reload::reload_on_change,
};

use axum::{Router, routing::post};
use signalwire_webhook::{RotatingKeys, SignalWireWebhookLayer, VerifiedWebhook};

/// Answers a signed request with the id of the key that signed it.
pub fn router(keys: RotatingKeys) -> Router {
    Router::new()
        .route("/sms", post(sms))
        .layer(SignalWireWebhookLayer::new(keys))
}

async fn sms(verified: VerifiedWebhook) -> String {
    verified.key_id().to_owned()
}
