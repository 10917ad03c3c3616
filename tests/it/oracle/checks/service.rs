//! The layer around a service that answers with what it was called with.

use std::{convert::Infallible, sync::OnceLock};

use axum::{
    body::{Body, Bytes},
    extract::OriginalUri,
    http::{Request, Response, StatusCode, Uri},
};
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use signalwire_webhook::{Rejection, RejectionReason, SignalWireWebhookLayer, VerifiedWebhook};
use tokio::runtime::{Builder, Runtime};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// What the inner service received.
pub(super) struct Passed {
    pub(super) verified: VerifiedWebhook,
    pub(super) uri: Uri,
    pub(super) original_uri: Option<Uri>,
    pub(super) body: Bytes,
}

/// Sends one request through the layer.
pub(super) fn send(
    layer: &SignalWireWebhookLayer,
    request: Request<Body>,
) -> Result<Passed, RejectionReason> {
    let runtime = timer().enter();
    let service = layer.layer(service_fn(echo));
    let response = service
        .oneshot(request)
        .now_or_never()
        .expect("nothing is waited for where the whole body is there")
        .unwrap_or_else(|never| match never {});
    drop(runtime);
    let (mut parts, body) = response.into_parts();
    if let Some(rejection) = parts.extensions.remove::<Rejection>() {
        assert_eq!(parts.status, rejection.status());
        return Err(rejection.reason());
    }
    assert_eq!(parts.status, StatusCode::OK);
    let extensions = &mut parts.extensions;
    Ok(Passed {
        verified: extensions
            .remove()
            .expect("what reaches the inner service is verified"),
        uri: extensions.remove().expect("every request has one"),
        original_uri: extensions.remove().map(|OriginalUri(uri)| uri),
        body: body.collect().now_or_never().unwrap().unwrap().to_bytes(),
    })
}

async fn echo(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let mut response = Response::new(body);
    *response.extensions_mut() = parts.extensions;
    response.extensions_mut().insert(parts.uri);
    Ok(response)
}

/// The deadline of a body asks for a timer, even where it never waits.
fn timer() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime can be built")
    })
}
