use std::convert::Infallible;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::Request;

use super::{
    events::log_layer_missing,
    layer::{Identify, Settings},
    received::whole_body,
};
use crate::{DeliveryId, Rejection, VerifiedRejection, VerifiedWebhook};

/// What the delivery of this request is called: `None` where it may come as often as it likes, an
/// answer where it has no name that could be believed.
pub(super) async fn identity_of(
    settings: &Settings,
    request: &mut Request<Body>,
) -> Result<Option<DeliveryId>, Response> {
    let Some(verified) = request.extensions().get::<VerifiedWebhook>() else {
        return unverified(request).map_or(Ok(None), Err);
    };
    match &settings.identify {
        None => Ok(Some(verified.delivery_id())),
        Some(identify) => {
            let verified = verified.clone();
            identified(&**identify, &verified, request).await
        }
    }
}

/// The answer to a request that the webhook layer has not seen.
fn unverified(request: &Request<Body>) -> Option<Response> {
    if request.extensions().get::<Rejection>().is_some() {
        // The webhook layer is in `report_only`.
        return None;
    }
    log_layer_missing(request.uri());
    Some(VerifiedRejection::<Infallible>::LayerMissing.into_response())
}

async fn identified(
    identify: &Identify,
    verified: &VerifiedWebhook,
    request: &mut Request<Body>,
) -> Result<Option<DeliveryId>, Response> {
    let bytes = whole_body(request).await?;
    let (parts, body) = std::mem::take(request).into_parts();
    let delivery = identify(&parts, &bytes, verified);
    *request = Request::from_parts(parts, body);
    Ok(delivery)
}
