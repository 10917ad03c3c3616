//! What the feature `metrics` counts of deliveries; without it, nothing that is left once compiled.

#[cfg(feature = "metrics")]
pub(super) use enabled::{count, count_store_error, describe};

#[cfg(not(feature = "metrics"))]
pub(super) use disabled::{count, count_store_error, describe};

/// What became of a request that has the name of a delivery.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Handled,
    Lost,
    Released,
    Answered,
    Refused,
    Deferred,
    Unavailable,
}

#[cfg(feature = "metrics")]
mod enabled {
    use metrics::{Unit, counter, describe_counter};

    use super::Outcome;

    const DELIVERIES: &str = "signalwire_webhook_deliveries_total";
    const STORE_ERRORS: &str = "signalwire_webhook_delivery_store_errors_total";

    pub(in crate::once) fn describe() {
        describe_counter!(
            DELIVERIES,
            Unit::Count,
            "Verified requests that the deliver-once layer decided on"
        );
        describe_counter!(
            STORE_ERRORS,
            Unit::Count,
            "Calls to the store of deliveries that failed or took too long"
        );
    }

    pub(in crate::once) fn count(outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Handled => "handled",
            Outcome::Lost => "lost",
            Outcome::Released => "released",
            Outcome::Answered => "answered",
            Outcome::Refused => "refused",
            Outcome::Deferred => "deferred",
            Outcome::Unavailable => "unavailable",
        };
        counter!(DELIVERIES, "outcome" => outcome).increment(1);
    }

    pub(in crate::once) fn count_store_error(operation: &'static str) {
        counter!(STORE_ERRORS, "operation" => operation).increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
mod disabled {
    use super::Outcome;

    pub(in crate::once) fn describe() {}

    pub(in crate::once) fn count(_: Outcome) {}

    pub(in crate::once) fn count_store_error(_: &'static str) {}
}
