//! What the room says of each request, under the target `signalwire_webhook` and to the feature
//! `metrics`.
//!
//! | outcome | event | |
//! |---|---|---|
//! | `handled` | | the handler ran, and its answer is kept |
//! | `lost` | WARN | the handler ran, and another server took the delivery over meanwhile |
//! | `released` | DEBUG | the handler failed, and a retry is handled |
//! | `answered` | DEBUG `duplicate answered` | a copy got the answer |
//! | `refused` | DEBUG | a copy got 409 |
//! | `deferred` | DEBUG | a copy got 503, since the first copy has no answer |
//! | `unavailable` | DEBUG | 503, since the store is down |

use axum::BoxError;
use http::Uri;

#[cfg(feature = "metrics")]
use super::metrics;
use super::{handling::Failure, outage::Outage};
use crate::{DeliveryId, log_text::log_text};

pub(super) fn log_handled() {
    count("handled");
}

/// The handler ended without its claim.
pub(super) fn log_handled_without_claim(delivery: DeliveryId) {
    count("lost");
    tracing::warn!(
        target: "signalwire_webhook",
        %delivery,
        "answer not kept: another server took the delivery over, which may have been handled twice",
    );
}

/// While the handler is running.
pub(super) fn log_claim_lost(delivery: DeliveryId) {
    tracing::warn!(
        target: "signalwire_webhook",
        %delivery,
        "claim lost: its lease ran out while the handler was running, so the delivery may be handled twice",
    );
}

pub(super) fn log_released(delivery: DeliveryId, failure: Failure) {
    count("released");
    tracing::debug!(
        target: "signalwire_webhook",
        %delivery,
        %failure,
        "delivery not handled: a retry will be",
    );
}

pub(super) fn log_answered(delivery: DeliveryId, status: u16) {
    count("answered");
    tracing::debug!(target: "signalwire_webhook", %delivery, status, "duplicate answered");
}

pub(super) fn log_refused(delivery: DeliveryId) {
    count("refused");
    tracing::debug!(target: "signalwire_webhook", %delivery, "duplicate refused");
}

pub(super) fn log_deferred(delivery: DeliveryId, reason: &'static str) {
    count("deferred");
    tracing::debug!(target: "signalwire_webhook", %delivery, reason, "duplicate deferred");
}

pub(super) fn log_unavailable(delivery: DeliveryId) {
    count("unavailable");
    tracing::debug!(target: "signalwire_webhook", %delivery, "delivery refused: its store is down");
}

/// Each failure is counted, one a minute is an event.
pub(super) fn log_store_failed(
    outage: &Outage,
    operation: &'static str,
    error: &BoxError,
    refuses: bool,
) {
    #[cfg(feature = "metrics")]
    metrics::count_store_error(operation);
    let Some(failures) = outage.report() else {
        return;
    };
    let consequence = if refuses {
        "deliveries are refused with 503"
    } else {
        "deliveries are handled once in this process alone"
    };
    tracing::error!(
        target: "signalwire_webhook",
        operation,
        %error,
        failures,
        consequence,
        "delivery store unavailable",
    );
}

pub(super) fn log_layer_missing(uri: &Uri) {
    tracing::error!(
        target: "signalwire_webhook",
        path = &*log_text(uri.path()),
        "webhook layer missing: add `.layer(webhook())` after `.layer(DeliverOnceLayer::in_memory())`, \
         so that it is outside",
    );
}

fn count(outcome: &'static str) {
    #[cfg(feature = "metrics")]
    metrics::count(outcome);
    #[cfg(not(feature = "metrics"))]
    let _ = outcome;
}
