//! What the feature `metrics` counts of deliveries.

const DELIVERIES: &str = "signalwire_webhook_deliveries_total";
const STORE_ERRORS: &str = "signalwire_webhook_delivery_store_errors_total";

pub(super) fn describe() {
    metrics::describe_counter!(
        DELIVERIES,
        metrics::Unit::Count,
        "Verified requests that the deliver-once layer decided on"
    );
    metrics::describe_counter!(
        STORE_ERRORS,
        metrics::Unit::Count,
        "Calls to the store of deliveries that failed or took too long"
    );
}

pub(super) fn count(outcome: &'static str) {
    metrics::counter!(DELIVERIES, "outcome" => outcome).increment(1);
}

pub(super) fn count_store_error(operation: &'static str) {
    metrics::counter!(STORE_ERRORS, "operation" => operation).increment(1);
}
