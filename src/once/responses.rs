//! What a copy is answered with where it gets no answer of the handler.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body::Body as _;

type Refusal = (StatusCode, [(HeaderName, &'static str); 1], &'static str);

/// SignalWire gives up on an answer after 5 seconds, so that no retry comes before.
const RETRY_AFTER: [(HeaderName, &str); 1] = [(header::RETRY_AFTER, "5")];

/// The first copy is being handled, or its handler failed.
pub(super) fn try_again() -> Refusal {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        RETRY_AFTER,
        "This delivery is not handled yet, try again later.",
    )
}

/// Under `refuse_when_unavailable`.
pub(super) fn unavailable() -> Refusal {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        RETRY_AFTER,
        "Whether this delivery was handled cannot be told, try again later.",
    )
}

/// Under `refuse_duplicates`, and where the answer was too long to be kept.
pub(super) fn not_repeated() -> (StatusCode, &'static str) {
    (
        StatusCode::CONFLICT,
        "This delivery was handled, and its answer is not repeated.",
    )
}

pub(super) fn unreadable() -> (StatusCode, &'static str) {
    (StatusCode::BAD_REQUEST, "Request body could not be read.")
}

/// The answer to a HEAD, which is handled as a GET: not every server leaves the body out by itself.
pub(super) fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        let length = HeaderValue::from(length);
        parts
            .headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length);
    }
    Response::from_parts(parts, Body::empty())
}
