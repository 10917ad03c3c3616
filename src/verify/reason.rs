use http::StatusCode;

/// How to learn more, for the reasons that an explanation helps with.
#[cfg(feature = "explain")]
const EXPLAIN: &str = "; `explain_rejections` says what differs, and so does the program \
                       `signalwire-webhook explain`";
#[cfg(not(feature = "explain"))]
const EXPLAIN: &str = "; the feature `explain` with `explain_rejections` says what differs, and so \
                       does the program `signalwire-webhook explain`";

/// Why a request did not reach the inner service.
///
/// | reason | status | text of the response |
/// |---|---|---|
/// | `MissingSignature`, `MalformedSignature`, `AmbiguousSignature`, `SchemeNotAccepted`, `SignatureMismatch`, `AmbiguousBoundary`, `BodyDigestMismatch`, `UnsignedBody`, `UnknownUrl`, `AmbiguousHost`, `NoKeyForRequest` | 403 | `SignalWire Request Validation Failed.` |
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
    /// The request is signed, but in no scheme that [`accept`](crate::Verifier::accept) lists.
    #[error(
        "the request is signed in a scheme that is not accepted: add it to `accept` if it should be"
    )]
    SchemeNotAccepted,
    /// No presented signature is one of this request by any of the keys.
    #[error(
        "no signing key made this signature for this url and body: compare the url tried \
         with the one configured at SignalWire, and where they differ set `PublicUrl::base` or \
         SIGNALWIRE_WEBHOOK_URL; otherwise check that the key is this project's Signing Key and \
         that no layer outside this one changes the body{EXPLAIN}"
    )]
    SignatureMismatch,
    /// What follows the URL in the signed message does not begin as SignalWire's does: the first name
    /// of the form, in the canonical order, does not begin with an ASCII letter or has one of
    /// `/ ? & = : # %` in it, is not the one that
    /// [`forms_begin_with`](crate::Verifier::forms_begin_with) names; or the raw body begins with
    /// neither an ASCII letter nor `{` nor `[`, or with a letter where `forms_begin_with` is set. It
    /// may be the rest of a longer URL.
    #[error(
        "the body does not begin as SignalWire's do, so that it may be the rest of a longer url: \
         a form's first name begins with a letter, and any other body with a letter, {{ or [; \
         a layer with `forms_begin_with` takes only forms that begin with that name"
    )]
    AmbiguousBoundary,
    /// The URL is signed, but the body is not the one whose digest its `bodySHA256` names.
    #[error(
        "the body is not the one that bodySHA256 in the signed url names: look for what changes the body on its way"
    )]
    BodyDigestMismatch,
    /// The signature is of a kind that does not cover this body.
    #[error(
        "a base64 signature covers a form or a body named by bodySHA256 in the url, and this \
         body is neither: check that nothing changes the content type on its way{EXPLAIN}"
    )]
    UnsignedBody,
    /// Nothing says which URL was called.
    #[error("the request names no valid host: set `PublicUrl::base` or SIGNALWIRE_WEBHOOK_URL")]
    UnknownUrl,
    /// The request names two different hosts, in its URI and in `Host` or in two `Host` lines, and
    /// the configuration takes the host from the request.
    #[error(
        "the request names two different hosts, in its request line and in Host or in two Host \
         lines: find the proxy that adds one, or set `PublicUrl::base` or SIGNALWIRE_WEBHOOK_URL"
    )]
    AmbiguousHost,
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
        "the layer has no usable configuration, so nothing can be verified: correct the environment \
         variable that the cause names"
    )]
    NoSigningKey,
    /// The key look-up found no key for the request: its project is not one of yours.
    #[error(
        "the key look-up found no signing key for this request: it names no project, or one that is \
         not known here"
    )]
    NoKeyForRequest,
    /// The key look-up returned an error, or took too long.
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
}
