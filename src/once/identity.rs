use axum::{
    body::{Body, to_bytes},
    response::{IntoResponse as _, Response},
};
use http::Request;

use super::{events::log_layer_missing, layer::Settings, responses};
use crate::{DeliveryId, Rejection, VerifiedRejection, VerifiedWebhook};

/// What a request is called.
pub(super) enum Identity {
    Delivery(DeliveryId, Request<Body>),
    /// It may come as often as it likes.
    Anonymous(Request<Body>),
    /// It has no name that could be believed.
    Refused(Response),
}

pub(super) async fn identity_of(settings: &Settings, request: Request<Body>) -> Identity {
    let Some(verified) = request.extensions().get::<VerifiedWebhook>() else {
        return unverified(request);
    };
    let Some(identify) = &settings.identify else {
        return Identity::Delivery(verified.delivery_id(), request);
    };
    let verified = verified.clone();
    let (parts, body) = request.into_parts();
    // The webhook layer had it whole, and within its limit.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Identity::Refused(responses::unreadable().into_response());
    };
    let delivery = identify(&parts, &body, &verified);
    let request = Request::from_parts(parts, Body::from(body));
    match delivery {
        Some(delivery) => Identity::Delivery(delivery, request),
        None => Identity::Anonymous(request),
    }
}

fn unverified(request: Request<Body>) -> Identity {
    if request.extensions().get::<Rejection>().is_some() {
        // The webhook layer is in `report_only`.
        return Identity::Anonymous(request);
    }
    let (parts, _) = request.into_parts();
    log_layer_missing(&parts);
    Identity::Refused(VerifiedRejection::<std::convert::Infallible>::LayerMissing.into_response())
}
