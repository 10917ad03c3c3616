use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderValue, Request, StatusCode, request::Parts},
};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, SigningKey, VerifiedWebhook};
use tower::ServiceExt as _;

pub(crate) fn key() -> SigningKey {
    SigningKey::new("PSKtest").expect("a key that is not empty")
}

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
            Sent::Get => ("GET", None, "", key().sign_form(url, [("", ""); 0])),
            Sent::Form => (
                "POST",
                Some("application/x-www-form-urlencoded"),
                "From=%2B15551234567&Body=a+b",
                key().sign_form(url, [("From", "+15551234567"), ("Body", "a b")]),
            ),
            Sent::Json => (
                "POST",
                Some("application/json"),
                "{}",
                key().sign_body(url, b"{}"),
            ),
        };
        let mut request = self.request(method, Body::from(body));
        let headers = request.headers_mut();
        headers.insert("x-signalwire-signature", header(&signature));
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
            .unwrap_or_else(|error| panic!("{self:?} is no request: {error}"))
    }
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).expect("the text can stand in a header")
}

/// A server that answers what is verified with the URL that was signed.
pub(crate) fn server(public_url: PublicUrl) -> Router {
    Router::new()
        .fallback(answer_with_url)
        .layer(SignalWireWebhookLayer::new(key()).public_url(public_url))
}

pub(crate) async fn answer_with_url(Extension(webhook): Extension<VerifiedWebhook>) -> String {
    webhook.url().to_owned()
}

/// The URL that was verified, or `None` for a request that was refused with 403.
pub(crate) async fn verified_url(server: &Router, request: Request<Body>) -> Option<String> {
    let response = server
        .clone()
        .oneshot(request)
        .await
        .expect("a Router never fails");
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 16)
        .await
        .expect("a short body");
    let text = String::from_utf8(body.to_vec()).expect("a URL, or a sentence");
    match status {
        StatusCode::OK => Some(text),
        StatusCode::FORBIDDEN => None,
        status => panic!("answered {status} {text:?}, neither 200 nor 403"),
    }
}
