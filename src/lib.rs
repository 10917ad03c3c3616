//! Lets a request through only when [SignalWire](https://signalwire.com) signed it: a
//! [tower layer](SignalWireWebhookLayer) for axum 0.8, and a [`Verifier`] for everything else.
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use axum::{Form, Router, routing::post};
//! use signalwire_webhook::{Verified, webhook};
//!
//! async fn sms(Verified(Form(fields)): Verified<Form<Vec<(String, String)>>>) -> String {
//!     format!("{} fields that SignalWire signed", fields.len())
//! }
//!
//! let app: Router = Router::new().route("/sms", post(sms)).layer(webhook());
//! # }
//! ```
//!
//! [`webhook()`](webhook) reads the Signing Key from `SIGNALWIRE_SIGNING_KEY`. Behind a proxy that
//! replaces `Host` it needs the public base URL too, as in `https://hooks.example.com`, from
//! `SIGNALWIRE_WEBHOOK_URL`. [`SignalWireWebhookLayer::new`] takes both from code.
//!
//! # The promise
//!
//! A request reaches the handler only with a signature that one of the keys made over its URL and its
//! body. The handler reads what was signed, byte for byte. Everything else gets 403 and a fixed
//! text; the [`RejectionReason`] is in the log, with what to do about it. `SECURITY.md` lists what is
//! promised and what is not, each with the test that shows it.
//!
//! # The checks, in their order
//!
//! The first that fails decides.
//!
//! 1. A key is configured.
//! 2. A signature header is there, is there once, and holds hex or base64 of the right length in
//!    an accepted [scheme](SignatureScheme). Otherwise the body stays unread.
//! 3. The body declares no more than the limit, and comes whole within limit and deadline.
//! 4. The URL that was called is known: [`PublicUrl`] says which URLs are tried.
//! 5. The keys of this request are known: a [`KeySource`] may look them up.
//! 6. A presented signature, strongest first, matches one of the URLs by one of the keys, over a
//!    message that begins after its URL as SignalWire's messages do.
//! 7. The signature covers the body.
//!
//! Without the feature `axum`, [`Verifier::verify`] makes checks 2, 4, 6 and 7.
//!
//! # Where to look
//!
//! The [`guide`] has recipes, and pages on proxies, keys and operation.
//!
//! | for | see |
//! |---|---|
//! | the layer and its settings | [`SignalWireWebhookLayer`], [`webhook`] |
//! | a server behind a proxy | [`PublicUrl`], [`ForwardingHeader`] |
//! | keys, rotation, many projects | [`SigningKey`], [`SigningKeys`], [`RotatingKeys`], [`KeySource`], [`SigningKeyProvider`] |
//! | proof in a handler | [`Verified`], [`VerifiedWebhook`], [`VerifiedRejection`] |
//! | what a refusal tells | [`Rejection`], [`RejectionReason`] |
//! | another framework, a queue worker | [`Verifier`], [`validate_request`], [`validate_request_with_body`] |
//! | one run for each delivery | [`VerifiedWebhook::delivery_id`], [`DeliveryId`]; with the feature `once`, `DeliverOnceLayer` |
//! | what is wrong with the configuration | [`ConfigError`] |
//! | types that you rarely name | [`SignalWireWebhook`], [`ResponseFuture`], [`IntoKeySource`], [`RequestBody`], [`ParameterText`] |
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `axum` (default) | the layer, and the extractors |
//! | `explain` | why a request is refused, and what to change: the module `explain` and `SignalWireWebhookLayer::explain_rejections`. It keeps the text of each key in memory |
//! | `metrics` | counters and histograms through the `metrics` facade; implies `axum` |
//! | `testing` | the module `testing`: signed requests for the tests of your handlers; implies `axum` |
//! | `once` | `DeliverOnceLayer`: each delivery handled once in this process; implies `axum` |
//! | `redis` | `RedisDeliveries`: the same for several servers that share a Redis or Valkey; implies `once` |
//!
//! Without default features the crate is the verdict alone, without axum, tower and tokio, and builds
//! for wasm32. Cargo unifies features: a workspace that builds the program `signalwire-webhook-cli`
//! and a server together turns `explain` on for both, so that the server keeps key texts too.
//!
//! # The rooms of the source
//!
//! `layer, once → verify → url, form, key → encoding`, one direction. Each room's `mod.rs` says what
//! it answers and what it must not know.
//!
//! - `layer`: tower and axum. When a body is read, what is logged, how a refusal is answered.
//! - `once`: duplicates and replays, after the verdict.
//! - `verify`: the verdict, on URI, headers, keys and body. It knows no framework.
//! - `url`: the URLs that SignalWire may have signed.
//! - `form`: the text that a form contributes to the signed message.
//! - `key`: whether a key made a signature, in constant time.
//! - `explain`: what would have made a refused signature match.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config_error;
mod encoding;
mod environment;
#[cfg(feature = "explain")]
pub mod explain;
mod form;
#[cfg(feature = "axum")]
pub mod guide;
mod key;
#[cfg(feature = "axum")]
mod layer;
#[cfg(any(feature = "axum", feature = "explain"))]
mod log_text;
#[cfg(feature = "once")]
pub mod once;
#[cfg(feature = "testing")]
pub mod testing;
mod url;
mod validate;
mod verify;

#[cfg(feature = "axum")]
pub use self::layer::{
    IntoKeySource, KeySource, Rejection, RequestBody, ResponseFuture, SignalWireWebhook,
    SignalWireWebhookLayer, SigningKeyProvider, Verified, VerifiedRejection, webhook,
};
#[cfg(feature = "redis")]
pub use self::once::RedisDeliveries;
#[cfg(feature = "once")]
pub use self::once::{DeliverOnceLayer, Deliveries, MemoryDeliveries};
pub use self::{
    config_error::ConfigError,
    form::ParameterText,
    key::{RotatingKeys, SigningKey, SigningKeys},
    url::{ForwardingHeader, PublicUrl},
    validate::{validate_request, validate_request_with_body},
    verify::{DeliveryId, RejectionReason, SignatureScheme, VerifiedWebhook, Verifier},
};
