//! What the settings that make life easier give up, so that nobody takes them for harmless.

mod support;

use std::{
    convert::Infallible,
    future,
    pin::Pin,
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
};
use http_body::Frame;
use signalwire_webhook::{
    ConfigError, KeySource, Rejection, RejectionReason, SignalWireWebhookLayer, SigningKeys,
    explain::MAX_COMPUTATIONS, testing::WebhookRequest, webhook,
};
use support::{Echo, key, send};
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutLayer;

const URL: &str = "https://hooks.example.com/sms";
const LIMIT: usize = 1000;

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key()).body_limit(LIMIT)
}

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567")])
}

/// The headers alone decide on these.
fn without_a_usable_signature() -> [Request; 2] {
    let malformed = sms().header("x-signalwire-signature", "made up");
    [sms().unsigned(), malformed.unsigned()]
}

fn forged() -> Request {
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

async fn bytes_read_before_the_refusal(layer: SignalWireWebhookLayer, request: Request) -> usize {
    let read = Arc::new(AtomicUsize::new(0));
    let request = request.map(|_| Body::new(Endless(read.clone())));
    let echo = Echo::default();
    let answer = send(&echo.router().layer(layer), request).await;
    assert_ne!(answer.status, StatusCode::OK);
    assert!(echo.calls().is_empty());
    read.load(Relaxed)
}

#[tokio::test]
async fn an_explaining_or_reporting_layer_reads_a_body_without_a_usable_signature_up_to_the_limit()
{
    for request in without_a_usable_signature() {
        assert_eq!(bytes_read_before_the_refusal(layer(), request).await, 0);
    }
    for reading in [layer().explain_rejections(), layer().report_only()] {
        for request in without_a_usable_signature() {
            let read = bytes_read_before_the_refusal(reading.clone(), request).await;
            assert!(LIMIT < read && read <= LIMIT + 100, "{read}");
        }
    }
}

#[tokio::test]
async fn an_explaining_layer_names_the_signature_where_the_body_is_too_large_as_well() {
    let reasons = [
        RejectionReason::MissingSignature,
        RejectionReason::MalformedSignature,
    ];
    for (request, reason) in without_a_usable_signature().into_iter().zip(reasons) {
        let app = Echo::default().router().layer(layer().explain_rejections());
        let too_large = request.map(|_| Body::from(vec![b'x'; LIMIT + 1]));
        send(&app, too_large).await.assert_refused(reason);
    }
}

/// Whoever writes 40 digits of hex into a header has his body read: a larger limit is his, too.
#[tokio::test]
async fn any_layer_reads_a_body_with_a_made_up_signature_up_to_the_limit() {
    for limit in [LIMIT, 10 * LIMIT] {
        let layer = SignalWireWebhookLayer::new(key()).body_limit(limit);
        let made_up = sms().header("x-signalwire-signature", "0".repeat(40));
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
        async { Ok::<_, ConfigError>(SigningKeys::from(key())) }
    })
}

async fn look_ups_for(request: Request, explains: bool) -> usize {
    let asked = Arc::new(AtomicUsize::new(0));
    let layer = SignalWireWebhookLayer::new(counted(&asked));
    let layer = if explains {
        layer.explain_rejections()
    } else {
        layer
    };
    let answer = send(&Echo::default().router().layer(layer), request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    asked.load(Relaxed)
}

#[tokio::test]
async fn an_explaining_layer_asks_for_the_keys_where_it_would_not_have_asked() {
    assert_eq!(look_ups_for(forged(), false).await, 1);
    assert_eq!(look_ups_for(forged(), true).await, 1);
    for request in without_a_usable_signature() {
        assert_eq!(look_ups_for(request, true).await, 1);
    }
    for request in without_a_usable_signature() {
        assert_eq!(look_ups_for(request, false).await, 0);
    }
}

async fn hmacs_to_explain(request: Request) -> usize {
    let layer = SignalWireWebhookLayer::new(key()).explain_rejections();
    let app = Echo::default().router().layer(layer);
    let response = app.oneshot(request).await.unwrap();
    let rejection = response.extensions().get::<Rejection>().unwrap();
    rejection.explanation().unwrap().computations()
}

#[tokio::test]
async fn an_explaining_layer_spends_up_to_4_096_hmacs_on_a_forged_request() {
    assert_eq!(MAX_COMPUTATIONS, 4_096);
    let ordinary = hmacs_to_explain(forged()).await;
    assert!((17..=MAX_COMPUTATIONS).contains(&ordinary), "{ordinary}");

    let names_everything = || {
        sms()
            .header("forwarded", "host=a.example, host=b.example")
            .header("x-forwarded-host", "c.example:81, d.example:82")
            .header("x-forwarded-port", "83, 84")
            .header("x-forwarded-prefix", "/a/b")
            .header("x-original-uri", "/c//d/?e=%20&f=+")
            .header("authorization", "Basic dXNlcjpwYXNzd29yZA==")
    };
    let most = hmacs_to_explain(names_everything().tampered().signed_by(&key())).await;
    assert_eq!(most, MAX_COMPUTATIONS);

    let long = WebhookRequest::raw(URL, "text/plain", vec![b'x'; 1024 * 1024 - 1]);
    let for_a_long_body = hmacs_to_explain(long.tampered().signed_by(&key())).await;
    assert!(for_a_long_body < most / 2, "{for_a_long_body}");
}

#[tokio::test]
async fn a_layer_that_is_not_to_explain_spends_nothing_on_it() {
    let app = Echo::default().router().layer(layer());
    let response = app.oneshot(forged()).await.unwrap();
    let rejection = response.extensions().get::<Rejection>().unwrap();
    assert!(rejection.explanation().is_none());
}

fn never() -> KeySource {
    KeySource::provider(|_: &Parts, _: &Bytes| {
        future::pending::<Result<SigningKeys, ConfigError>>()
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
        Ok::<_, tokio::time::error::Elapsed>(SigningKeys::from(key()))
    });
    let answer = send(&app(SignalWireWebhookLayer::new(around)), request()).await;
    assert_eq!(answer.reason, Some(RejectionReason::KeyLookupFailed));
}
