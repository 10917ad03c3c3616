#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod admission;
mod authority;
mod body;
mod body_digest;
mod candidate_url;
mod config_error;
mod configured_url;
mod environment;
mod events;
pub mod explain;
mod extract;
mod form;
mod form_decoder;
mod forwarded;
mod future;
mod key;
mod key_source;
mod layer;
mod measure;
mod parameters;
mod public_url;
mod rejection;
mod request_url;
mod scheme;
mod service;
mod settings;
mod signature;
mod special_bytes;
#[cfg(feature = "testing")]
pub mod testing;
mod validate;
mod verify;

pub use self::{
    config_error::ConfigError,
    extract::{Verified, VerifiedRejection, VerifiedWebhook},
    form::ParameterText,
    future::ResponseFuture,
    key::{SigningKey, SigningKeys},
    key_source::{KeySource, RotatingKeys, SigningKeyProvider},
    layer::SignalWireWebhookLayer,
    public_url::PublicUrl,
    rejection::{Rejection, RejectionReason},
    scheme::SignatureScheme,
    service::SignalWireWebhook,
    validate::{validate_request, validate_request_with_body},
};

/// The layer as the environment configures it: [`SignalWireWebhookLayer::from_env`], for a
/// program that would rather start than stop.
///
/// ```
/// use axum::{Router, routing::post};
/// use signalwire_webhook::webhook;
///
/// let app: Router = Router::new()
///     .route("/voice", post(|| async { "<Response><Hangup/></Response>" }))
///     .layer(webhook());
/// ```
///
/// It never panics. Where a variable is missing or unusable, it logs the
/// [`ConfigError`] once at ERROR, and the layer answers every request with 500 and
/// [`RejectionReason::NoSigningKey`].
pub fn webhook() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::from_env().unwrap_or_else(|error| {
        tracing::error!(
            target: "signalwire_webhook",
            %error,
            "webhook layer not configured: it answers every request with 500",
        );
        SignalWireWebhookLayer::unconfigured(error)
    })
}
