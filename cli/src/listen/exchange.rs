//! One request: verified, printed, answered.

use std::{convert::Infallible, sync::Arc};

use axum::{
    BoxError,
    body::{Body, Bytes},
    response::{IntoResponse as _, Response},
};
use http::{Request, request::Parts};
use signalwire_webhook::{
    SignalWireWebhookLayer,
    explain::{Explainer, Explanation},
};
use tokio::{sync::Semaphore, task::spawn_blocking};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{answers::document, line::Output, parties::Parties, verdict::Verdict};

/// So many bodies are in memory at once.
const REQUESTS: usize = 16;

#[derive(Clone)]
pub(super) struct Exchange {
    /// It only reports, so that the requests which it refuses arrive too.
    layer: SignalWireWebhookLayer,
    explainer: Arc<Explainer>,
    output: Output,
    places: Arc<Semaphore>,
    /// The search for an explanation takes a moment of the processor: one at a time, and on a
    /// thread of its own, so that genuine requests are not kept waiting.
    turn_to_explain: Arc<Semaphore>,
}

/// What is known of a request whose body was read.
#[derive(Clone, Debug)]
struct Seen {
    verdict: Verdict,
    parties: Parties,
}

impl Exchange {
    pub(super) fn new(layer: SignalWireWebhookLayer, explainer: Explainer, output: Output) -> Self {
        Self {
            layer: layer.report_only(),
            explainer: Arc::new(explainer),
            output,
            places: Arc::new(Semaphore::new(REQUESTS)),
            turn_to_explain: Arc::new(Semaphore::new(1)),
        }
    }

    /// Prints the line of a request, whoever answered it: this program, or the layer where the body
    /// is too large.
    pub(super) async fn answer<B>(self, request: Request<B>) -> Result<Response, Infallible>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let _place = self.places.acquire().await;
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let inner = self.clone();
        let inner = service_fn(move |request| inner.clone().answer_read(request));
        let service = self.layer.layer(inner);
        let response = service.oneshot(request.map(Body::new)).await?;
        let (verdict, parties) = match response.extensions().get::<Seen>() {
            Some(seen) => (seen.verdict.clone(), seen.parties.clone()),
            None => (Verdict::of(response.extensions()), Parties::default()),
        };
        self.output
            .print_request(&method, &path, &verdict, &parties);
        Ok(response)
    }

    /// Answers a request whose body the layer has read within its limits.
    async fn answer_read(self, request: Request<Body>) -> Result<Response, Infallible> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default();
        let mut verdict = Verdict::of(&parts.extensions);
        let parties = Parties::of(&parts.headers, &body);
        let mut response = match verdict.rejection.clone() {
            None => document(&parts.headers, &body),
            Some(rejection) => {
                if let Some(explanation) = self.explain(parts, body).await {
                    verdict = verdict.explained(explanation);
                }
                rejection.into_response()
            }
        };
        response.extensions_mut().insert(Seen { verdict, parties });
        Ok(response)
    }

    async fn explain(&self, parts: Parts, body: Bytes) -> Option<Explanation> {
        let _turn = self.turn_to_explain.acquire().await;
        let explainer = Arc::clone(&self.explainer);
        let search = spawn_blocking(move || explainer.explain(&parts, &body));
        search.await.ok()
    }
}
