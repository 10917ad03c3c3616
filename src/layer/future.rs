//! The response: refused at once, admitting, or that of the inner service.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::Request;
use pin_project_lite::pin_project;
use tower_service::Service;

/// Ends with the request for the inner service, or with the response that refuses it.
pub(super) type Admission = Pin<Box<dyn Future<Output = Result<Request<Body>, Response>> + Send>>;

pin_project! {
    /// The response of [`SignalWireWebhook`](crate::SignalWireWebhook).
    ///
    /// # Panics
    ///
    /// Where it is polled again after it has answered.
    pub struct ResponseFuture<S: Service<Request<Body>>> {
        #[pin]
        state: State<S, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, F> {
        Refused { response: Option<Response> },
        Admitting { admission: Admission, ready_inner: S },
        Admitted { #[pin] inner: F },
    }
}

impl<S: Service<Request<Body>>> ResponseFuture<S> {
    pub(super) fn refused(response: Response) -> Self {
        Self {
            state: State::Refused {
                response: Some(response),
            },
        }
    }

    pub(super) fn admitting(admission: Admission, ready_inner: S) -> Self {
        Self {
            state: State::Admitting {
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
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response));
                }
                StateProjection::Admitting {
                    admission,
                    ready_inner,
                } => match ready!(admission.as_mut().poll(context)) {
                    Ok(request) => {
                        let inner = ready_inner.call(request);
                        state.set(State::Admitted { inner });
                    }
                    Err(response) => {
                        state.set(State::Refused { response: None });
                        return Poll::Ready(Ok(response));
                    }
                },
                StateProjection::Admitted { inner } => {
                    let response = ready!(inner.poll(context))?;
                    return Poll::Ready(Ok(response.map(Body::new)));
                }
            }
        }
    }
}
