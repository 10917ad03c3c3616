//! What a refused caller gets.

use std::{error::Error, fmt, sync::Arc};

use axum::{
    BoxError,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use crate::verify::RejectionReason;

/// Says nothing that helps a forger.
fn text(reason: RejectionReason) -> &'static str {
    match reason {
        RejectionReason::BodyTooLarge => "Request body too large.",
        RejectionReason::BodyTimeout => "Request body not received in time.",
        RejectionReason::BodyUnreadable => "Request body could not be read.",
        RejectionReason::NoSigningKey => {
            "Webhook Error - we attempted to validate this request without first configuring our auth token."
        }
        RejectionReason::KeyLookupFailed => "Signing key not available, try again later.",
        _ => "SignalWire Request Validation Failed.",
    }
}

/// A refused request: an error, a response, and an extension of every response that the layer
/// itself gives, so that the layers outside see what the caller is not told.
///
/// As a response it has the status and the plain text of [`RejectionReason`]'s table.
#[derive(Clone, Debug)]
pub struct Rejection {
    reason: RejectionReason,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Rejection {
    pub(super) fn caused_by(reason: RejectionReason, cause: impl Into<BoxError>) -> Self {
        Self {
            reason,
            cause: Some(cause.into().into()),
        }
    }

    /// Why the request was refused.
    #[must_use]
    pub fn reason(&self) -> RejectionReason {
        self.reason
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.reason.status()
    }

    pub(super) fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl From<RejectionReason> for Rejection {
    fn from(reason: RejectionReason) -> Self {
        Self {
            reason,
            cause: None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(formatter)
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = (self.status(), text(self.reason)).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
