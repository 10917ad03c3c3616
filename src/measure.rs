//! What the feature `metrics` counts; without it, nothing that is left once compiled.

#[cfg(feature = "metrics")]
pub(crate) use enabled::{
    Stopwatch, count_rejected, count_reported, count_verified, describe_metrics,
};

#[cfg(not(feature = "metrics"))]
pub(crate) use disabled::{
    Stopwatch, count_rejected, count_reported, count_verified, describe_metrics,
};

#[cfg(feature = "metrics")]
mod enabled {
    use std::time::Instant;

    use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

    use crate::{rejection::RejectionReason, scheme::SignatureScheme};

    const REQUESTS: &str = "signalwire_webhook_requests_total";
    const SECONDS: &str = "signalwire_webhook_verification_seconds";
    const BODY_BYTES: &str = "signalwire_webhook_body_bytes";

    /// Prometheus takes an empty label for an absent one.
    const NONE: &str = "none";

    pub(crate) fn describe_metrics() {
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

    pub(crate) fn count_verified(scheme: SignatureScheme) {
        count("verified", NONE.to_owned(), scheme.to_string());
    }

    pub(crate) fn count_rejected(reason: RejectionReason) {
        count("rejected", format!("{reason:?}"), NONE.to_owned());
    }

    pub(crate) fn count_reported(reason: RejectionReason) {
        count("reported", format!("{reason:?}"), NONE.to_owned());
    }

    /// Every label is the name of a variant, so that no caller can make up new ones.
    fn count(outcome: &'static str, reason: String, scheme: String) {
        counter!(REQUESTS, "outcome" => outcome, "reason" => reason, "scheme" => scheme)
            .increment(1);
    }

    /// Started once the body of a request was read whole.
    pub(crate) struct Stopwatch(Instant);

    impl Stopwatch {
        pub(crate) fn start() -> Self {
            Self(Instant::now())
        }

        /// To be called once the keys were looked up and the signatures checked.
        pub(crate) fn record(self, body_bytes: usize) {
            histogram!(SECONDS).record(self.0.elapsed());
            #[expect(
                clippy::cast_precision_loss,
                reason = "no body is as long as 2^53 bytes"
            )]
            histogram!(BODY_BYTES).record(body_bytes as f64);
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod disabled {
    use crate::{rejection::RejectionReason, scheme::SignatureScheme};

    pub(crate) fn describe_metrics() {}

    pub(crate) fn count_verified(_: SignatureScheme) {}

    pub(crate) fn count_rejected(_: RejectionReason) {}

    pub(crate) fn count_reported(_: RejectionReason) {}

    pub(crate) struct Stopwatch;

    impl Stopwatch {
        pub(crate) fn start() -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "it has nothing to tell")]
        pub(crate) fn record(self, _: usize) {}
    }
}
