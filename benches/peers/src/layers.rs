//! The two layers around services that do nothing, and the requests that they are given.

use std::convert::Infallible;

use http::{Request, Response};
use signalwire::security::webhook_layer::WebhookLayer;
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tower::Layer;

use crate::requests::{self, Sample};

pub(crate) type Body = axum::body::Body;
pub(crate) type BodyOfSignalWire = axum_of_signalwire::body::Body;

pub(crate) fn cases() -> [(&'static str, Sample); 6] {
    let form = Sample::form(&requests::voice_call());
    let forged = Sample::form(&requests::numbered(16_000)).wrongly_signed();
    [
        ("cXML form, 26 fields", form.clone()),
        ("SWML JSON, 2 KB", Sample::json(2 * 1024)),
        ("SWML JSON, 64 KB", Sample::json(64 * 1024)),
        ("form, no signature", form.clone().unsigned()),
        ("form, wrong signature", form.wrongly_signed()),
        ("forged form, 16,000 names", forged),
    ]
}

pub(crate) fn ours<S>(bare: S) -> <SignalWireWebhookLayer as Layer<S>>::Service
where
    SignalWireWebhookLayer: Layer<S>,
{
    let key = SigningKey::new(requests::KEY).unwrap();
    SignalWireWebhookLayer::new(key).layer(bare)
}

pub(crate) fn theirs<S>(bare: S) -> <WebhookLayer as Layer<S>>::Service
where
    WebhookLayer: Layer<S>,
{
    WebhookLayer::new(requests::KEY).layer(bare)
}

pub(crate) async fn answer(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

pub(crate) async fn their_answer(
    _: Request<BodyOfSignalWire>,
) -> Result<Response<BodyOfSignalWire>, Infallible> {
    Ok(Response::new(BodyOfSignalWire::empty()))
}
