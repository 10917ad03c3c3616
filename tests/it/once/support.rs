//! A server whose handler counts its runs, requests of SignalWire, and stores that misbehave.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    BoxError, Router,
    body::Body,
    handler::Handler,
    http::{HeaderMap, Request, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use signalwire_webhook::{
    DeliverOnceLayer, Deliveries, DeliveryId, MemoryDeliveries, SignalWireWebhookLayer,
    once::{Claim, ClaimToken, StoredAnswer},
};
use tower::ServiceExt as _;

use crate::support::WebhookRequest;
pub(crate) use crate::support::key;

pub(crate) const URL: &str = "https://hooks.example.com/status";

/// The callback that tells the status of a message.
pub(crate) fn callback(message: &str, status: &str) -> WebhookRequest {
    WebhookRequest::form(
        URL,
        [
            ("AccountSid", "11111111-2222-3333-4444-555555555555"),
            ("MessageSid", message),
            ("MessageStatus", status),
        ],
    )
}

pub(crate) fn delivered() -> Request<Body> {
    callback("SM1", "delivered").signed_by(&key())
}

/// The handler behind both layers, on every route.
pub(crate) fn app<H, T>(layer: DeliverOnceLayer, handler: H) -> Router
where
    H: Handler<T, ()>,
    T: 'static,
{
    Router::new()
        .fallback(any(handler))
        .layer(layer)
        .layer(SignalWireWebhookLayer::new(key()))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn assert_is(&self, status: u16, text: &str) {
        assert_eq!((self.status.as_u16(), self.text()), (status, text));
    }

    /// What SignalWire is told so that it comes again.
    #[track_caller]
    pub(crate) fn assert_deferred(&self) {
        self.assert_is(503, "This delivery is not handled yet, try again later.");
        assert_eq!(self.headers["retry-after"], "5");
    }
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    read(respond(app, request).await).await
}

pub(crate) async fn respond(app: &Router, request: Request<Body>) -> Response {
    let Ok(response): Result<_, Infallible> = app.clone().oneshot(request).await;
    response
}

pub(crate) async fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

/// How often a handler ran.
#[derive(Clone, Default)]
pub(crate) struct Runs(Arc<AtomicUsize>);

impl Runs {
    /// Counts one more, and says which it is.
    pub(crate) fn count(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A handler that answers at once with what `answer` makes of the number of its run.
pub(crate) fn answering<R: IntoResponse>(
    runs: &Runs,
    answer: impl Fn(usize) -> R + Clone + Send + Sync + 'static,
) -> impl Handler<((),), ()> {
    let runs = runs.clone();
    move || {
        let response = answer(runs.count()).into_response();
        async { response }
    }
}

/// A handler that takes this long, and answers with the number of its run.
pub(crate) fn taking(time: Duration, runs: &Runs) -> impl Handler<((),), ()> {
    let runs = runs.clone();
    move || async move {
        let run = runs.count();
        tokio::time::sleep(time).await;
        format!("run {run}")
    }
}

/// What a store does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Nothing is done, and an error comes at once.
    Failing,
    /// Nothing is done, and the call panics.
    Panicking,
    /// Nothing is done, and the call panics before it has a future.
    PanickingAtOnce,
    /// Nothing is done, and nothing ever comes.
    Hanging,
    /// It is done, but the answer never comes.
    Mute,
}

/// A store over memory that can be told to misbehave, and tells what it was asked.
#[derive(Clone)]
pub(crate) struct Moody {
    deliveries: MemoryDeliveries,
    mood: Arc<Mutex<Mood>>,
    calls: Arc<Mutex<Vec<&'static str>>>,
    claimed_with: Arc<Mutex<HashMap<DeliveryId, ClaimToken>>>,
}

impl Moody {
    pub(crate) fn new() -> Self {
        Self {
            deliveries: MemoryDeliveries::new(),
            mood: Arc::new(Mutex::new(Mood::Well)),
            calls: Arc::default(),
            claimed_with: Arc::default(),
        }
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    /// The store itself, without its moods: what another server sees.
    pub(crate) fn deliveries(&self) -> &MemoryDeliveries {
        &self.deliveries
    }

    /// Ends the claim that is held, whoever holds it, as an empty store does.
    pub(crate) async fn forget_claim(&self, delivery: DeliveryId) {
        let holder = self.claimed_with.lock().unwrap()[&delivery];
        self.deliveries.release(delivery, holder).await.unwrap();
    }

    fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, BoxError>> + Send,
    ) -> impl Future<Output = Result<T, BoxError>> + Send {
        self.calls.lock().unwrap().push(name);
        let mood = *self.mood.lock().unwrap();
        assert!(mood != Mood::PanickingAtOnce, "{ON_FIRE}");
        async move {
            match mood {
                Mood::Well => call.await,
                Mood::Failing => Err("the store is on fire".into()),
                Mood::Panicking | Mood::PanickingAtOnce => panic!("{ON_FIRE}"),
                Mood::Hanging => std::future::pending().await,
                Mood::Mute => {
                    call.await?;
                    std::future::pending().await
                }
            }
        }
    }
}

const ON_FIRE: &str = "the store\nis on fire";

impl Deliveries for Moody {
    fn claim(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> impl Future<Output = Result<Claim, BoxError>> + Send {
        self.claimed_with.lock().unwrap().insert(delivery, token);
        let claim = self.deliveries.claim(delivery, token, lease);
        self.call("claim", claim)
    }

    fn renew(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> impl Future<Output = Result<bool, BoxError>> + Send {
        let renew = self.deliveries.renew(delivery, token, lease);
        self.call("renew", renew)
    }

    fn complete(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &StoredAnswer,
        retention: Duration,
    ) -> impl Future<Output = Result<bool, BoxError>> + Send {
        let complete = self.deliveries.complete(delivery, token, answer, retention);
        self.call("complete", complete)
    }

    fn release(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
    ) -> impl Future<Output = Result<(), BoxError>> + Send {
        let release = self.deliveries.release(delivery, token);
        self.call("release", release)
    }
}
