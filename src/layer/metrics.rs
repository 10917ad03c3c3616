//! Counts requests and times their verification, through the `metrics` facade.

use std::time::Instant;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use crate::verify::{RejectionReason, SignatureScheme};

const REQUESTS: &str = "signalwire_webhook_requests_total";
const SECONDS: &str = "signalwire_webhook_verification_seconds";
const BODY_BYTES: &str = "signalwire_webhook_body_bytes";

/// Prometheus takes an empty label for an absent one.
const NONE: &str = "none";

pub(super) fn describe() {
    describe_counter!(
        REQUESTS,
        Unit::Count,
        "Requests that the webhook layer decided on"
    );
    describe_histogram!(
        SECONDS,
        Unit::Seconds,
        "Time to look up the keys and check the signatures, once the body is there"
    );
    describe_histogram!(
        BODY_BYTES,
        Unit::Bytes,
        "Length of the bodies whose signatures were checked"
    );
}

pub(super) fn count_verified(scheme: SignatureScheme) {
    count("verified", NONE.to_owned(), scheme.to_string());
}

pub(super) fn count_rejected(reason: RejectionReason) {
    count("rejected", format!("{reason:?}"), NONE.to_owned());
}

pub(super) fn count_reported(reason: RejectionReason) {
    count("reported", format!("{reason:?}"), NONE.to_owned());
}

/// Every label is the name of a variant, so that no caller can make up new ones.
fn count(outcome: &'static str, reason: String, scheme: String) {
    counter!(REQUESTS, "outcome" => outcome, "reason" => reason, "scheme" => scheme).increment(1);
}

/// Started once the body of a request was read whole.
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// To be called once the keys were looked up and the signatures checked.
    pub(super) fn record(self, body_bytes: usize) {
        histogram!(SECONDS).record(self.0.elapsed());
        #[expect(
            clippy::cast_precision_loss,
            reason = "no body is as long as 2^53 bytes"
        )]
        histogram!(BODY_BYTES).record(body_bytes as f64);
    }
}
