use std::{
    panic::resume_unwind,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    BoxError,
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{Method, Request};
use tokio::{sync::oneshot, time::timeout};
use tower_service::Service;

use super::{
    detached::Detached,
    events::{log_answered, log_deferred, log_refused, log_unavailable},
    first_copy::FirstCopy,
    handling::{Client, Reply},
    identity::identity_of,
    layer::Settings,
    received::Received,
    responses,
    store::WAITING_TIME,
    under_way::{Arrival, Ending, Entry},
};
use crate::DeliveryId;

/// The service of a [`DeliverOnceLayer`](super::DeliverOnceLayer).
#[derive(Clone, Debug)]
pub struct DeliverOnce<S> {
    inner: S,
    settings: Arc<Settings>,
}

impl<S> DeliverOnce<S> {
    pub(super) fn new(inner: S, settings: Arc<Settings>) -> Self {
        Self { inner, settings }
    }
}

impl<S, B> Service<Request<Body>> for DeliverOnce<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The clone has not been polled ready, so it is the one that stays.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        let is_head = request.method() == Method::HEAD;
        let delivered: Self::Future = Box::pin(deliver(self.settings.clone(), ready, request));
        if is_head {
            Box::pin(async { delivered.await.map(responses::without_body) })
        } else {
            delivered
        }
    }
}

async fn deliver<S, B>(
    settings: Arc<Settings>,
    mut inner: S,
    mut request: Request<Body>,
) -> Result<Response, S::Error>
where
    S: Service<Request<Body>, Response = Response<B>> + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let delivery = match identity_of(&settings, &mut request).await {
        Ok(Some(delivery)) => delivery,
        Ok(None) => {
            return inner
                .call(request)
                .await
                .map(|answer| answer.map(Body::new));
        }
        Err(refusal) => return Ok(refusal),
    };
    match settings.under_way.arrive(delivery) {
        Arrival::First(entry) => {
            let received = match settings.receive(&entry, &mut request).await {
                Ok(received) => received,
                Err(answer) => return Ok(answer),
            };
            let (client, answer) = oneshot::channel();
            let copy = FirstCopy {
                settings: settings.clone(),
                entry,
                inner,
                request,
                received,
                client: Client(client),
            };
            match Detached::new(Box::pin(copy.deliver()), answer).await {
                Ok(Reply::Answer(response)) => Ok(response),
                Ok(Reply::Error(error)) => Err(error),
                Ok(Reply::Panic(panic)) => resume_unwind(panic),
                Ok(Reply::NotHandledHere(ending)) => Ok(settings.respond(delivery, &ending)),
                // The runtime is shutting down.
                Err(_) => Ok(settings.respond(delivery, &Ending::TryAgain)),
            }
        }
        Arrival::Waiting(ending) => {
            let received = match Received::of(&mut request).await {
                Ok(received) => received.id(),
                Err(answer) => return Ok(answer),
            };
            // Its body is not needed any more, nor the place that a limit of concurrency gave it.
            drop((inner, request));
            let ending = settings.wait(delivery, received, ending).await;
            Ok(settings.respond(delivery, &ending))
        }
        Arrival::TooLate(ending) => Ok(settings.respond(delivery, &ending)),
        Arrival::Crowded => {
            log_deferred(delivery, "as many copies as may wait are waiting");
            Ok(responses::try_again().into_response())
        }
    }
}

async fn wait_for(ending: oneshot::Receiver<Ending>) -> Ending {
    // Otherwise the first copy takes too long, or its task was dropped.
    match timeout(WAITING_TIME, ending).await {
        Ok(Ok(ending)) => ending,
        Ok(Err(_)) | Err(_) => Ending::TryAgain,
    }
}

impl Settings {
    /// What a copy that was received like this is told. An answer that is not a success ends the wait as a
    /// failure does, and may be for this copy all the same.
    async fn wait(
        &self,
        delivery: DeliveryId,
        received: DeliveryId,
        ending: oneshot::Receiver<Ending>,
    ) -> Ending {
        match wait_for(ending).await {
            Ending::TryAgain => {
                let answer = self.store.answer_to(delivery, received);
                answer.map_or(Ending::TryAgain, Ending::Answered)
            }
            ending => ending,
        }
    }

    /// An error is the answer that is kept for the request.
    async fn receive(
        &self,
        entry: &Entry,
        request: &mut Request<Body>,
    ) -> Result<Received, Response> {
        let delivery = entry.delivery();
        match self.store.remembered(delivery, request).await? {
            None => Received::of(request).await,
            Some(answer) => {
                let ending = Ending::Answered(answer);
                // Copies that came meanwhile.
                entry.end(&ending);
                Err(self.respond(delivery, &ending))
            }
        }
    }

    fn respond(&self, delivery: DeliveryId, ending: &Ending) -> Response {
        match ending {
            Ending::Answered(answer) if self.refuse_duplicates || answer.body().is_none() => {
                log_refused(delivery);
                responses::not_repeated().into_response()
            }
            Ending::Answered(answer) => {
                log_answered(delivery, answer.status().as_u16());
                answer.respond()
            }
            Ending::TryAgain => {
                log_deferred(delivery, "the first copy has no answer yet");
                responses::try_again().into_response()
            }
            Ending::Unavailable => {
                log_unavailable(delivery);
                responses::unavailable().into_response()
            }
        }
    }
}
