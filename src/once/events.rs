//! What the room says under the target `signalwire_webhook`, each where it is counted too.

use axum::BoxError;
use http::request::Parts;

use super::{
    handling::Failure,
    metrics::{Outcome, count, count_store_error},
    outage::Outage,
};
use crate::DeliveryId;

pub(super) fn log_handled() {
    count(Outcome::Handled);
}

pub(super) fn log_released(delivery: DeliveryId, failure: Failure) {
    count(Outcome::Released);
    tracing::debug!(
        target: "signalwire_webhook",
        %delivery,
        %failure,
        "delivery not handled: a retry will be",
    );
}

pub(super) fn log_claim_lost(delivery: DeliveryId) {
    tracing::warn!(
        target: "signalwire_webhook",
        %delivery,
        "claim lost: its lease ran out while the handler was running, so that the delivery may be handled twice",
    );
}

/// The handler ended without its claim.
pub(super) fn log_handled_without_claim(delivery: DeliveryId) {
    count(Outcome::Lost);
    tracing::warn!(
        target: "signalwire_webhook",
        %delivery,
        "answer not kept: another server took the delivery over, which may have been handled twice",
    );
}

pub(super) fn log_answered(delivery: DeliveryId, status: u16) {
    count(Outcome::Answered);
    tracing::debug!(
        target: "signalwire_webhook",
        %delivery,
        status,
        "duplicate answered",
    );
}

pub(super) fn log_refused(delivery: DeliveryId) {
    count(Outcome::Refused);
    tracing::debug!(target: "signalwire_webhook", %delivery, "duplicate refused");
}

pub(super) fn log_deferred(delivery: DeliveryId, reason: &'static str) {
    count(Outcome::Deferred);
    tracing::debug!(target: "signalwire_webhook", %delivery, reason, "duplicate deferred");
}

pub(super) fn log_unavailable(delivery: DeliveryId) {
    count(Outcome::Unavailable);
    tracing::debug!(target: "signalwire_webhook", %delivery, "delivery refused: its store is down");
}

/// Each failure is counted, one a minute is an event.
pub(super) fn log_store_failed(
    outage: &Outage,
    operation: &'static str,
    error: &BoxError,
    refuses: bool,
) {
    count_store_error(operation);
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

pub(super) fn log_layer_missing(parts: &Parts) {
    tracing::error!(
        target: "signalwire_webhook",
        method = %parts.method,
        "webhook layer missing: add `.layer(webhook())` after `.layer(DeliverOnceLayer::in_memory())`, so that it is outside",
    );
}
