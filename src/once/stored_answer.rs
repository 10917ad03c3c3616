use std::sync::Arc;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::responses;

/// The longest body that is kept: SignalWire reads no answer that is longer.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

/// The most bytes that the names and values of the headers kept may have.
pub(super) const HEADERS_LIMIT: usize = 16 * 1024;

/// The answer of a handler, as far as it can be given again.
///
/// The status, the headers without those of one connection or one client (hop-by-hop, `Date`,
/// `Set-Cookie`, `Content-Length`), and the body. There is no body where there was none to keep: it
/// was longer than 64 KiB, the headers were longer than 16 KiB, or the layer
/// [refuses duplicates](super::DeliverOnceLayer::refuse_duplicates).
///
/// A clone shares what it was cloned from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer(Arc<Kept>);

#[derive(Debug, PartialEq, Eq)]
struct Kept {
    status: StatusCode,
    /// A map of one header takes ten times the memory.
    headers: Box<[(HeaderName, HeaderValue)]>,
    body: Option<Bytes>,
}

impl StoredAnswer {
    /// Keeps what can be given again of an answer with this body.
    #[must_use]
    pub fn new(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Self {
        let answer = Self::of_parts(status, repeatable(headers), Some(body));
        if answer.body_length() > BODY_LIMIT || answer.headers_length() > HEADERS_LIMIT {
            return Self::without_body(status);
        }
        answer
    }

    /// Keeps that a delivery was answered, but not with what.
    #[must_use]
    pub fn without_body(status: StatusCode) -> Self {
        Self::of_parts(status, Box::default(), None)
    }

    pub(super) fn of_parts(
        status: StatusCode,
        headers: Box<[(HeaderName, HeaderValue)]>,
        body: Option<Bytes>,
    ) -> Self {
        Self(Arc::new(Kept {
            status,
            headers,
            body,
        }))
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The headers that were kept. A name may be there several times.
    #[must_use]
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0.headers
    }

    /// The body; `None` where it was not kept.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// The answer again; 409 where it was not kept.
    pub(super) fn respond(&self) -> Response {
        let Some(body) = self.body() else {
            return responses::not_repeated().into_response();
        };
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = self.status();
        for (name, value) in self.headers() {
            response.headers_mut().append(name, value.clone());
        }
        response
    }

    pub(super) fn headers_length(&self) -> usize {
        self.headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum()
    }

    pub(super) fn body_length(&self) -> usize {
        self.body().map_or(0, Bytes::len)
    }
}

/// Without what belongs to one connection (RFC 9110, 7.6.1), to one moment or to one client. The
/// length is left to the server, which knows whether it sends the body at all.
fn repeatable(headers: &HeaderMap) -> Box<[(HeaderName, HeaderValue)]> {
    const NOT_REPEATED: [HeaderName; 10] = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::DATE,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::SET_COOKIE,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    let named_by_connection: Vec<&str> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let is_repeated = |name: &HeaderName| {
        !NOT_REPEATED.contains(name)
            && !matches!(
                name.as_str(),
                "keep-alive" | "proxy-connection" | "set-cookie2"
            )
            && !named_by_connection
                .iter()
                .any(|named| named.eq_ignore_ascii_case(name.as_str()))
    };
    headers
        .iter()
        .filter(|(name, _)| is_repeated(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
