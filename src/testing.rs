//! Signed requests for the tests of your handlers (feature `testing`).
//!
//! Each is built in one expression, as it arrives at the server: the path and query in the URI,
//! the host in `Host`, the credentials of the URL in `Authorization`.
//!
//! ```
//! use axum::{Router, http::StatusCode, routing::post};
//! use signalwire_webhook::{SignalWireWebhookLayer, SigningKey, testing::WebhookRequest};
//! use tower::ServiceExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::new("PSKtest")?;
//! let app = Router::new()
//!     .route("/sms", post(|| async { "<Response/>" }))
//!     .layer(SignalWireWebhookLayer::new(key.clone()));
//!
//! let sms = WebhookRequest::form("https://hooks.example.com/sms", [("From", "+15551234567")]);
//! let genuine = app.clone().oneshot(sms.clone().signed_by(&key)).await?;
//! assert_eq!(genuine.status(), StatusCode::OK);
//! let forged = app.oneshot(sms.tampered().signed_by(&key)).await?;
//! assert_eq!(forged.status(), StatusCode::FORBIDDEN);
//! # Ok(())
//! # }
//! ```
//!
//! A test that is written wrongly should say so at once, so what is not a URL, method or header
//! panics with a sentence.

use std::borrow::Borrow;

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};

use crate::{
    encoding::{encode_base64, encode_hex},
    form::{CanonicalForm, is_form},
    key::SigningKey,
    verify::{SIGNALWIRE_SHA256_SIGNATURE, SIGNALWIRE_SIGNATURE, SignatureScheme},
};

/// A request that SignalWire might send, to be signed or left [`unsigned`](Self::unsigned).
#[derive(Clone, Debug)]
#[must_use]
pub struct WebhookRequest {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
    schemes: Vec<SignatureScheme>,
    is_tampered: bool,
}

impl WebhookRequest {
    /// A GET, whose parameters are in the URL; signed as cXML.
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            schemes: vec![SignatureScheme::FormParameters],
            is_tampered: false,
        }
    }

    /// A POST of a form, from a struct, a map, or pairs of names and values; signed as cXML.
    ///
    /// A form that is written otherwise, or has bytes that are not UTF-8, goes into
    /// [`raw`](Self::raw) with [`SignatureScheme::FormParameters`].
    ///
    /// # Panics
    ///
    /// Where the parameters do not serialise as a form.
    pub fn form(url: impl Into<String>, parameters: impl serde::Serialize) -> Self {
        let body = serde_urlencoded::to_string(parameters)
            .expect("the parameters should serialise as a form");
        Self::get(url).post("application/x-www-form-urlencoded", body)
    }

    /// A POST of a JSON value; signed as SWML, with SHA-1 and SHA-256.
    ///
    /// # Panics
    ///
    /// Where the value does not serialise.
    pub fn json(url: impl Into<String>, value: &impl serde::Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("the value should serialise as JSON");
        Self::raw(url, "application/json", body)
    }

    /// A POST of any body; signed as SWML, with SHA-1 and SHA-256.
    pub fn raw(url: impl Into<String>, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::get(url)
            .post(content_type, body)
            .schemes([SignatureScheme::RawBodySha256, SignatureScheme::RawBodySha1])
    }

    fn post(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.method = Method::POST;
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// Sends another method.
    ///
    /// # Panics
    ///
    /// Where it is not one.
    pub fn method(mut self, method: impl AsRef<str>) -> Self {
        let method = method.as_ref();
        self.method = method
            .parse()
            .unwrap_or_else(|_| panic!("{method:?} is not an HTTP method"));
        self
    }

    /// Sets a header, whatever was there before: `host` makes the request arrive as from a proxy
    /// that does not keep it.
    ///
    /// # Panics
    ///
    /// Where a header cannot have the name or the value.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let name: HeaderName = name
            .parse()
            .unwrap_or_else(|_| panic!("{name:?} is not a header name"));
        let value = HeaderValue::from_bytes(value.as_ref())
            .unwrap_or_else(|_| panic!("the value of the header {name} has a forbidden byte"));
        self.headers.insert(name, value);
        self
    }

    /// Signs in these schemes alone. [`SignatureScheme::BodyDigest`] appends `bodySHA256` to the
    /// URL's query.
    pub fn schemes<S: Borrow<SignatureScheme>>(
        mut self,
        schemes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.schemes = schemes.into_iter().map(|scheme| *scheme.borrow()).collect();
        self
    }

    /// Changes the request once it is signed: its body, or where it has none its query.
    pub fn tampered(mut self) -> Self {
        self.is_tampered = true;
        self
    }

    /// The request without a signature.
    ///
    /// # Panics
    ///
    /// Where the URL names no host.
    #[must_use]
    pub fn unsigned(self) -> Request<Body> {
        self.arrive()
    }

    /// The request as signed by the owner of `key`.
    ///
    /// # Panics
    ///
    /// Where the URL names no host, or a form has more than 1,000 parameters.
    #[must_use]
    pub fn signed_by(mut self, key: &SigningKey) -> Request<Body> {
        if self.schemes.contains(&SignatureScheme::BodyDigest) {
            self.append_body_digest();
        }
        for scheme in self.schemes.clone() {
            let (name, signature) = self.sign(scheme, key);
            self = self.header(name.as_str(), signature);
        }
        self.arrive()
    }

    fn sign(&self, scheme: SignatureScheme, key: &SigningKey) -> (HeaderName, String) {
        match scheme {
            SignatureScheme::RawBodySha256 => (
                SIGNALWIRE_SHA256_SIGNATURE,
                key.sign_body_sha256(&self.url, &self.body),
            ),
            SignatureScheme::RawBodySha1 => (
                SIGNALWIRE_SIGNATURE,
                key.sign_body_sha1(&self.url, &self.body),
            ),
            SignatureScheme::FormParameters => {
                let form =
                    CanonicalForm::parse(&self.body).expect("a form has at most 1,000 parameters");
                let message = [self.url.as_bytes(), form.text()];
                (
                    SIGNALWIRE_SIGNATURE,
                    encode_base64(&key.hmac_sha1(&message)),
                )
            }
            SignatureScheme::BodyDigest => (
                SIGNALWIRE_SIGNATURE,
                encode_base64(&key.hmac_sha1(&[self.url.as_bytes()])),
            ),
        }
    }

    /// Before anything is signed, since every scheme signs the URL.
    fn append_body_digest(&mut self) {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let digest = encode_hex(&Sha256::digest(&self.body));
        self.url = format!("{}{separator}bodySHA256={digest}", self.url);
    }

    fn arrive(mut self) -> Request<Body> {
        let uri: Uri = self
            .url
            .parse()
            .unwrap_or_else(|_| panic!("{:?} is not a url", self.url));
        let authority = uri
            .authority()
            .unwrap_or_else(|| panic!("{:?} names no host", self.url));
        let (userinfo, host) = match authority.as_str().rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, authority.as_str()),
        };
        if !self.headers.contains_key(header::HOST) {
            self = self.header("host", host);
        }
        if let Some(userinfo) = userinfo {
            self = self.header("authorization", basic(userinfo));
        }
        let mut target = uri.path().to_owned();
        if let Some(query) = uri.query() {
            target.extend(["?", query]);
        }
        if self.is_tampered && self.body.is_empty() {
            target.push_str(if target.contains('?') { "&" } else { "?" });
            target.push_str("tampered=1");
        } else if self.is_tampered {
            let is_form = is_form(
                self.headers
                    .get(header::CONTENT_TYPE)
                    .map(HeaderValue::as_bytes),
            );
            self.body
                .extend_from_slice(if is_form { b"&Tampered=1" } else { b" " });
        }
        let mut request = Request::new(Body::from(Bytes::from(self.body)));
        *request.method_mut() = self.method;
        *request.uri_mut() = target.parse().expect("a part of a uri is a uri");
        *request.headers_mut() = self.headers;
        request
    }
}

/// What a client makes of the credentials in a URL (RFC 7617).
fn basic(userinfo: &str) -> String {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let decode = |text| percent_decode_str(text).collect::<Vec<u8>>();
    let credentials = [&decode(user)[..], b":", &decode(password)].concat();
    format!("Basic {}", STANDARD.encode(credentials))
}
