//! Key look-ups that fail or never end: they cost their own requests alone.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    BoxError, Router,
    body::Bytes,
    http::{StatusCode, request::Parts},
    routing::post,
};
use futures_util::future::join_all;
use signalwire_webhook::{
    KeySource, RejectionReason, SignalWireWebhookLayer, SigningKeyProvider, SigningKeys,
    testing::WebhookRequest,
};
use signalwire_webhook_load::{Client, RawRequest, Server, allow_open_files, in_time, key, until};
use tower::ServiceBuilder;
use tower_http::timeout::TimeoutLayer;

const REQUESTS: usize = 200;
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Hangs on one path, fails on another and finds nothing on a third; counts the look-ups that are over, given up ones too.
#[derive(Clone, Default)]
struct Lookups {
    begun: Arc<AtomicUsize>,
    over: Arc<AtomicUsize>,
}

struct Lookup(Arc<AtomicUsize>);

impl Drop for Lookup {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl SigningKeyProvider for Lookups {
    async fn signing_keys(
        &self,
        parts: &Parts,
        _: &Bytes,
    ) -> Result<Option<SigningKeys>, BoxError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let _lookup = Lookup(self.over.clone());
        match parts.uri.path() {
            "/hangs" => pending().await,
            "/fails" => Err("the database is away".into()),
            "/strange" => Ok(None),
            _ => Ok(Some(key().into())),
        }
    }
}

struct Looking {
    server: Server,
    lookups: Lookups,
    calls: Arc<AtomicUsize>,
}

impl Looking {
    async fn start() -> Self {
        allow_open_files(2_000);
        let lookups = Lookups::default();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let handler = move || async move {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LOOKUP_TIMEOUT);
        let layer = SignalWireWebhookLayer::new(KeySource::provider(lookups.clone()));
        let app = Router::new()
            .fallback(post(handler))
            .layer(ServiceBuilder::new().layer(timeout).layer(layer));
        Self {
            server: Server::start(app).await,
            lookups,
            calls,
        }
    }

    /// Sends so many requests at once, and counts the answers of this status.
    async fn answered(&self, path: &str, status: &str) -> usize {
        let request = request(path);
        let exchange = |_| Client::exchange(self.server.address, &request);
        let answers = in_time(join_all((0..REQUESTS).map(exchange))).await;
        let line = format!("HTTP/1.1 {status} ");
        answers
            .iter()
            .filter(|answer| answer.starts_with(&line))
            .count()
    }
}

fn request(path: &str) -> Vec<u8> {
    let url = format!("http://127.0.0.1{path}");
    let request = WebhookRequest::json(url, &["hello"]);
    RawRequest::signed(request, &key()).closing().bytes()
}

#[tokio::test]
async fn lookups_that_hang_end_with_the_timeout_outside_and_hold_up_nobody_else() {
    let looking = Looking::start().await;
    let answered = tokio::join!(
        looking.answered("/hangs", "504"),
        looking.answered("/works", "200"),
        looking.answered("/fails", "503"),
        looking.answered("/strange", "403"),
    );
    assert_eq!(answered, (REQUESTS, REQUESTS, REQUESTS, REQUESTS));
    for reason in [
        RejectionReason::KeyLookupFailed,
        RejectionReason::NoKeyForRequest,
    ] {
        assert_eq!(looking.server.counts.refused(reason), REQUESTS);
    }
    assert_eq!(looking.calls.load(Ordering::SeqCst), REQUESTS);
    assert_eq!(looking.lookups.over.load(Ordering::SeqCst), 4 * REQUESTS);
}

#[tokio::test]
async fn a_lookup_ends_when_its_client_is_gone() {
    let looking = Looking::start().await;
    let request = request("/hangs");
    let clients = join_all((0..REQUESTS).map(async |_| {
        let mut client = Client::connect(looking.server.address).await;
        client.write(&request).await;
        client
    }))
    .await;
    until(|| looking.lookups.begun.load(Ordering::SeqCst) == REQUESTS).await;
    drop(clients);
    until(|| looking.lookups.over.load(Ordering::SeqCst) == REQUESTS).await;
    assert_eq!(looking.answered("/works", "200").await, REQUESTS);
    assert_eq!(looking.calls.load(Ordering::SeqCst), REQUESTS);
}
