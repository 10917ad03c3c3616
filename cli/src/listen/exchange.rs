//! One request: verified, forwarded or answered, and noted.

use std::{convert::Infallible, sync::Arc};

use axum::{
    BoxError,
    body::{Body, Bytes},
    response::{IntoResponse as _, Response},
};
use http::{Request, Uri, request::Parts};
use signalwire_webhook::{
    SignalWireWebhookLayer,
    explain::{Explainer, Explanation},
};
use tokio::{sync::Semaphore, task::spawn_blocking};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{
    answers::document,
    destination::Destination,
    journal::{Entry, Journal},
    parties::Parties,
    record::{Head, Outcome, Record, Urls},
    verdict::Verdict,
};
use crate::layer::DescribedLayer;

/// So many bodies are in memory at once.
const REQUESTS: usize = 16;

#[derive(Clone)]
pub(crate) struct Exchange {
    described: Arc<DescribedLayer>,
    /// It only reports, so that the requests which it refuses arrive too.
    layer: SignalWireWebhookLayer,
    explainer: Arc<Explainer>,
    destination: Arc<Destination>,
    journal: Arc<Journal>,
    places: Arc<Semaphore>,
    /// The search for an explanation takes a moment of the processor: one at a time, and on a
    /// thread of its own, so that genuine requests are not kept waiting.
    turn_to_explain: Arc<Semaphore>,
}

/// Why a request is here.
#[derive(Clone, Copy, Debug)]
enum Occasion {
    Arrived,
    /// The user sends the one of this number again, knowing its verdict.
    Again(u64),
}

/// What is known of a request whose body was read.
#[derive(Clone, Debug)]
struct Seen {
    body: Bytes,
    verdict: Verdict,
    urls: Urls,
    outcome: Outcome,
}

impl Exchange {
    pub(super) fn new(
        described: DescribedLayer,
        explainer: Explainer,
        destination: Destination,
        journal: Journal,
    ) -> Self {
        Self {
            layer: described.layer().report_only(),
            described: Arc::new(described),
            explainer: Arc::new(explainer),
            destination: Arc::new(destination),
            journal: Arc::new(journal),
            places: Arc::new(Semaphore::new(REQUESTS)),
            turn_to_explain: Arc::new(Semaphore::new(1)),
        }
    }

    /// Answers a request and notes it, whoever answered it: the target, this program, or the layer
    /// where the body is too large.
    pub(super) async fn answer<B>(self, request: Request<B>) -> Result<Response, Infallible>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (_, response) = self.handle(request.map(Body::new), Occasion::Arrived).await;
        Ok(response)
    }

    /// Sends a request to the target once more, as it was.
    pub(crate) async fn again(self, record: &Record) -> Result<Arc<Record>, http::Error> {
        let body = Body::from(record.body.clone());
        let request = Request::from_parts(record.head.parts()?, body);
        let (record, _) = self.handle(request, Occasion::Again(record.number)).await;
        Ok(record)
    }

    /// Where requests are forwarded to.
    pub(crate) fn target(&self) -> Option<&str> {
        self.destination.target()
    }

    async fn handle(self, request: Request<Body>, occasion: Occasion) -> (Arc<Record>, Response) {
        let _place = self.places.acquire().await;
        let uri = request.uri().clone();
        let head = Head::of(request.method(), &uri, request.headers());
        let headers = request.headers().clone();
        let inner = self.clone();
        let inner = service_fn(move |request| {
            let uri = uri.clone();
            inner.clone().answer_read(request, uri, occasion)
        });
        let Ok(mut response) = self.layer.layer(inner).oneshot(request).await;
        let seen = response.extensions_mut().remove::<Seen>();
        let seen = seen.unwrap_or_else(|| Seen::of_unread(&response));
        let record = self.journal.note(Entry {
            parties: Parties::of(&headers, &seen.body),
            head,
            body: seen.body,
            verdict: seen.verdict,
            urls: seen.urls,
            outcome: seen.outcome,
            status: response.status(),
            again_of: match occasion {
                Occasion::Arrived => None,
                Occasion::Again(number) => Some(number),
            },
        });
        (record.await, response)
    }

    /// Answers a request whose body the layer has read within its limits.
    async fn answer_read(
        self,
        request: Request<Body>,
        uri: Uri,
        occasion: Occasion,
    ) -> Result<Response, Infallible> {
        let (mut parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default();
        let mut verdict = Verdict::of(&parts.extensions);
        let mut urls = Urls {
            tried: None,
            signed: verdict.proof.as_ref().map(|proof| proof.url.clone()),
        };
        if verdict.rejection.is_some()
            && let Some(explanation) = self.explain(parts.clone(), body.clone()).await
        {
            urls.signed = self.described.signed_url(&explanation, &parts, &body);
            verdict = verdict.explained(explanation);
        }
        urls.tried = self.described.tried_url(&parts, urls.signed.as_deref());
        // Under `exact` the layer has put the signed query there.
        parts.uri = uri;
        let is_again = matches!(occasion, Occasion::Again(_));
        let target = self.destination.target_for(&parts, &verdict, is_again);
        let (outcome, mut response) = match (target, verdict.rejection.clone()) {
            (Some(target), _) => target.exchange(parts, body.clone()).await,
            (None, None) => (Outcome::AnsweredHere, document(&parts.headers, &body)),
            (None, Some(rejection)) => (Outcome::Refused, rejection.into_response()),
        };
        response.extensions_mut().insert(Seen {
            body,
            verdict,
            urls,
            outcome,
        });
        Ok(response)
    }

    async fn explain(&self, parts: Parts, body: Bytes) -> Option<Explanation> {
        let _turn = self.turn_to_explain.acquire().await;
        let explainer = Arc::clone(&self.explainer);
        let search = spawn_blocking(move || explainer.explain(&parts, &body));
        search.await.ok()
    }
}

impl Seen {
    /// Of a request that the layer has answered by itself.
    fn of_unread(response: &Response) -> Self {
        Self {
            body: Bytes::new(),
            verdict: Verdict::of(response.extensions()),
            urls: Urls::default(),
            outcome: Outcome::Refused,
        }
    }
}
