use bytes::Bytes;
use http::request::Parts;

use super::Explainer;
use crate::{
    key_source::RequestKeys,
    rejection::{Rejection, RejectionReason},
    settings::Settings,
};

impl Settings {
    /// Puts the explanation on a rejection whose reason leaves a question open. The keys are
    /// looked up once more; where that fails, the rejection stays as it is.
    pub(crate) async fn explained(
        &self,
        parts: &Parts,
        body: &Bytes,
        keys: &RequestKeys,
        rejection: Rejection,
    ) -> Rejection {
        if !leaves_a_question_open(rejection.reason()) {
            return rejection;
        }
        let Ok(keys) = keys.get(parts, body).await else {
            return rejection;
        };
        let explainer = Explainer::new(keys.into_owned())
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
