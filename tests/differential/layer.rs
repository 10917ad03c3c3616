//! The verdict of the layer under test.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{Request, Response, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use signalwire_webhook::{
    PublicUrl, Rejection, RejectionReason, SignalWireWebhookLayer, SignatureScheme, VerifiedWebhook,
};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::{
    webhook::{UrlSource, Webhook},
    webhook_url::WebhookUrl,
};

#[derive(Clone, Debug)]
pub enum Verdict {
    Accepted {
        scheme: SignatureScheme,
        url: WebhookUrl,
    },
    Refused(RejectionReason),
}

impl Verdict {
    pub fn accepts(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

pub async fn verdict(webhook: &Webhook) -> Verdict {
    let layer = SignalWireWebhookLayer::new(webhook.signing_key()).public_url(public_url(webhook));
    let inner = service_fn(|request: Request<Body>| async move {
        let verified = request.extensions().get::<VerifiedWebhook>().cloned();
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(verified);
        Ok::<_, Infallible>(response)
    });
    let Ok(response) = layer.layer(inner).oneshot(request(webhook)).await;
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        assert_ne!(response.status(), StatusCode::OK, "{webhook}");
        return Verdict::Refused(rejection.reason());
    }
    let verified = response.extensions().get::<Option<VerifiedWebhook>>();
    let verified = verified
        .and_then(Option::as_ref)
        .unwrap_or_else(|| panic!("reached the inner service unverified: {webhook}"));
    Verdict::Accepted {
        scheme: verified.scheme(),
        url: WebhookUrl::parse(verified.url()),
    }
}

/// The URLs that the layer holds the request's signature against.
pub fn candidates(webhook: &Webhook) -> Vec<String> {
    let (parts, _) = request(webhook).into_parts();
    public_url(webhook).candidates(&parts)
}

fn public_url(webhook: &Webhook) -> PublicUrl {
    let configured = match webhook.url_source {
        UrlSource::Request => Ok(PublicUrl::from_request()),
        UrlSource::Base => PublicUrl::base(&webhook.url.origin()),
        UrlSource::Exact => PublicUrl::exact(&webhook.url.to_string()),
    };
    configured.unwrap_or_else(|error| panic!("{error}: {webhook}"))
}

fn request(webhook: &Webhook) -> Request<Body> {
    let (host, target) = match webhook.url_source {
        UrlSource::Request => (webhook.url.authority(), webhook.url.target()),
        UrlSource::Base => ("app:3000".to_owned(), webhook.url.target()),
        UrlSource::Exact => ("app:3000".to_owned(), "/elsewhere".to_owned()),
    };
    let mut request = Request::builder()
        .method(webhook.method)
        .uri(target)
        .header("host", host);
    if let Some(userinfo) = &webhook.url.userinfo {
        request = request.header("authorization", basic(userinfo));
    }
    for (name, value) in webhook.headers() {
        request = request.header(name, value.as_bytes());
    }
    request
        .body(chunked(webhook))
        .unwrap_or_else(|error| panic!("{error}: {webhook}"))
}

/// In as many chunks as the request's number says.
fn chunked(webhook: &Webhook) -> Body {
    let size = webhook.body.len() / (webhook.number % 4 + 1) + 1;
    let chunks: Vec<Result<Bytes, Infallible>> = webhook
        .body
        .chunks(size)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    Body::from_stream(futures_util::stream::iter(chunks))
}

/// What a client makes of the credentials in a URL (RFC 7617).
fn basic(userinfo: &str) -> String {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
    let credentials = [&decoded(user)[..], b":", &decoded(password)].concat();
    format!("Basic {}", STANDARD.encode(credentials))
}
