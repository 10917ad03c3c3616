//! What several tests need: an inner service that remembers its calls, and the log as text.
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Response, StatusCode},
};
use http_body_util::BodyExt as _;
use signalwire_webhook::{Rejection, RejectionReason, SigningKey, VerifiedWebhook};
use tower::ServiceExt as _;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

pub const KEY: &str = "PSKtest1234567890abcdef";
pub const REFUSED: &str = "SignalWire Request Validation Failed.";

pub fn key() -> SigningKey {
    SigningKey::new(KEY).unwrap()
}

/// A router that answers every request with its body, and remembers what it was called with.
#[derive(Clone, Default)]
pub struct Echo(Arc<Mutex<Vec<Call>>>);

#[derive(Clone, Debug)]
pub struct Call {
    pub body: Bytes,
    pub verified: Option<VerifiedWebhook>,
    pub rejection: Option<Rejection>,
}

impl Echo {
    pub fn router(&self) -> Router {
        Router::new().fallback(echo).with_state(self.clone())
    }

    pub fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }
}

async fn echo(State(echo): State<Echo>, request: Request) -> Result<Bytes, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map_err(|_| StatusCode::BAD_REQUEST)?
        .to_bytes();
    echo.0.lock().unwrap().push(Call {
        body: body.clone(),
        verified: parts.extensions.get().cloned(),
        rejection: parts.extensions.get().cloned(),
    });
    Ok(body)
}

/// What a client sees, and what an outer layer sees besides.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: Option<String>,
    pub body: Bytes,
    pub reason: Option<RejectionReason>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn assert_refused(&self, reason: RejectionReason) {
        assert_eq!(
            (self.status, self.reason),
            (StatusCode::FORBIDDEN, Some(reason))
        );
        assert_eq!(self.text(), REFUSED);
    }

    #[track_caller]
    pub fn assert_passed(&self) {
        assert_eq!((self.status, self.reason), (StatusCode::OK, None));
    }
}

pub async fn send(app: &Router, request: Request) -> Answer {
    answer(app.clone().oneshot(request).await.unwrap()).await
}

pub async fn answer(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        content_type: parts
            .headers
            .get("content-type")
            .map(|value| value.to_str().unwrap().to_owned()),
        body: body.collect().await.unwrap().to_bytes(),
        reason: parts.extensions.get().map(Rejection::reason),
    }
}

/// Everything that this thread logs, at TRACE, for as long as it lives.
pub struct Log {
    text: Buffer,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn capture() -> Self {
        let text = Buffer::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_writer(text.clone())
            .finish();
        Self {
            text,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.text.0.lock().unwrap().clone()).unwrap()
    }

    /// The events of this crate, a line each.
    pub fn events(&self) -> Vec<String> {
        self.text()
            .lines()
            .filter(|line| line.contains("signalwire_webhook: "))
            .map(|line| line.trim().to_owned())
            .collect()
    }
}

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Buffer {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
