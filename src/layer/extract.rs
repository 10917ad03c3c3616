//! Proof of verification as extractors.

use std::{error::Error, fmt};

use axum::{
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};

use super::{received_uri::received_uri, rejection::Rejection};
use crate::{log_text::log_text, verify::VerifiedWebhook};

/// As an extractor it refuses a request that did not pass the layer: see [`VerifiedRejection`].
///
/// ```
/// use axum::{Form, Router, routing::post};
/// use signalwire_webhook::{VerifiedWebhook, webhook};
///
/// async fn sms(verified: VerifiedWebhook, Form(fields): Form<Vec<(String, String)>>) -> String {
///     format!("{} fields signed with {}", fields.len(), verified.key_id())
/// }
///
/// let app: Router = Router::new().route("/sms", post(sms)).layer(webhook());
/// ```
impl<S: Sync> FromRequestParts<S> for VerifiedWebhook {
    type Rejection = VerifiedRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        verified(parts).cloned()
    }
}

/// `None` for a request that is not verified.
impl<S: Sync> OptionalFromRequestParts<S> for VerifiedWebhook {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get().cloned())
    }
}

/// The extractor `E`, but only on a verified request, so that a handler cannot be put on a route
/// without the layer and run.
///
/// ```
/// use std::collections::HashMap;
/// use axum::{Form, Router, routing::post};
/// use signalwire_webhook::{Verified, webhook};
///
/// async fn sms(Verified(Form(fields)): Verified<Form<HashMap<String, String>>>) -> String {
///     format!("from {}", fields["From"])
/// }
///
/// async fn hangup(_: Verified<()>) {}
///
/// let app: Router = Router::new()
///     .route("/sms", post(sms))
///     .route("/hangup", post(hangup))
///     .layer(webhook());
/// ```
///
/// Its rejection is [`VerifiedRejection`].
#[derive(Clone, Copy, Debug)]
pub struct Verified<E>(pub E);

impl<S, E> FromRequest<S> for Verified<E>
where
    S: Send + Sync,
    E: FromRequest<S>,
{
    type Rejection = VerifiedRejection<E::Rejection>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        verified(&parts)?;
        E::from_request(Request::from_parts(parts, body), state)
            .await
            .map(Self)
            .map_err(VerifiedRejection::Inner)
    }
}

impl<S, E> FromRequestParts<S> for Verified<E>
where
    S: Send + Sync,
    E: FromRequestParts<S>,
{
    type Rejection = VerifiedRejection<E::Rejection>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        verified(parts)?;
        E::from_request_parts(parts, state)
            .await
            .map(Self)
            .map_err(VerifiedRejection::Inner)
    }
}

/// Why [`Verified`] or [`VerifiedWebhook`] refused a request.
///
/// | variant | response |
/// |---|---|
/// | `Rejected` | that of the [`Rejection`], mostly 403; `on_rejection` has no part in it |
/// | `LayerMissing` | 500, `The route of this handler has no SignalWire webhook layer.`, and an ERROR event |
/// | `Inner` | that of the wrapped extractor's rejection |
#[derive(Debug)]
#[non_exhaustive]
pub enum VerifiedRejection<R = std::convert::Infallible> {
    /// The layer is in `report_only` and let the request pass unverified.
    Rejected(Rejection),
    /// The handler stands on a route without the layer.
    LayerMissing,
    /// The request is verified, and the wrapped extractor refused it.
    Inner(R),
}

impl<R: IntoResponse> IntoResponse for VerifiedRejection<R> {
    fn into_response(self) -> Response {
        match self {
            Self::Rejected(rejection) => rejection.into_response(),
            Self::LayerMissing => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The route of this handler has no SignalWire webhook layer.",
            )
                .into_response(),
            Self::Inner(rejection) => rejection.into_response(),
        }
    }
}

impl<R: fmt::Display> fmt::Display for VerifiedRejection<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(formatter),
            Self::LayerMissing => formatter.write_str(
                "the handler takes a verified request, and its route has no layer that verifies: \
                 add `.layer(webhook())` to the router or the route",
            ),
            Self::Inner(rejection) => rejection.fmt(formatter),
        }
    }
}

impl<R: Error + 'static> Error for VerifiedRejection<R> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(rejection) => rejection.source(),
            Self::LayerMissing => None,
            Self::Inner(rejection) => rejection.source(),
        }
    }
}

fn verified<R>(parts: &Parts) -> Result<&VerifiedWebhook, VerifiedRejection<R>> {
    if let Some(verified) = parts.extensions.get::<VerifiedWebhook>() {
        return Ok(verified);
    }
    if let Some(rejection) = parts.extensions.get::<Rejection>() {
        return Err(VerifiedRejection::Rejected(rejection.clone()));
    }
    tracing::error!(
        target: "signalwire_webhook",
        path = &*log_text(received_uri(parts).path()),
        "webhook layer missing: add `.layer(webhook())` to the router or the route of this handler",
    );
    Err(VerifiedRejection::LayerMissing)
}
