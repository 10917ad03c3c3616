use axum::{
    body::{Body, to_bytes},
    extract::OriginalUri,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{Request, uri::Authority};

use super::responses;
use crate::DeliveryId;

/// A request as it was received, with all that its signature says nothing about.
pub(super) struct Received {
    head: Vec<u8>,
    body: Bytes,
}

/// Room for the head of most requests.
const HEAD_CAPACITY: usize = 1024;

impl Received {
    /// Leaves the request as it was.
    pub(super) async fn of(request: &mut Request<Body>) -> Result<Self, Response> {
        let body = whole_body(request).await?;
        let mut head = Vec::with_capacity(HEAD_CAPACITY);
        // No part can have a line's end in it.
        let mut add = |parts: [&[u8]; 3]| {
            for part in parts {
                head.extend_from_slice(part);
            }
            head.push(b'\n');
        };
        // Below a nested router the other has lost the beginning of its path.
        let original = request.extensions().get::<OriginalUri>();
        let uri = original.map_or(request.uri(), |OriginalUri(uri)| uri);
        let authority = uri.authority().map_or("", Authority::as_str);
        let method = request.method().as_str();
        add([method.as_bytes(), b" ", authority.as_bytes()]);
        let query = uri.query().unwrap_or_default();
        add([uri.path().as_bytes(), b"?", query.as_bytes()]);
        for (name, value) in request.headers() {
            add([name.as_str().as_bytes(), b":", value.as_bytes()]);
        }
        Ok(Self { head, body })
    }

    /// The same for requests that were received equally.
    pub(super) fn id(&self) -> DeliveryId {
        DeliveryId::of([&*self.head, b"\n", &*self.body].concat())
    }
}

/// Leaves the request as it was, its body read: the webhook layer had it whole, and within its limit.
pub(super) async fn whole_body(request: &mut Request<Body>) -> Result<Bytes, Response> {
    let body = std::mem::take(request.body_mut());
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Err(responses::unreadable().into_response());
    };
    *request.body_mut() = Body::from(body.clone());
    Ok(body)
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;

    #[tokio::test]
    async fn whatever_differs_makes_another_id() {
        let id_of = async |method: &str, uri: &str, header: (&str, &str), body: &'static str| {
            let request = Request::builder().method(method).uri(uri);
            let request = request.header(header.0, header.1);
            let mut request = request.body(Body::from(body)).unwrap();
            let received = Received::of(&mut request).await.unwrap();
            assert_eq!(whole_body(&mut request).await.unwrap(), body);
            received.id()
        };
        let id = id_of("POST", "/a", ("accept", "b"), "c").await;
        assert_eq!(id_of("POST", "/a", ("accept", "b"), "c").await, id);
        for (method, uri, header, body) in [
            ("PUT", "/a", ("accept", "b"), "c"),
            ("POST", "/a?b", ("accept", "b"), "c"),
            ("POST", "http://h.example/a", ("accept", "b"), "c"),
            ("POST", "/a", ("range", "b"), "c"),
            ("POST", "/a", ("accept", ""), "c"),
            ("POST", "/a", ("accept", "b"), ""),
        ] {
            assert_ne!(id_of(method, uri, header, body).await, id);
        }
    }

    #[tokio::test]
    async fn a_route_of_another_nested_router_makes_another_id() {
        let id_of = async |original: &'static str| {
            let original = OriginalUri(Uri::from_static(original));
            let request = Request::post("/sms").extension(original);
            let mut request = request.body(Body::empty()).unwrap();
            Received::of(&mut request).await.unwrap().id()
        };
        assert_ne!(id_of("/a/sms").await, id_of("/b/sms").await);
    }
}
