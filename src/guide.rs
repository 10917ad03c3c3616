//! The guides: what to do in which situation, with code that is tested.
#![cfg(feature = "axum")]

// The pages are files of `docs/`, and link to other files, as one reads them in a repository. A
// definition of the same name above a page comes first, so that rustdoc links to an item or a
// module in its stead.

/// [command-line program]: crate::guide::operation#the-command-line-program
/// [lambda]: crate::guide::recipes#aws-lambda
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

/// [a unique key]: crate::guide::recipes#a-unique-key-in-your-database
/// [operation]: crate::guide::operation
/// [`VerifiedWebhook::delivery_id`]: crate::VerifiedWebhook::delivery_id
#[cfg_attr(
    feature = "once",
    doc = "[`DeliverOnceLayer`]: crate::DeliverOnceLayer\n[`Deliveries`]: crate::Deliveries"
)]
#[doc = include_str!("../docs/deliver_once.md")]
#[cfg(any(not(doctest), feature = "redis"))]
pub mod deliver_once {}

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
