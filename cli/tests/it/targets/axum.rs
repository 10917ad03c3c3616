//! A program in axum, with the layer, which answers with what it got.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    BoxError, Router,
    body::{Body, Bytes},
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame};
use serde_json::json;
use signalwire_webhook::SignalWireWebhookLayer;
use tokio::{net::TcpListener, runtime::Runtime, time::sleep};

use super::Target;
use crate::support::key;

/// It stops when this is dropped.
struct Axum {
    _runtime: Runtime,
    url: String,
}

pub(super) fn start() -> impl Target {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let layered = app().layer(SignalWireWebhookLayer::new(key()));
    runtime.spawn(axum::serve(listener, layered).into_future());
    Axum {
        _runtime: runtime,
        url,
    }
}

impl Target for Axum {
    fn url(&self) -> &str {
        &self.url
    }
}

fn app() -> Router {
    Router::new()
        .route("/fails", post(async || StatusCode::INTERNAL_SERVER_ERROR))
        .route("/hangs-up", post(async || broken_off(Broken::AtOnce)))
        .route("/breaks-off", post(async || broken_off(Broken::AfterHalf)))
        .route("/slow", post(answer_slowly))
        .fallback(answer)
}

async fn answer_slowly(request: Request) -> Response {
    sleep(Duration::from_millis(300)).await;
    answer(request).await
}

async fn answer(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    // Every byte is a character of Latin-1, as Node and Python have it.
    let text = |value: &[u8]| value.iter().copied().map(char::from).collect::<String>();
    let headers: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), text(value.as_bytes())))
        .collect();
    let got =
        json!({ "url": parts.uri.to_string(), "headers": headers, "body": hex::encode(body) });
    ([("X-Answer", "kept")], got.to_string()).into_response()
}

fn broken_off(body: Broken) -> Response {
    ([("Content-Length", "100")], Body::new(body)).into_response()
}

/// A body that ends with an error.
#[derive(Clone, Copy)]
enum Broken {
    AtOnce,
    AfterHalf,
    Sending,
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match *self {
            Self::AfterHalf => {
                *self = Self::Sending;
                Poll::Ready(Some(Ok(Frame::data(Bytes::from("half")))))
            }
            // What was answered until now is sent while there is nothing more.
            Self::Sending => {
                *self = Self::AtOnce;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::AtOnce => Poll::Ready(Some(Err("it breaks off".into()))),
        }
    }
}
