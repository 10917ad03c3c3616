//! A request as it arrives, signed for whichever URL.

use axum::{
    body::Body,
    http::{HeaderValue, Request, request::Parts},
};

use crate::support::{
    key,
    signed::{FORM, SIGNATURE, sign_url},
};

/// A request as the server sees it: what proxies and clients have made of the URL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    /// The path and query, or in the manner of HTTP/2 the whole URL.
    pub(crate) target: &'a str,
    /// Each as `name: value`.
    pub(crate) headers: &'a [&'a str],
}

/// What SignalWire sends, each kind signed in its own way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sent {
    Get,
    Form,
    Json,
}

impl Sent {
    pub(crate) const ALL: [Self; 3] = [Self::Get, Self::Form, Self::Json];
}

impl Arrival<'_> {
    pub(crate) fn parts(&self) -> Parts {
        self.request("GET", Body::empty()).into_parts().0
    }

    /// The request with the signature that SignalWire makes where `url` is configured.
    pub(crate) fn signed_for(&self, url: &str, sent: Sent) -> Request<Body> {
        let (method, content_type, body, signature) = match sent {
            Sent::Get => ("GET", None, "", sign_url(&key(), url)),
            Sent::Form => (
                "POST",
                Some(FORM),
                "From=%2B15551234567&Body=a+b",
                key().sign_form(url, [("From", "+15551234567"), ("Body", "a b")]),
            ),
            Sent::Json => (
                "POST",
                Some("application/json"),
                "{}",
                key().sign_body_sha1(url, b"{}"),
            ),
        };
        let mut request = self.request(method, Body::from(body));
        let headers = request.headers_mut();
        headers.insert(SIGNATURE, header(&signature));
        if let Some(content_type) = content_type {
            headers.insert("content-type", header(content_type));
        }
        request
    }

    fn request(&self, method: &str, body: Body) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(self.target);
        for line in self.headers {
            let (name, value) = line.split_once(": ").expect("a name and a value");
            request = request.header(name, header(value));
        }
        request
            .body(body)
            .unwrap_or_else(|error| panic!("{self:?} is not a request: {error}"))
    }
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).expect("the text can stand in a header")
}
