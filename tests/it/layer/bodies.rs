//! The body arrives once, whole, byte for byte, within its limits.

use std::{
    convert::Infallible,
    error::Error as _,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use http_body::{Frame, SizeHint};
use signalwire_webhook::{Rejection, RejectionReason, SignalWireWebhookLayer};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::{Echo, WebhookRequest, key, send};

const URL: &str = "https://hooks.example.com/hook";
const LIMIT: usize = 1000;

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key()).body_limit(LIMIT)
}

/// Signs `body` and sends it as `chunks`.
fn signed(body: &[u8], chunks: Body) -> Request {
    WebhookRequest::raw(URL, "application/octet-stream", body)
        .signed_by(&key())
        .map(|_| chunks)
}

fn bytes(length: usize) -> Vec<u8> {
    (b'a'..=b'z').chain(0..=250).cycle().take(length).collect()
}

/// Chunks of these lengths in turn, the last one shorter.
fn chunked(body: &[u8], lengths: &[usize]) -> Body {
    let mut rest = Bytes::copy_from_slice(body);
    let mut chunks = Vec::new();
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        chunks.push(Ok::<_, Infallible>(rest.split_to(rest.len().min(*length))));
    }
    Body::from_stream(stream::iter(chunks))
}

#[tokio::test]
async fn bodies_up_to_the_limit_arrive_byte_for_byte_in_one_chunk_and_in_many() {
    for length in [0, 1, 2, LIMIT - 1, LIMIT] {
        let body = bytes(length);
        for chunks in [
            Body::from(body.clone()),
            chunked(&body, &[LIMIT]),
            chunked(&body, &[1]),
            chunked(&body, &[3, 0, 7]),
        ] {
            let echo = Echo::default();
            let answer = send(&echo.router().layer(layer()), signed(&body, chunks)).await;
            answer.assert_passed();
            assert_eq!(answer.body, body);
            assert_eq!(echo.calls().len(), 1);
        }
    }
}

#[tokio::test]
async fn one_byte_more_is_refused_however_it_comes() {
    let body = bytes(LIMIT + 1);
    for chunks in [
        Body::from(body.clone()),
        chunked(&body, &[LIMIT + 1]),
        chunked(&body, &[1]),
        chunked(&body, &[LIMIT]),
    ] {
        let echo = Echo::default();
        let answer = send(&echo.router().layer(layer()), signed(&body, chunks)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.reason, Some(RejectionReason::BodyTooLarge));
        assert!(echo.calls().is_empty());
    }
}

#[tokio::test]
async fn the_limit_is_a_mebibyte_unless_set() {
    let mebibyte = 1024 * 1024;
    let app = Echo::default()
        .router()
        .layer(SignalWireWebhookLayer::new(key()));
    let body = bytes(mebibyte);
    send(&app, signed(&body, Body::from(body.clone())))
        .await
        .assert_passed();
    let body = bytes(mebibyte + 1);
    let answer = send(&app, signed(&body, Body::from(body.clone()))).await;
    assert_eq!(answer.reason, Some(RejectionReason::BodyTooLarge));
}

#[tokio::test]
async fn a_limit_of_nothing_lets_an_empty_body_pass() {
    let app = Echo::default()
        .router()
        .layer(SignalWireWebhookLayer::new(key()).body_limit(0));
    send(&app, signed(b"", Body::empty())).await.assert_passed();
    let answer = send(&app, signed(b"a", Body::from("a"))).await;
    assert_eq!(answer.reason, Some(RejectionReason::BodyTooLarge));
}

/// Counts how often it is asked for a frame.
struct Watched {
    polls: Arc<AtomicUsize>,
    declared: Option<u64>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let polls = self.polls.fetch_add(1, Ordering::Relaxed);
        assert!(polls < LIMIT, "the body is read without end");
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 100])))))
    }

    fn size_hint(&self) -> SizeHint {
        self.declared
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

async fn polls_until_refused(request: WebhookRequest, declared: Option<u64>) -> usize {
    let polls = Arc::new(AtomicUsize::new(0));
    let body = Body::new(Watched {
        polls: polls.clone(),
        declared,
    });
    let request = request.signed_by(&key()).map(|_| body);
    let answer = send(&Echo::default().router().layer(layer()), request).await;
    assert_ne!(answer.status, StatusCode::OK);
    polls.load(Ordering::Relaxed)
}

fn endless() -> WebhookRequest {
    WebhookRequest::raw(URL, "application/json", "")
}

#[tokio::test]
async fn a_declared_length_over_the_limit_is_refused_unread() {
    assert_eq!(
        polls_until_refused(endless(), Some(LIMIT as u64 + 1)).await,
        0
    );
    for length in ["1001", "18446744073709551615"] {
        let declared = endless().header("content-length", length);
        assert_eq!(polls_until_refused(declared, None).await, 0);
    }
}

#[tokio::test]
async fn a_length_is_declared_by_a_body_of_any_type() {
    let polls = Arc::new(AtomicUsize::new(0));
    let too_long = Watched {
        polls: polls.clone(),
        declared: Some(LIMIT as u64 + 1),
    };
    let inner = service_fn(async |_: Request| Ok::<_, Infallible>(Response::new(Body::empty())));
    let request = endless().signed_by(&key()).map(|_| too_long);
    let response = layer().layer(inner).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(polls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_undeclared_length_is_refused_when_it_passes_the_limit() {
    assert_eq!(polls_until_refused(endless(), None).await, LIMIT / 100 + 1);
}

#[tokio::test]
async fn a_request_without_a_usable_signature_is_refused_unread() {
    for request in [
        endless().schemes([]),
        endless()
            .schemes([])
            .header("x-signalwire-signature", "nonsense"),
    ] {
        assert_eq!(polls_until_refused(request, None).await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_for_the_whole_body_and_not_for_each_chunk() {
    let body = bytes(30);
    let slow = |pause: u64| {
        let chunks = body.clone().into_iter().map(move |byte| async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            Ok::<_, Infallible>(Bytes::from(vec![byte]))
        });
        Body::from_stream(stream::iter(chunks).then(|chunk| chunk))
    };
    let app = Echo::default().router().layer(layer());
    send(&app, signed(&body, slow(300))).await.assert_passed();
    let answer = send(&app, signed(&body, slow(400))).await;
    assert_eq!(answer.reason, Some(RejectionReason::BodyTimeout));
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
}

/// Comes whole after this many turns of the task.
struct Late {
    turns: usize,
    content: Option<Bytes>,
}

impl http_body::Body for Late {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.turns > 0 {
            self.turns -= 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.content.take().map(|content| Ok(Frame::data(content))))
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_none()
    }
}

#[test]
fn a_body_that_is_there_at_the_next_turn_needs_no_timer() {
    let answer_without_timers = |turns| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let body = Body::new(Late {
            turns,
            content: Some(Bytes::from_static(b"{}")),
        });
        let app = Echo::default().router().layer(layer());
        runtime.block_on(send(&app, signed(b"{}", body)))
    };
    for turns in [0, 1] {
        answer_without_timers(turns).assert_passed();
    }
    assert!(std::panic::catch_unwind(|| answer_without_timers(2)).is_err());
}

/// For a runtime without a timer, where something else ends a connection that is too slow.
#[test]
fn a_layer_without_a_deadline_needs_no_timer() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = Body::new(Late {
        turns: 100,
        content: Some(Bytes::from_static(b"{}")),
    });
    let app = Echo::default().router().layer(layer().no_body_deadline());
    let answer = runtime.block_on(send(&app, signed(b"{}", body)));
    answer.assert_passed();
    assert_eq!(answer.body, "{}");
}

#[tokio::test(start_paused = true)]
async fn a_layer_without_a_deadline_waits_for_as_long_as_it_takes() {
    let day = Duration::from_secs(86_400);
    let slow = Body::from_stream(stream::once(async move {
        tokio::time::sleep(day).await;
        Ok::<_, Infallible>(Bytes::from_static(b"{}"))
    }));
    let app = Echo::default().router().layer(layer().no_body_deadline());
    send(&app, signed(b"{}", slow)).await.assert_passed();
}

async fn trailers_of(request: Request) -> String {
    let body = http_body_util::BodyExt::collect(request.into_body())
        .await
        .unwrap();
    format!("{:?}", body.trailers())
}

#[tokio::test]
async fn trailers_which_nothing_signs_do_not_reach_the_handler() {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-admin", "yes".parse().unwrap());
    let frames = [
        Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"{}"))),
        Ok(Frame::trailers(trailers)),
    ];
    let body = http_body_util::StreamBody::new(stream::iter(frames));
    let app = axum::Router::new().fallback(trailers_of).layer(layer());
    let answer = send(&app, signed(b"{}", Body::new(body))).await;
    assert_eq!(answer.text(), "None");
}

/// Breaks off at once.
struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}

#[tokio::test]
async fn the_error_of_a_body_of_any_type_is_the_rejections_source() {
    let inner = || service_fn(async |_: Request| Ok::<_, Infallible>(Response::new(Body::empty())));
    let request = || endless().signed_by(&key());
    let service = layer().layer(inner());
    for response in [
        service.clone().oneshot(request().map(|_| Broken)).await,
        service.oneshot(request().map(|_| Body::new(Broken))).await,
    ] {
        let response = response.unwrap();
        let rejection = response.extensions().get::<Rejection>().unwrap();
        assert_eq!(rejection.reason(), RejectionReason::BodyUnreadable);
        let source = rejection.source().unwrap();
        assert!(source.is::<std::io::Error>(), "{source:?}");
    }
}
