//! Answers that come bit by bit.

use std::time::Duration;

use axum::{
    body::{Body, HttpBody as _},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use signalwire_webhook::DeliverOnceLayer;
use tokio::{sync::mpsc, time::sleep};

use super::support::{Runs, answering, app, delivered, read, respond, send};

const KIB: usize = 1024;

type Piece = Result<Frame<Bytes>, std::io::Error>;

/// A body that has what is sent to it.
fn fed() -> (mpsc::UnboundedSender<Piece>, Body) {
    let (pieces, received) = mpsc::unbounded_channel();
    let stream = stream::unfold(received, async |mut received| {
        received.recv().await.map(|piece| (piece, received))
    });
    (pieces, Body::new(StreamBody::new(stream)))
}

/// A handler that answers with this body, and after it with the number of its run.
fn app_with(body: Body, runs: &Runs) -> axum::Router {
    let body = std::sync::Arc::new(std::sync::Mutex::new(Some(body)));
    let handler = answering(runs, move |run| {
        let first = body.lock().unwrap().take();
        Response::new(first.unwrap_or_else(|| format!("run {run}").into()))
    });
    app(DeliverOnceLayer::in_memory(), handler)
}

#[expect(clippy::unnecessary_wraps, reason = "as a piece is")]
fn data(bytes: impl Into<Bytes>) -> Piece {
    Ok(Frame::data(bytes.into()))
}

#[tokio::test]
async fn a_streamed_answer_passes_as_it_comes_and_is_repeated_whole() {
    let (pieces, body) = fed();
    let runs = Runs::default();
    let app = app_with(body, &runs);
    let mut first = respond(&app, delivered()).await.into_body();
    for piece in ["<Resp", "onse", "/>"] {
        pieces.send(data(piece)).unwrap();
        let frame = first.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), piece);
    }
    let copy = tokio::spawn({
        let app = app.clone();
        async move { send(&app, delivered()).await }
    });
    drop(pieces);
    assert!(first.frame().await.is_none());
    copy.await.unwrap().assert_is(200, "<Response/>");
    send(&app, delivered()).await.assert_is(200, "<Response/>");
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn it_is_kept_though_its_client_leaves() {
    let (pieces, body) = fed();
    let runs = Runs::default();
    let app = app_with(body, &runs);
    let first = respond(&app, delivered()).await;
    pieces.send(data("<Response")).unwrap();
    drop(first);
    pieces.send(data("/>")).unwrap();
    drop(pieces);
    send(&app, delivered()).await.assert_is(200, "<Response/>");
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn a_longer_one_passes_whole_and_its_copies_get_409() {
    let (pieces, body) = fed();
    let runs = Runs::default();
    let app = app_with(body, &runs);
    let first = respond(&app, delivered()).await;
    for _ in 0..65 {
        pieces.send(data(vec![b'x'; KIB])).unwrap();
    }
    // The rest is not waited for.
    assert_eq!(send(&app, delivered()).await.status.as_u16(), 409);
    pieces.send(data("rest")).unwrap();
    drop(pieces);
    let first = read(first).await;
    assert_eq!(first.body.len(), 65 * KIB + 4);
    assert!(first.body.ends_with(b"xrest"));
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn one_that_breaks_off_is_no_answer() {
    let (pieces, body) = fed();
    let runs = Runs::default();
    let app = app_with(body, &runs);
    let first = respond(&app, delivered()).await;
    pieces.send(data("<Resp")).unwrap();
    pieces
        .send(Err(std::io::Error::other("the disk failed")))
        .unwrap();
    let error = first.into_body().collect().await.unwrap_err();
    assert!(error.to_string().contains("the disk failed"), "{error}");
    while send(&app, delivered()).await.status.as_u16() == 503 {
        sleep(Duration::from_millis(1)).await;
    }
    send(&app, delivered()).await.assert_is(200, "run 2");
}

#[tokio::test]
async fn one_that_panics_breaks_off_and_is_no_answer() {
    let stream = stream::iter(["<Resp", ""]).map_panicking();
    let runs = Runs::default();
    let app = app_with(Body::from_stream(stream), &runs);
    let first = respond(&app, delivered()).await;
    let error = first.into_body().collect().await.unwrap_err();
    assert!(error.to_string().contains("broke off"), "{error}");
    send(&app, delivered()).await.assert_is(200, "run 2");
}

trait MapPanicking {
    /// Waits once, so that the beginning is sent, and panics at an empty piece.
    fn map_panicking(
        self,
    ) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send;
}

impl<S: futures_util::Stream<Item = &'static str> + Send + 'static> MapPanicking for S {
    fn map_panicking(
        self,
    ) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send {
        use futures_util::StreamExt as _;
        self.then(async |piece| {
            tokio::task::yield_now().await;
            assert!(!piece.is_empty(), "the body panics");
            Ok(Bytes::from(piece))
        })
    }
}

#[tokio::test]
async fn trailers_reach_the_first_client_and_no_other() {
    let (pieces, body) = fed();
    let app = app_with(body, &Runs::default());
    let trailers: axum::http::HeaderMap = [("x-sum".parse().unwrap(), "1".parse().unwrap())]
        .into_iter()
        .collect();
    pieces.send(data("hello")).unwrap();
    pieces.send(Ok(Frame::trailers(trailers.clone()))).unwrap();
    drop(pieces);
    let first = respond(&app, delivered())
        .await
        .into_body()
        .collect()
        .await
        .unwrap();
    assert_eq!(first.trailers(), Some(&trailers));
    let copy = respond(&app, delivered())
        .await
        .into_body()
        .collect()
        .await
        .unwrap();
    assert_eq!(copy.trailers(), None);
    assert_eq!(copy.to_bytes(), "hello");
}

#[tokio::test]
async fn a_length_that_is_known_before_stays_known() {
    /// Says how long it is, and waits before it comes.
    struct Slow(Option<Bytes>, bool);

    impl http_body::Body for Slow {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            if !std::mem::replace(&mut self.1, true) {
                context.waker().wake_by_ref();
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
        }

        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(self.0.as_ref().map_or(0, Bytes::len) as u64)
        }
    }

    let body = Body::new(Slow(Some("hello".into()), false));
    let app = app_with(body, &Runs::default());
    let mut first = respond(&app, delivered()).await.into_body();
    assert_eq!(first.size_hint().exact(), Some(5));
    first.frame().await.unwrap().unwrap();
    assert_eq!(first.size_hint().exact(), Some(0));
    assert!(first.frame().await.is_none());
    send(&app, delivered()).await.assert_is(200, "hello");
}
