//! Inner services that panic, fail or are not ready: each request is answered, none is lost.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    BoxError, Router,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::Request,
    http::{Response, StatusCode},
    routing::post,
};
use futures_util::{future::join_all, task::AtomicWaker};
use signalwire_webhook::{SignalWireWebhookLayer, testing::WebhookRequest};
use signalwire_webhook_load::{Client, RawRequest, Server, URL, in_time, key, until};
use tower::{Service, ServiceBuilder, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

const REQUESTS: usize = 100;
/// The body of a request that asks for no fault.
const WORK: &str = r#"["work"]"#;

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn request(what: &str) -> Vec<u8> {
    let request = WebhookRequest::json(URL, &[what]);
    RawRequest::signed(request, &key()).closing().bytes()
}

fn forged() -> Vec<u8> {
    let request = WebhookRequest::json(URL, &["fail"]).tampered();
    RawRequest::signed(request, &key()).closing().bytes()
}

/// Of each hundred requests, half ask for the fault and half do not; as many are forged.
async fn answers(server: &Server) -> [usize; 3] {
    let requests = [request("fail"), request("work"), forged()];
    let answers = join_all(
        requests
            .iter()
            .flat_map(|request| (0..REQUESTS).map(|_| Client::exchange(server.address, request))),
    );
    let answers = in_time(answers).await;
    let count = |status: &str| {
        let line = format!("HTTP/1.1 {status} ");
        answers
            .iter()
            .filter(|answer| answer.starts_with(&line))
            .count()
    };
    ["500", "200", "403"].map(count)
}

#[tokio::test]
async fn a_panic_is_one_requests_alone() {
    async fn handler(body: String) {
        assert_eq!(body, WORK);
    }
    let layers = ServiceBuilder::new()
        .layer(CatchPanicLayer::new())
        .layer(layer());
    let server = Server::start(Router::new().route("/hook", post(handler)).layer(layers)).await;
    assert_eq!(answers(&server).await, [REQUESTS; 3]);
    assert_eq!(server.counts.ended(), 3 * REQUESTS);
}

#[tokio::test]
async fn an_error_reaches_the_layer_outside() {
    async fn inner(request: Request) -> Result<Response<Body>, BoxError> {
        let body = axum::body::to_bytes(request.into_body(), 100).await?;
        if body == WORK {
            Ok(Response::new(Body::empty()))
        } else {
            Err("broken".into())
        }
    }
    async fn handle(error: BoxError) -> (StatusCode, String) {
        (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
    let service = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(handle))
        .layer(layer())
        .service(service_fn(inner));
    let server = Server::start(Router::new().route_service("/hook", service)).await;
    assert_eq!(answers(&server).await, [REQUESTS; 3]);
    assert_eq!(server.counts.ended(), 3 * REQUESTS);
}

/// Not ready before its gate is open; called without having said that it is ready, it panics.
struct Gated {
    gate: Arc<Gate>,
    is_ready: bool,
}

#[derive(Default)]
struct Gate {
    is_open: AtomicBool,
    asked: AtomicUsize,
    calls: AtomicUsize,
    wakers: std::sync::Mutex<Vec<Arc<AtomicWaker>>>,
}

impl Gate {
    fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
        for waker in self.wakers.lock().unwrap().drain(..) {
            waker.wake();
        }
    }
}

/// A clone of what is ready is not ready.
impl Clone for Gated {
    fn clone(&self) -> Self {
        Self {
            gate: self.gate.clone(),
            is_ready: false,
        }
    }
}

impl Service<Request> for Gated {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.gate.is_open.load(Ordering::SeqCst) {
            self.is_ready = true;
            return Poll::Ready(Ok(()));
        }
        let waker = Arc::new(AtomicWaker::new());
        waker.register(context.waker());
        self.gate.wakers.lock().unwrap().push(waker);
        self.gate.asked.fetch_add(1, Ordering::SeqCst);
        Poll::Pending
    }

    fn call(&mut self, _: Request) -> Self::Future {
        assert!(
            std::mem::take(&mut self.is_ready),
            "called without readiness"
        );
        self.gate.calls.fetch_add(1, Ordering::SeqCst);
        ready(Ok(Response::new(Body::empty())))
    }
}

#[tokio::test]
async fn requests_wait_for_a_service_that_is_not_ready_and_none_is_lost() {
    let gate = Arc::new(Gate::default());
    let service = ServiceBuilder::new().layer(layer()).service(Gated {
        gate: gate.clone(),
        is_ready: false,
    });
    let server = Server::start(Router::new().route_service("/hook", service)).await;
    let waiting = tokio::spawn(async move { (answers(&server).await, server) });
    until(|| gate.asked.load(Ordering::SeqCst) >= 3 * REQUESTS).await;
    assert_eq!(gate.calls.load(Ordering::SeqCst), 0);
    gate.open();
    let (answers, server) = waiting.await.unwrap();
    assert_eq!(answers, [0, 2 * REQUESTS, REQUESTS]);
    assert_eq!(gate.calls.load(Ordering::SeqCst), 2 * REQUESTS);
    assert_eq!(server.counts.ended(), 3 * REQUESTS);
}
