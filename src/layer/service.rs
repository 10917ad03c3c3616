use std::{
    mem,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{BoxError, body::Body, response::Response};
use bytes::Bytes;
use http::Request;
use tower_service::Service;

use super::{
    admission::{admit, examine, refuse},
    future::ResponseFuture,
    request_body::RequestBody,
    settings::Settings,
};

/// The service that [`SignalWireWebhookLayer`](crate::SignalWireWebhookLayer) puts around an
/// inner one.
///
/// It takes a request with any [`RequestBody`] and calls the inner service with axum's; it
/// answers with axum's body whatever the inner service's is. The inner service's error passes
/// untouched.
#[derive(Clone, Debug)]
pub struct SignalWireWebhook<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S> SignalWireWebhook<S> {
    pub(super) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }
}

impl<S, B, ResponseBody> Service<Request<B>> for SignalWireWebhook<S>
where
    S: Service<Request<Body>, Response = http::Response<ResponseBody>> + Clone,
    B: RequestBody,
    ResponseBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResponseBody::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        // That of another layer outside this one is not of this verdict.
        #[cfg(feature = "explain")]
        parts.extensions.remove::<crate::explain::Explanation>();
        let arrival = match examine(&self.settings, &parts, &body) {
            Ok(arrival) => arrival,
            Err(rejection) => {
                return ResponseFuture::refused(refuse(&self.settings, &mut parts, 0, rejection));
            }
        };
        let clone = self.inner.clone();
        let ready_inner = mem::replace(&mut self.inner, clone);
        let admission = admit(self.settings.clone(), arrival, parts, body);
        ResponseFuture::admitting(Box::pin(admission), ready_inner)
    }
}
