use http::request::Parts;

use crate::{
    extract::VerifiedWebhook,
    measure::{count_rejected, count_reported, count_verified},
    rejection::{Rejection, RejectionReason},
    request_url::RequestUrl,
    settings::Settings,
};

/// One event a request, under the target `signalwire_webhook`. Host and path are those received,
/// `tried` is the first URL that a signature that matches none was held against; the query, the body
/// and the signatures are in no event.
pub(crate) fn log_verified(parts: &Parts, body_bytes: usize, verified: &VerifiedWebhook) {
    count_verified(verified.scheme());
    if tracing::enabled!(target: "signalwire_webhook", tracing::Level::DEBUG) {
        let url = RequestUrl::of(parts);
        tracing::debug!(
            target: "signalwire_webhook",
            scheme = %verified.scheme(),
            key_id = verified.key_id(),
            host = url.authority_text(),
            path = url.path,
            body_bytes,
            "webhook verified",
        );
    }
}

macro_rules! rejected {
    ($message:literal, $settings:ident, $parts:ident, $body_bytes:ident, $rejection:ident) => {
        let url = RequestUrl::of($parts);
        tracing::warn!(
            target: "signalwire_webhook",
            reason = ?$rejection.reason(),
            status = $rejection.status().as_u16(),
            host = url.authority_text(),
            path = url.path,
            body_bytes = $body_bytes,
            tried = $settings.url_tried(&url, $rejection),
            detail = %$rejection,
            cause = $rejection.cause().map(tracing::field::display),
            explanation = $rejection.explanation().map(tracing::field::display),
            $message,
        );
    };
}

impl Settings {
    /// `body_bytes` is the length of the body, 0 where it was not read to its end.
    pub(crate) fn log_rejected(&self, parts: &Parts, body_bytes: usize, rejection: &Rejection) {
        count_rejected(rejection.reason());
        rejected!("webhook rejected", self, parts, body_bytes, rejection);
    }

    /// In a layer that is `report_only`.
    pub(crate) fn log_reported(&self, parts: &Parts, body_bytes: usize, rejection: &Rejection) {
        count_reported(rejection.reason());
        rejected!(
            "webhook would be rejected",
            self,
            parts,
            body_bytes,
            rejection
        );
    }

    /// Elsewhere the URL matched, or nothing was held against it.
    fn url_tried(&self, request: &RequestUrl<'_>, rejection: &Rejection) -> Option<String> {
        match rejection.reason() {
            RejectionReason::SignatureMismatch => self.public_url.likeliest(request),
            _ => None,
        }
    }
}
