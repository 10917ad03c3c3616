//! Explains what the layer refused.

use http::{Request, request::Parts};

use super::{received_uri::received_uri, settings::Settings};
use crate::{
    explain::{Explainer, Explanation},
    key::SigningKeys,
    verify::RejectionReason,
};

/// Whether the reason leaves a question open.
pub(super) fn helps_with(reason: RejectionReason) -> bool {
    matches!(
        reason,
        RejectionReason::MissingSignature
            | RejectionReason::MalformedSignature
            | RejectionReason::AmbiguousSignature
            | RejectionReason::SchemeNotAccepted
            | RejectionReason::SignatureMismatch
            | RejectionReason::AmbiguousBoundary
            | RejectionReason::BodyDigestMismatch
            | RejectionReason::UnsignedBody
            | RejectionReason::UnknownUrl
            | RejectionReason::AmbiguousHost
    )
}

pub(super) fn explanation(
    settings: &Settings,
    parts: &Parts,
    body: &[u8],
    keys: &SigningKeys,
) -> Explanation {
    Explainer::of_policy(keys.clone(), settings.policy.clone()).explain(&received(parts), body)
}

/// The request as it was received, before a router stripped a prefix from its path.
fn received(parts: &Parts) -> Parts {
    let (mut received, ()) = Request::new(()).into_parts();
    received.method = parts.method.clone();
    received.uri = received_uri(parts).clone();
    received.version = parts.version;
    received.headers = parts.headers.clone();
    received
}
