//! What the layer decided about a request, and why.

use http::Extensions;
use signalwire_webhook::{Rejection, VerifiedWebhook, explain::Explanation};

#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) verified: Option<VerifiedWebhook>,
    pub(super) rejection: Option<Rejection>,
    pub(super) explanation: Option<Explanation>,
}

impl Verdict {
    /// What the layer left in the extensions of a request or of a response.
    pub(super) fn of(extensions: &Extensions) -> Self {
        Self {
            verified: extensions.get().cloned(),
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
}
