//! The whole decision on a request.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{Request, request::Parts};

#[cfg(feature = "metrics")]
use super::metrics;
use super::{
    body::read_body,
    events::{log_rejected, log_reported, log_verified},
    key_provider::ErasedProvider,
    key_source::RequestKeys,
    received_uri::{read_signed_query, received_uri},
    rejection::Rejection,
    request_body::RequestBody,
    settings::Settings,
};
#[cfg(feature = "explain")]
use crate::explain::Explanation;
use crate::{
    key::SigningKeys,
    url::RequestUrl,
    verify::{PresentedSignatures, Received, RejectionReason, VerifiedWebhook},
};

/// What is known of a request while its body is unread.
pub(super) struct Arrival {
    presented: Result<PresentedSignatures, RejectionReason>,
    keys: RequestKeys,
}

/// Rejects what can be rejected with the body unread.
pub(super) fn examine(
    settings: &Settings,
    parts: &Parts,
    body: &impl http_body::Body,
) -> Result<Arrival, Rejection> {
    let keys = settings.keys.as_of_now()?;
    let presented = PresentedSignatures::from_headers(&parts.headers, &settings.policy.accepted);
    let must_be_read = settings.report_only || settings.explains;
    if !must_be_read {
        presented?;
    }
    if settings.body_limits.are_exceeded_by(body, &parts.headers) {
        let too_large = RejectionReason::BodyTooLarge.into();
        return Err(rejection_of_unread(settings, &presented, too_large));
    }
    Ok(Arrival { presented, keys })
}

/// Reads the body, finds the keys, verifies, and logs the verdict: the request for the inner service,
/// or the response that refuses it.
#[expect(
    clippy::manual_async_fn,
    reason = "an async fn would copy the request's parts once more, from its arguments to its locals"
)]
pub(super) fn admit(
    settings: Arc<Settings>,
    arrival: Arrival,
    mut parts: Parts,
    body: impl RequestBody,
) -> impl Future<Output = Result<Request<Body>, Response>> + Send {
    async move {
        let presented = arrival.presented;
        let body = match read_body(body, settings.body_limits).await {
            Ok(body) => body,
            Err(unread) => {
                let rejection = rejection_of_unread(&settings, &presented, unread);
                return Err(refuse(&settings, &mut parts, 0, rejection));
            }
        };

        #[cfg(feature = "metrics")]
        let stopwatch = metrics::Stopwatch::start();
        let keys = match arrival.keys {
            RequestKeys::Known(keys) => Ok(keys),
            RequestKeys::Asked(provider) => {
                look_up(&settings, &*provider, &parts, &body, &presented).await
            }
        };
        let verdict = verify(&settings, &mut parts, &body, &presented, &keys);
        #[cfg(feature = "metrics")]
        if presented.is_ok() {
            stopwatch.record(body.len());
        }

        #[cfg(feature = "explain")]
        if let (Err(rejection), Ok(keys)) = (&verdict, &keys) {
            explain(&settings, &mut parts, &body, keys, rejection);
        }
        match verdict {
            Ok(verified) => {
                log_verified(&parts, body.len(), &verified);
                parts.extensions.remove::<Rejection>();
                parts.extensions.insert(verified);
            }
            Err(rejection) if settings.report_only => {
                log_reported(&settings, &parts, body.len(), &rejection);
                parts.extensions.remove::<VerifiedWebhook>();
                parts.extensions.insert(rejection);
            }
            Err(rejection) => return Err(refuse(&settings, &mut parts, body.len(), rejection)),
        }
        Ok(Request::from_parts(parts, Body::from(body)))
    }
}

/// A body matters only where a signature may cover it.
fn rejection_of_unread(
    settings: &Settings,
    presented: &Result<PresentedSignatures, RejectionReason>,
    unread: Rejection,
) -> Rejection {
    match presented {
        Err(by_headers) if !settings.report_only => (*by_headers).into(),
        _ => unread,
    }
}

/// Asks a provider only where its answer can make a difference: what refuses a request without keys
/// is looked at before.
async fn look_up(
    settings: &Settings,
    provider: &dyn ErasedProvider,
    parts: &Parts,
    body: &Bytes,
    presented: &Result<PresentedSignatures, RejectionReason>,
) -> Result<SigningKeys, Rejection> {
    if !settings.explains {
        (*presented)?;
        let url = RequestUrl::new(received_uri(parts), &parts.headers);
        let urls = settings.policy.public_url.candidate_urls(&url);
        urls.map_err(RejectionReason::from)?;
    }
    match provider.signing_keys(parts, body).await {
        Ok(Some(keys)) => Ok(keys),
        Ok(None) => Err(RejectionReason::NoKeyForRequest.into()),
        Err(error) => Err(Rejection::caused_by(
            RejectionReason::KeyLookupFailed,
            error,
        )),
    }
}

/// The handler reads the query that was signed, which under `PublicUrl::exact` need not be the one
/// received.
fn verify(
    settings: &Settings,
    parts: &mut Parts,
    body: &Bytes,
    presented: &Result<PresentedSignatures, RejectionReason>,
    keys: &Result<SigningKeys, Rejection>,
) -> Result<VerifiedWebhook, Rejection> {
    let presented = (*presented)?;
    let keys = keys.as_ref().map_err(Rejection::clone)?;
    let received = Received {
        uri: received_uri(parts),
        headers: &parts.headers,
        body,
    };
    let found = settings.policy.verify(&received, &presented, keys)?;
    let verified = found.into_proof(|| body.clone());
    read_signed_query(parts, verified.url())?;
    Ok(verified)
}

/// Leaves the explanation in the request's extensions, from where the refusal takes it.
#[cfg(feature = "explain")]
fn explain(
    settings: &Settings,
    parts: &mut Parts,
    body: &[u8],
    keys: &SigningKeys,
    rejection: &Rejection,
) {
    if settings.explains && super::explain::helps_with(rejection.reason()) {
        let explanation = super::explain::explanation(settings, parts, body, keys);
        parts.extensions.insert(explanation);
    }
}

/// The response to a refused request, and its event. `body_bytes` is 0 where the body was not read to
/// its end.
pub(super) fn refuse(
    settings: &Settings,
    parts: &mut Parts,
    body_bytes: usize,
    rejection: Rejection,
) -> Response {
    log_rejected(settings, parts, body_bytes, &rejection);
    #[cfg(feature = "explain")]
    let explanation = parts.extensions.remove::<Explanation>();
    let response = match &settings.on_rejection {
        None => rejection.into_response(),
        Some(respond) => {
            let response = respond.0(&rejection);
            (Extension(rejection), response).into_response()
        }
    };
    #[cfg(feature = "explain")]
    let response = (explanation.map(Extension), response).into_response();
    response
}
