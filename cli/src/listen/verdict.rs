//! What the layer decided about a request, and why.

use http::Extensions;
use signalwire_webhook::{
    DeliveryId, Rejection, SignatureScheme, VerifiedWebhook, explain::Explanation,
};

#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) proof: Option<Proof>,
    pub(crate) rejection: Option<Rejection>,
    pub(crate) explanation: Option<Explanation>,
}

/// What is known of a verified request, without its content, which `VerifiedWebhook` holds.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub(crate) scheme: SignatureScheme,
    pub(crate) url: String,
    pub(crate) key_id: String,
    pub(crate) delivery: DeliveryId,
}

impl Verdict {
    /// What the layer left in the extensions of a request or of a response.
    pub(super) fn of(extensions: &Extensions) -> Self {
        Self {
            proof: extensions.get().map(Proof::of),
            rejection: extensions.get().cloned(),
            explanation: None,
        }
    }

    pub(super) fn explained(self, explanation: Explanation) -> Self {
        Self {
            explanation: Some(explanation),
            ..self
        }
    }

    /// The bytes of its texts, rounded up.
    pub(super) fn size(&self) -> usize {
        let proof = self.proof.as_ref();
        let explanation = self.explanation.as_ref();
        proof.map_or(0, |proof| proof.url.len() + proof.key_id.len())
            + explanation.map_or(0, |explanation| 3 * explanation.to_string().len())
    }
}

impl Proof {
    fn of(verified: &VerifiedWebhook) -> Self {
        Self {
            scheme: verified.scheme(),
            url: verified.url().to_owned(),
            key_id: verified.key_id().to_owned(),
            delivery: verified.delivery_id(),
        }
    }
}
