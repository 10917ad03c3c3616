use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::response::Response;

/// The response of [`SignalWireWebhook`](crate::SignalWireWebhook).
pub struct ResponseFuture<E>(State<E>);

type Boxed<E> = Pin<Box<dyn Future<Output = Result<Response, E>> + Send>>;

enum State<E> {
    /// Refused by its headers alone, without an allocation for the future.
    Ready(Option<Response>),
    Boxed(Boxed<E>),
}

impl<E> ResponseFuture<E> {
    pub(crate) fn ready(response: Response) -> Self {
        Self(State::Ready(Some(response)))
    }

    pub(crate) fn boxed(
        future: impl Future<Output = Result<Response, E>> + Send + 'static,
    ) -> Self {
        Self(State::Boxed(Box::pin(future)))
    }
}

impl<E> Future for ResponseFuture<E> {
    type Output = Result<Response, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(response) => response
                .take()
                .map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
            State::Boxed(future) => future.as_mut().poll(context),
        }
    }
}
