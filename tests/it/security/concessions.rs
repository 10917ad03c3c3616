//! What the settings that make life easier give up, so that nobody takes them for harmless.

use std::{
    convert::Infallible,
    future, io,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{StatusCode, request::Parts},
    routing::post,
};
use futures_util::stream;
use http_body::Frame;
use signalwire_webhook::{
    ConfigError, KeySource, RejectionReason, SignalWireWebhookLayer, SigningKeys, webhook,
};
use tokio::time::{sleep, timeout};
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer};
use tower_http::timeout::TimeoutLayer;

use crate::support::{Echo, WebhookRequest, key, send, signed::SIGNATURE};

const URL: &str = "https://hooks.example.com/sms";
pub(super) const LIMIT: usize = 1000;

pub(super) fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key()).body_limit(LIMIT)
}

pub(super) fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567")])
}

/// The headers alone decide on these.
pub(super) fn without_a_usable_signature() -> [Request; 2] {
    let malformed = sms().header(SIGNATURE, "made up");
    [sms().unsigned(), malformed.unsigned()]
}

pub(super) fn forged() -> Request {
    sms().tampered().signed_by(&key())
}

/// A body without end, which counts the bytes that were taken of it.
struct Endless(Arc<AtomicUsize>);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = Bytes::from_static(&[b'x'; 100]);
        self.0.fetch_add(chunk.len(), Relaxed);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }
}

pub(super) async fn bytes_read_before_the_refusal(
    layer: SignalWireWebhookLayer,
    request: Request,
) -> usize {
    let read = Arc::new(AtomicUsize::new(0));
    let request = request.map(|_| Body::new(Endless(read.clone())));
    let echo = Echo::default();
    let answer = send(&echo.router().layer(layer), request).await;
    assert_ne!(answer.status, StatusCode::OK);
    assert!(echo.calls().is_empty());
    read.load(Relaxed)
}

#[tokio::test]
async fn a_reporting_layer_reads_a_body_without_a_usable_signature_up_to_the_limit() {
    for request in without_a_usable_signature() {
        assert_eq!(bytes_read_before_the_refusal(layer(), request).await, 0);
    }
    for request in without_a_usable_signature() {
        let read = bytes_read_before_the_refusal(layer().report_only(), request).await;
        assert!(LIMIT < read && read <= LIMIT + 100, "{read}");
    }
}

/// Whoever writes 40 digits of hex into a header has his body read: a larger limit is his, too.
#[tokio::test]
async fn any_layer_reads_a_body_with_a_made_up_signature_up_to_the_limit() {
    for limit in [LIMIT, 10 * LIMIT] {
        let layer = SignalWireWebhookLayer::new(key()).body_limit(limit);
        let made_up = sms().header(SIGNATURE, "0".repeat(40));
        let read = bytes_read_before_the_refusal(layer, made_up.unsigned()).await;
        assert!(limit < read && read <= limit + 100, "{read}");
    }
}

#[tokio::test]
async fn a_reporting_layer_without_a_key_lets_nothing_pass() {
    if std::env::var_os("SIGNALWIRE_SIGNING_KEY").is_some() {
        println!("skipped: SIGNALWIRE_SIGNING_KEY is set");
        return;
    }
    let echo = Echo::default();
    let app = echo.router().layer(webhook().report_only());
    let answer = send(&app, sms().signed_by(&key())).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.reason, Some(RejectionReason::NoSigningKey));
    assert!(echo.calls().is_empty());
}

/// A source of keys that counts how often it is asked.
fn counted(asked: &Arc<AtomicUsize>) -> KeySource {
    let asked = asked.clone();
    KeySource::provider(move |_: &Parts, _: &Bytes| {
        asked.fetch_add(1, Relaxed);
        async { Ok::<_, ConfigError>(Some(key().into())) }
    })
}

pub(super) async fn look_ups_for(
    request: Request,
    configure: impl Fn(SignalWireWebhookLayer) -> SignalWireWebhookLayer,
) -> usize {
    let asked = Arc::new(AtomicUsize::new(0));
    let layer = configure(SignalWireWebhookLayer::new(counted(&asked)));
    send(&Echo::default().router().layer(layer), request).await;
    asked.load(Relaxed)
}

#[tokio::test]
async fn a_reporting_layer_asks_for_no_keys_that_it_would_not_have_asked_for() {
    for request in without_a_usable_signature() {
        let reporting = SignalWireWebhookLayer::report_only;
        assert_eq!(look_ups_for(request, reporting).await, 0);
    }
    assert_eq!(look_ups_for(forged(), |layer| layer).await, 1);
}

/// tower has a permit taken when it asks whether a service is ready, which is before the layer reads a request.
#[tokio::test(start_paused = true)]
async fn a_limit_of_concurrency_counts_bodies_that_are_not_verified_unless_it_is_added_apart() {
    let limit = || GlobalConcurrencyLimitLayer::new(1);
    let routes = || Router::new().route("/sms", post(async || ()));
    let together = ServiceBuilder::new().layer(layer()).layer(limit());
    for (app, must_wait) in [
        (routes().layer(together), true),
        (routes().layer(limit()).layer(layer()), false),
    ] {
        let slow = forged().map(|_| Body::from_stream(stream::pending::<io::Result<Bytes>>()));
        let mut slow = pin!(send(&app, slow));
        assert!(timeout(Duration::from_millis(1), &mut slow).await.is_err());
        let genuine = sms().signed_by(&key());
        let answered = timeout(Duration::from_secs(1), send(&app, genuine)).await;
        assert_eq!(answered.is_err(), must_wait);
    }
}

fn never() -> KeySource {
    KeySource::provider(|_: &Parts, _: &Bytes| {
        future::pending::<Result<Option<SigningKeys>, ConfigError>>()
    })
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_hangs_holds_its_request_until_a_timeout_around_it_or_outside() {
    const DAY: Duration = Duration::from_secs(86_400);
    let app = |layer: SignalWireWebhookLayer| -> Router { Echo::default().router().layer(layer) };
    let request = || sms().signed_by(&key());

    let alone = app(SignalWireWebhookLayer::new(never()));
    assert!(timeout(DAY, send(&alone, request())).await.is_err());

    let five_seconds =
        TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5));
    let outside = app(SignalWireWebhookLayer::new(never())).layer(five_seconds);
    let answer = send(&outside, request()).await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);

    let around = KeySource::provider(|_: &Parts, _: &Bytes| async {
        let look_up = sleep(DAY);
        timeout(Duration::from_secs(5), look_up).await?;
        Ok::<_, tokio::time::error::Elapsed>(Some(key().into()))
    });
    let answer = send(&app(SignalWireWebhookLayer::new(around)), request()).await;
    assert_eq!(answer.reason, Some(RejectionReason::KeyLookupFailed));
}
