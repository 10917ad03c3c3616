use std::{error::Error, fmt, sync::Arc};

use axum::{
    BoxError,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use crate::explain::Explanation;

/// Why a request did not reach the inner service.
///
/// | reason | status | text of the response |
/// |---|---|---|
/// | `MissingSignature`, `MalformedSignature`, `AmbiguousSignature`, `SchemeNotAccepted`, `SignatureMismatch`, `BodyDigestMismatch`, `UnsignedBody`, `UnknownUrl` | 403 | `SignalWire Request Validation Failed.` |
/// | `BodyTooLarge` | 413 | `Request body too large.` |
/// | `BodyTimeout` | 408 | `Request body not received in time.` |
/// | `BodyUnreadable` | 400 | `Request body could not be read.` |
/// | `NoSigningKey` | 500 | `Webhook Error - we attempted to validate this request without first configuring our auth token.` |
/// | `KeyLookupFailed` | 503 | `Signing key not available, try again later.` |
///
/// `Display` is a sentence on what to do about it, for logs; a caller never sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RejectionReason {
    /// None of the signature headers is there.
    #[error(
        "the request has no signature header, so it is not from SignalWire, or a proxy dropped the header"
    )]
    MissingSignature,
    /// No signature header holds hex or base64 of the right length.
    #[error(
        "no signature header holds a signature: expected 40 hex digits or 28 characters of base64 in \
         X-SignalWire-Signature, 64 hex digits in X-SignalWire-SHA256-Signature"
    )]
    MalformedSignature,
    /// One signature header is there twice, with different values.
    #[error(
        "one signature header is there twice with different values: look for a proxy that adds headers"
    )]
    AmbiguousSignature,
    /// The request is signed, but in no scheme that the layer's
    /// [`accept`](crate::SignalWireWebhookLayer::accept) lists.
    #[error(
        "the request is signed in a scheme that this layer does not accept: add it to `accept` if it should"
    )]
    SchemeNotAccepted,
    /// No presented signature is one of this request by any of the keys.
    #[error(
        "no signing key made this signature for this url and body: compare the url tried \
         with the one configured at SignalWire, and where they differ set `PublicUrl::base` or \
         SIGNALWIRE_WEBHOOK_URL; otherwise check that the key is this project's Signing Key and \
         that no layer outside this one changes the body"
    )]
    SignatureMismatch,
    /// The URL is signed, but the body is not the one whose digest its `bodySHA256` names.
    #[error(
        "the body is not the one that bodySHA256 in the signed url names: look for what changes the body on its way"
    )]
    BodyDigestMismatch,
    /// The signature is of a kind that does not cover this body.
    #[error(
        "a base64 signature covers a form or a body named by bodySHA256 in the url, and this \
         body is neither: check that nothing changes the content type on its way"
    )]
    UnsignedBody,
    /// Nothing says which URL was called.
    #[error("the request names no valid host: set `PublicUrl::base` or SIGNALWIRE_WEBHOOK_URL")]
    UnknownUrl,
    /// The body is longer than the limit, or a form has more than 1,000 parameters or 2 GiB.
    #[error(
        "the body is longer than `body_limit` or than a limit outside this layer, which can be raised, \
         or is a form of more than 1,000 parameters, which SignalWire does not send"
    )]
    BodyTooLarge,
    /// The body was not whole within the deadline.
    #[error(
        "the body was not whole within the deadline: raise `body_deadline` if the caller is merely slow"
    )]
    BodyTimeout,
    /// The body broke off.
    #[error("the body broke off before its end")]
    BodyUnreadable,
    /// No key is configured, or the configuration in the environment is not usable.
    #[error(
        "the layer has no usable configuration, so nothing can be verified: mend the environment \
         variable that the cause names"
    )]
    NoSigningKey,
    /// The [`SigningKeyProvider`](crate::SigningKeyProvider) returned an error.
    #[error("the look-up of the signing keys failed")]
    KeyLookupFailed,
}

impl RejectionReason {
    /// The response's status, by the table above.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyUnreadable => StatusCode::BAD_REQUEST,
            Self::NoSigningKey => StatusCode::INTERNAL_SERVER_ERROR,
            Self::KeyLookupFailed => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// Says nothing that helps a forger.
    fn text(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "Request body too large.",
            Self::BodyTimeout => "Request body not received in time.",
            Self::BodyUnreadable => "Request body could not be read.",
            Self::NoSigningKey => {
                "Webhook Error - we attempted to validate this request without first configuring our auth token."
            }
            Self::KeyLookupFailed => "Signing key not available, try again later.",
            _ => "SignalWire Request Validation Failed.",
        }
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
    explanation: Option<Arc<Explanation>>,
}

impl Rejection {
    pub(crate) fn caused_by(reason: RejectionReason, cause: impl Into<BoxError>) -> Self {
        Self {
            reason,
            cause: Some(cause.into().into()),
            explanation: None,
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

    /// What to change so that the request passes, in a layer with
    /// [`explain_rejections`](crate::SignalWireWebhookLayer::explain_rejections).
    ///
    /// `None` in any other, and where the reason says it all: a body that is too large, too late
    /// or broke off, and keys that are not there.
    #[must_use]
    pub fn explanation(&self) -> Option<&Explanation> {
        self.explanation.as_deref()
    }

    pub(crate) fn explained(mut self, explanation: Explanation) -> Self {
        self.explanation = Some(Arc::new(explanation));
        self
    }

    pub(crate) fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl From<RejectionReason> for Rejection {
    fn from(reason: RejectionReason) -> Self {
        Self {
            reason,
            cause: None,
            explanation: None,
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
        let mut response = (self.status(), self.reason.text()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
