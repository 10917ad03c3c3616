use std::{
    mem,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    BoxError,
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderValue, Request, header::CONTENT_TYPE, request::Parts};
use tower_service::Service;

use crate::{
    events::log_verified,
    extract::VerifiedWebhook,
    form::is_form,
    future::ResponseFuture,
    key_source::RequestKeys,
    measure::measured,
    rejection::{Rejection, RejectionReason},
    request_url::RequestUrl,
    settings::Settings,
    signature::PresentedSignatures,
    verify::Verification,
};

/// The service that [`SignalWireWebhookLayer`](crate::SignalWireWebhookLayer) puts around an
/// inner one.
///
/// It takes a request with any body and calls the inner service with axum's; it answers with
/// axum's body whatever the inner service's is. The inner service's error passes untouched.
#[derive(Clone, Debug)]
pub struct SignalWireWebhook<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S> SignalWireWebhook<S> {
    pub(crate) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for SignalWireWebhook<S>
where
    S: Service<Request<Body>, Response = Response<ResponseBody>> + Clone + Send + 'static,
    S::Future: Send,
    RequestBody: http_body::Body + Send + 'static,
    RequestBody::Error: Into<BoxError>,
    ResponseBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResponseBody::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let settings = self.settings.clone();
        let (mut parts, body) = request.into_parts();
        let refused = |rejection| ResponseFuture::ready(settings.refuse(&parts, 0, rejection));
        let keys = match settings.keys.as_of_now() {
            Err(not_configured) => return refused(not_configured),
            Ok(keys) => keys,
        };
        let presented = PresentedSignatures::from_headers(&parts.headers, settings.accepted);
        if let Err(reason) = presented
            && !(settings.report_only || settings.explains)
        {
            return refused(reason.into());
        }
        let clone = self.inner.clone();
        let mut ready_inner = mem::replace(&mut self.inner, clone);
        ResponseFuture::boxed(async move {
            match settings.admit(&mut parts, body, &presented, &keys).await {
                Ok(body) => {
                    let request = Request::from_parts(parts, Body::from(body));
                    Ok(ready_inner.call(request).await?.map(Body::new))
                }
                Err(response) => Ok(*response),
            }
        })
    }
}

impl Settings {
    /// The body for the inner service, or the response that the request is refused with.
    async fn admit<B>(
        &self,
        parts: &mut Parts,
        body: B,
        presented: &Result<PresentedSignatures, RejectionReason>,
        keys: &RequestKeys,
    ) -> Result<Bytes, Box<Response>>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        let body = match self.body_limits.read(&parts.headers, body).await {
            Ok(body) => body,
            Err(unread) => {
                let rejection = match presented {
                    Err(by_headers) if !self.report_only => (*by_headers).into(),
                    _ => unread,
                };
                return Err(Box::new(self.refuse(parts, 0, rejection)));
            }
        };
        let verdict = match presented {
            Ok(presented) => measured(body.len(), self.verify(parts, &body, presented, keys)).await,
            Err(reason) => Err((*reason).into()),
        };
        let verdict = match verdict {
            Err(rejection) if self.explains => {
                Err(self.explained(parts, &body, keys, rejection).await)
            }
            verdict => verdict,
        };
        match verdict {
            Ok(verified) => {
                log_verified(parts, body.len(), &verified);
                parts.extensions.remove::<Rejection>();
                parts.extensions.insert(verified);
            }
            Err(rejection) if self.report_only => {
                self.log_reported(parts, body.len(), &rejection);
                parts.extensions.remove::<VerifiedWebhook>();
                parts.extensions.insert(rejection);
            }
            Err(rejection) => return Err(Box::new(self.refuse(parts, body.len(), rejection))),
        }
        Ok(body)
    }

    async fn verify(
        &self,
        parts: &Parts,
        body: &Bytes,
        presented: &PresentedSignatures,
        keys: &RequestKeys,
    ) -> Result<VerifiedWebhook, Rejection> {
        let request_url = RequestUrl::of(parts);
        let candidates = self.public_url.candidate_urls(&request_url);
        let candidates = candidates.ok_or(RejectionReason::UnknownUrl)?;
        let keys = keys.get(parts, body).await?;
        let content_type = parts.headers.get(CONTENT_TYPE);
        let found = Verification {
            keys: &keys,
            urls: candidates.iter(),
            body,
            is_form: is_form(content_type.map(HeaderValue::as_bytes)),
            accepted: self.accepted,
        }
        .verify(presented)?;
        Ok(VerifiedWebhook::new(
            found.scheme,
            found.url,
            found.key.shared_id(),
        ))
    }

    fn refuse(&self, parts: &Parts, body_bytes: usize, rejection: Rejection) -> Response {
        self.log_rejected(parts, body_bytes, &rejection);
        let Some(respond) = &self.on_rejection else {
            return rejection.into_response();
        };
        let mut response = respond.0(&rejection);
        response.extensions_mut().insert(rejection);
        response
    }
}
