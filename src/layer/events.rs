//! One event a request, under the target `signalwire_webhook`.
//!
//! `host` and `path` are those received. `tried` is the first URL that a signature was held against
//! which matches none. The query, the body and the signatures are in no event, and no field of a
//! request is longer than [`log_text`] makes it.

use std::borrow::Cow;

use http::request::Parts;

#[cfg(feature = "metrics")]
use super::metrics;
use super::{received_uri::received_uri, rejection::Rejection, settings::Settings};
use crate::{
    log_text::log_text,
    url::RequestUrl,
    verify::{RejectionReason, VerifiedWebhook},
};

pub(super) fn log_verified(parts: &Parts, body_bytes: usize, verified: &VerifiedWebhook) {
    #[cfg(feature = "metrics")]
    metrics::count_verified(verified.scheme());
    if tracing::enabled!(target: "signalwire_webhook", tracing::Level::DEBUG) {
        let url = RequestUrl::new(received_uri(parts), &parts.headers);
        tracing::debug!(
            target: "signalwire_webhook",
            scheme = %verified.scheme(),
            key_id = verified.key_id(),
            host = host(&url).as_deref(),
            path = &*log_text(url.path),
            body_bytes,
            "webhook verified",
        );
    }
}

/// `body_bytes` is the length of the body, 0 where it was not read to its end.
pub(super) fn log_rejected(
    settings: &Settings,
    parts: &Parts,
    body_bytes: usize,
    rejection: &Rejection,
) {
    #[cfg(feature = "metrics")]
    metrics::count_rejected(rejection.reason());
    warn("webhook rejected", settings, parts, body_bytes, rejection);
}

/// In a layer that is `report_only`.
pub(super) fn log_reported(
    settings: &Settings,
    parts: &Parts,
    body_bytes: usize,
    rejection: &Rejection,
) {
    #[cfg(feature = "metrics")]
    metrics::count_reported(rejection.reason());
    let message = "webhook would be rejected";
    warn(message, settings, parts, body_bytes, rejection);
}

fn warn(
    message: &str,
    settings: &Settings,
    parts: &Parts,
    body_bytes: usize,
    rejection: &Rejection,
) {
    let url = RequestUrl::new(received_uri(parts), &parts.headers);
    let cause = rejection.cause().map(ToString::to_string);
    tracing::warn!(
        target: "signalwire_webhook",
        reason = ?rejection.reason(),
        status = rejection.status().as_u16(),
        host = host(&url).as_deref(),
        path = &*log_text(url.path),
        body_bytes,
        tried = url_tried(settings, &url, rejection.reason()),
        detail = %rejection,
        cause = cause.as_deref().map(log_text).map(tracing::field::display),
        explanation = explanation(parts).map(tracing::field::display),
        "{message}",
    );
}

/// The host received, with its port.
fn host<'a>(url: &RequestUrl<'a>) -> Option<Cow<'a, str>> {
    url.named_authority().map(log_text)
}

/// For another reason the URL matched, or nothing was held against it.
fn url_tried(settings: &Settings, url: &RequestUrl<'_>, reason: RejectionReason) -> Option<String> {
    let is_open = reason == RejectionReason::SignatureMismatch;
    let tried = is_open.then(|| settings.policy.public_url.likeliest(url))?;
    tried.map(|url| log_text(&url).into_owned())
}

#[cfg(feature = "explain")]
fn explanation(parts: &Parts) -> Option<&crate::explain::Explanation> {
    parts.extensions.get()
}

#[cfg(not(feature = "explain"))]
fn explanation(_: &Parts) -> Option<&str> {
    None
}
