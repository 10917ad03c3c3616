use bytes::Bytes;
use http::request::Parts;

use super::Explainer;
use crate::{
    key::SigningKeys,
    rejection::{Rejection, RejectionReason},
    settings::Settings,
};

impl Settings {
    /// Puts the explanation on a rejection whose reason leaves a question open.
    pub(crate) fn explained(
        &self,
        parts: &Parts,
        body: &Bytes,
        keys: &SigningKeys,
        rejection: Rejection,
    ) -> Rejection {
        if !leaves_a_question_open(rejection.reason()) {
            return rejection;
        }
        let explainer = Explainer::new(keys.clone())
            .public_url(self.public_url.clone())
            .accepted(self.accepted);
        rejection.explained(explainer.explain(parts, body))
    }
}

fn leaves_a_question_open(reason: RejectionReason) -> bool {
    matches!(
        reason,
        RejectionReason::MissingSignature
            | RejectionReason::MalformedSignature
            | RejectionReason::AmbiguousSignature
            | RejectionReason::SchemeNotAccepted
            | RejectionReason::SignatureMismatch
            | RejectionReason::BodyDigestMismatch
            | RejectionReason::UnsignedBody
            | RejectionReason::UnknownUrl
    )
}
