#![doc = "placeholder"]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod config_error;
mod encoding;
mod environment;
#[cfg(feature = "explain")]
pub mod explain;
mod form;
mod key;
#[cfg(feature = "axum")]
mod layer;
#[cfg(any(feature = "axum", feature = "explain"))]
mod log_text;
#[cfg(feature = "testing")]
pub mod testing;
mod url;
mod validate;
mod verify;

#[cfg(feature = "axum")]
pub use self::layer::{
    KeySource, Rejection, ResponseFuture, SignalWireWebhook, SignalWireWebhookLayer,
    SigningKeyProvider, Verified, VerifiedRejection, webhook,
};
pub use self::{
    config_error::ConfigError,
    form::ParameterText,
    key::{RotatingKeys, SigningKey, SigningKeys},
    url::{ForwardingHeader, PublicUrl},
    validate::{validate_request, validate_request_with_body},
    verify::{DeliveryId, RejectionReason, SignatureScheme, VerifiedWebhook, Verifier},
};
