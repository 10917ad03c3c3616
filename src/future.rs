use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{Request, request::Parts};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::admission::Admission;

pin_project! {
    /// The response of [`SignalWireWebhook`](crate::SignalWireWebhook).
    pub struct ResponseFuture<S: Service<Request<Body>>> {
        #[pin]
        state: State<S, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, F> {
        Refused { response: Option<Response> },
        Admitting { parts: Option<Parts>, admission: Admission, ready_inner: S },
        Admitted { #[pin] inner: F },
    }
}

impl<S: Service<Request<Body>>> ResponseFuture<S> {
    pub(crate) fn refused(response: Response) -> Self {
        Self {
            state: State::Refused {
                response: Some(response),
            },
        }
    }

    pub(crate) fn admitting(parts: Parts, admission: Admission, ready_inner: S) -> Self {
        Self {
            state: State::Admitting {
                parts: Some(parts),
                admission,
                ready_inner,
            },
        }
    }
}

impl<S, ResponseBody> Future for ResponseFuture<S>
where
    S: Service<Request<Body>, Response = http::Response<ResponseBody>>,
    ResponseBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResponseBody::Error: Into<axum::BoxError>,
{
    type Output = Result<Response, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::Refused { response } => {
                    return response
                        .take()
                        .map_or(Poll::Pending, |response| Poll::Ready(Ok(response)));
                }
                StateProjection::Admitting {
                    parts,
                    admission,
                    ready_inner,
                } => {
                    let decision = ready!(admission.poll(parts, context));
                    let Some(parts) = parts.take() else {
                        // They come with the decision.
                        return Poll::Pending;
                    };
                    match decision {
                        Ok(body) => {
                            let request = Request::from_parts(parts, Body::from(body));
                            let inner = ready_inner.call(request);
                            state.set(State::Admitted { inner });
                        }
                        Err(response) => return Poll::Ready(Ok(*response)),
                    }
                }
                StateProjection::Admitted { inner } => {
                    let response = ready!(inner.poll(context))?;
                    return Poll::Ready(Ok(response.map(Body::new)));
                }
            }
        }
    }
}
