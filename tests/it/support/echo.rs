//! An inner service that remembers its calls, and what its callers see.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Response, StatusCode},
};
use http_body_util::BodyExt as _;
use signalwire_webhook::{Rejection, RejectionReason, VerifiedWebhook};
use tower::ServiceExt as _;

use super::REFUSED;

/// A router that answers every request with its body, and remembers what it was called with.
#[derive(Clone, Default)]
pub struct Echo(Arc<Mutex<Vec<Call>>>);

#[derive(Clone, Debug)]
pub struct Call {
    pub body: Bytes,
    pub verified: Option<VerifiedWebhook>,
    pub rejection: Option<Rejection>,
    #[cfg(feature = "explain")]
    pub explanation: Option<signalwire_webhook::explain::Explanation>,
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
        #[cfg(feature = "explain")]
        explanation: parts.extensions.get().cloned(),
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
