//! The guides of the folder `docs/`, so that rustdoc shows them and tests their code.
//!
//! A page links as it should be read in the repository: to other files. The definitions above each
//! page here come first, so that rustdoc takes them instead, and links to items and modules.
#![cfg(feature = "axum")]

/// [command-line program]: crate::guide::operation#the-command-line-program
/// [stream]: crate::guide::recipes#websockets-of-stream
/// [`PublicUrl::base`]: crate::PublicUrl::base
/// [`PublicUrl::candidates`]: crate::PublicUrl::candidates
/// [`PublicUrl::exact`]: crate::PublicUrl::exact
/// [`PublicUrl::from_headers`]: crate::PublicUrl::from_headers
#[doc = include_str!("../docs/proxies.md")]
pub mod proxies {}

/// [metrics]: crate::guide::operation#metrics
/// [proxies guide]: crate::guide::proxies
/// [several projects]: crate::guide::keys#several-projects
/// [still 403]: crate::guide::proxies#still-403
/// [`KeySource::look_up`]: crate::KeySource::look_up
/// [`VerifiedWebhook::delivery_id`]: crate::VerifiedWebhook::delivery_id
/// [`Verifier`]: crate::Verifier
#[cfg_attr(
    feature = "once",
    doc = "[`DeliverOnceLayer`]: crate::DeliverOnceLayer"
)]
#[cfg_attr(
    feature = "testing",
    doc = "[`WebhookRequest`]: crate::testing::WebhookRequest"
)]
#[doc = include_str!("../docs/recipes.md")]
#[cfg(any(not(doctest), all(feature = "once", feature = "testing")))]
pub mod recipes {}

/// [`KeySource::look_up`]: crate::KeySource::look_up
/// [`KeySource::provider`]: crate::KeySource::provider
/// [`RotatingKeys`]: crate::RotatingKeys
/// [`SigningKeyProvider`]: crate::SigningKeyProvider
/// [`VerifiedWebhook::key_id`]: crate::VerifiedWebhook::key_id
#[doc = include_str!("../docs/keys.md")]
pub mod keys {}

/// [alerts]: crate::guide::recipes#alerts-on-the-metrics
/// [report first]: crate::guide::recipes#report-first-then-enforce
/// [`Rejection`]: crate::Rejection
/// [`RejectionReason`]: crate::RejectionReason
#[doc = include_str!("../docs/operation.md")]
#[cfg(any(not(doctest), all(feature = "explain", feature = "metrics")))]
pub mod operation {}

#[doc = include_str!("../docs/performance.md")]
pub mod performance {}

/// [performance]: crate::guide::performance
#[doc = include_str!("../docs/evidence.md")]
pub mod evidence {}

/// The front page of the repository, for its code alone: that of rustdoc is the crate's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
