//! The verdict: whether SignalWire signed a request.
//!
//! Answers from a request's URI, headers and body, and the keys, whether it is genuine, or why not.
//! Knows nothing of axum, tower or any runtime, of logs, or of explanations.

mod attempt;
mod body_digest;
mod boundary;
mod presented;
mod reason;
mod scheme;
mod verified;

use std::borrow::Borrow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri, header::CONTENT_TYPE, request::Parts};

#[cfg(any(feature = "explain", feature = "testing"))]
pub(crate) use self::presented::{SIGNALWIRE_SHA256_SIGNATURE, SIGNALWIRE_SIGNATURE};
pub(crate) use self::{
    attempt::{Attempt, Content, Match},
    presented::PresentedSignatures,
    scheme::AcceptedSchemes,
};
#[cfg(feature = "explain")]
pub(crate) use self::{
    body_digest::{body_digests_match, names_body_digest},
    presented::TWILIO_SIGNATURE,
};
pub use self::{
    reason::RejectionReason,
    scheme::SignatureScheme,
    verified::{DeliveryId, VerifiedWebhook},
};
use crate::{
    form::is_form,
    key::SigningKeys,
    url::{NoUrl, PublicUrl, RequestUrl},
};

/// Verifies requests without any framework: for Lambda, actix, queue workers, and whatever has a
/// request's parts and its whole body.
///
/// [`SignalWireWebhookLayer`](crate::SignalWireWebhookLayer) decides by the same rules. In their
/// order, the first that fails decides:
///
/// 1. A signature header is there, is there once, and holds hex or base64 of the right length in
///    an accepted scheme.
/// 2. The URL that was called is known: see [`PublicUrl`].
/// 3. A presented signature, strongest first, matches one of the URLs by one of the keys, over a
///    message that begins after its URL as SignalWire's do.
/// 4. The signature covers the body.
///
/// ```
/// use signalwire_webhook::{SigningKey, Verifier};
///
/// let verifier = Verifier::new(SigningKey::new("PSKtest1234567890abcdef")?);
/// let (request, ()) = http::Request::post("/webhook")
///     .header("host", "example.ngrok.io")
///     .header("content-type", "application/json")
///     .header("x-signalwire-signature", "c3c08c1fefaf9ee198a100d5906765a6f394bf0f")
///     .body(())?
///     .into_parts();
/// let body = br#"{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}"#;
///
/// let verified = verifier.verify(&request, body)?;
/// assert_eq!(verified.url(), "https://example.ngrok.io/webhook");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Verifier {
    keys: SigningKeys,
    policy: Policy,
}

impl Verifier {
    /// Verifies with these keys: a [`SigningKey`](crate::SigningKey) or [`SigningKeys`].
    pub fn new(keys: impl Into<SigningKeys>) -> Self {
        Self {
            keys: keys.into(),
            policy: Policy::default(),
        }
    }

    /// Says where SignalWire sent the request; [`PublicUrl::from_request`] unless set.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.policy.public_url = url;
        self
    }

    /// Narrows it to these schemes; all unless set. With none of them every request is refused.
    pub fn accept<S: Borrow<SignatureScheme>>(
        mut self,
        schemes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.policy.accepted = AcceptedSchemes::of(schemes);
        self
    }

    /// Takes only forms whose first name, in the canonical order, is this one: `AccountSid` for
    /// cXML.
    ///
    /// It closes what is left where one URL is the beginning of another that goes on with letters,
    /// as `/tenant/7` and `/tenant/7A` are: a form that was signed for the longer one would pass
    /// at the shorter one, with the rest of the URL as the beginning of its first name. A raw body must
    /// then be JSON, so that a form is verified as a form alone.
    pub fn forms_begin_with(mut self, name: &str) -> Self {
        self.policy.first_name = Some(name.into());
        self
    }

    /// Decides on a request with its whole body.
    ///
    /// The path and query are those of `request.uri`. Under axum's `Router::nest` that is not the URI
    /// received: put the one of `OriginalUri` there first. Under [`PublicUrl::exact`] take the query
    /// from [`VerifiedWebhook::url`], since that of the request is not verified.
    ///
    /// A body is read as a form where its content type is `application/x-www-form-urlencoded` or
    /// absent.
    ///
    /// # Errors
    ///
    /// The [`RejectionReason`]; answer 403 and log it.
    pub fn verify(&self, request: &Parts, body: &[u8]) -> Result<VerifiedWebhook, RejectionReason> {
        let presented = PresentedSignatures::from_headers(&request.headers, &self.policy.accepted)?;
        let received = Received {
            uri: &request.uri,
            headers: &request.headers,
            body,
        };
        self.policy
            .verify(&received, &presented, &self.keys)
            .map(|found| found.into_proof(|| Bytes::copy_from_slice(body)))
    }
}

/// What of a request counts.
#[derive(Clone, Copy)]
pub(crate) struct Received<'a> {
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What a request must be signed for, whatever the keys.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) public_url: PublicUrl,
    pub(crate) accepted: AcceptedSchemes,
    /// The first name of every form, where it is known.
    pub(crate) first_name: Option<Box<str>>,
}

impl Policy {
    /// Decides: the one place where URI, headers, keys and body come together.
    pub(crate) fn verify<'k>(
        &self,
        received: &Received<'_>,
        presented: &PresentedSignatures,
        keys: &'k SigningKeys,
    ) -> Result<Match<'k>, RejectionReason> {
        let url = RequestUrl::new(received.uri, received.headers);
        let urls = self.public_url.candidate_urls(&url)?;
        let content_type = received.headers.get(CONTENT_TYPE);
        let content = if is_form(content_type.map(HeaderValue::as_bytes)) {
            Content::RawForm(received.body)
        } else {
            Content::RawBody(received.body)
        };
        let attempt = Attempt {
            keys,
            urls: &urls,
            content: &content,
            accepted: &self.accepted,
            first_name: self.first_name.as_deref(),
        };
        attempt.verify(presented).map_err(|reason| match reason {
            // One of several sources has named no URL to try.
            RejectionReason::SignatureMismatch if urls.has_ambiguous_host() => {
                RejectionReason::AmbiguousHost
            }
            reason => reason,
        })
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            public_url: PublicUrl::from_request(),
            accepted: AcceptedSchemes::ALL,
            first_name: None,
        }
    }
}

impl From<NoUrl> for RejectionReason {
    fn from(no_url: NoUrl) -> Self {
        match no_url {
            NoUrl::UnknownHost => Self::UnknownUrl,
            NoUrl::AmbiguousHost => Self::AmbiguousHost,
        }
    }
}
