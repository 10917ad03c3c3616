//! Requests as SignalWire sends them, signed through the public API alone.
//!
//! It has the methods of `testing::WebhookRequest`, so that the tests of everything else need no
//! feature, and so that the kit is not tested by itself.

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use signalwire_webhook::{SignatureScheme, SigningKey};

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const SIGNATURE: &str = "x-signalwire-signature";
pub const SHA256_SIGNATURE: &str = "x-signalwire-sha256-signature";

/// A request that SignalWire might send, to be signed or left unsigned.
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

    pub fn form<K: AsRef<str>, V: AsRef<str>>(
        url: impl Into<String>,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        Self::raw(url, FORM, body).schemes([SignatureScheme::FormParameters])
    }

    #[cfg(feature = "axum")]
    pub fn json(url: impl Into<String>, value: &impl serde::Serialize) -> Self {
        Self::raw(url, "application/json", serde_json::to_vec(value).unwrap())
    }

    pub fn raw(url: impl Into<String>, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: Method::POST,
            body: body.into(),
            schemes: vec![SignatureScheme::RawBodySha256, SignatureScheme::RawBodySha1],
            ..Self::get(url)
        }
        .header("content-type", content_type)
    }

    pub fn method(mut self, method: &str) -> Self {
        self.method = method.parse().unwrap();
        self
    }

    /// Sets a header, whatever was there before.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let name: HeaderName = name.parse().unwrap();
        let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
        self.headers.insert(name, value);
        self
    }

    /// Signs in these schemes alone. `BodyDigest` appends `bodySHA256` to the URL's query.
    pub fn schemes(mut self, schemes: impl IntoIterator<Item = SignatureScheme>) -> Self {
        self.schemes = schemes.into_iter().collect();
        self
    }

    /// Changes the request once it is signed: its body, or where it has none its query.
    pub fn tampered(mut self) -> Self {
        self.is_tampered = true;
        self
    }

    pub fn unsigned(self) -> Request<Body> {
        self.arrive()
    }

    pub fn signed_by(mut self, key: &SigningKey) -> Request<Body> {
        if self.schemes.contains(&SignatureScheme::BodyDigest) {
            self.url = with_body_digest(&self.url, &self.body);
        }
        for scheme in self.schemes.clone() {
            let (name, signature) = sign(scheme, key, &self.url, &self.body);
            self = self.header(name, signature);
        }
        self.arrive()
    }

    /// The host in `Host`, the path and query in the request line, the credentials in
    /// `Authorization`.
    fn arrive(mut self) -> Request<Body> {
        let uri: Uri = self.url.parse().unwrap();
        let authority = uri.authority().unwrap().as_str();
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo), host),
            None => (None, authority),
        };
        if !self.headers.contains_key(header::HOST) {
            self = self.header("host", host);
        }
        if let Some(userinfo) = userinfo {
            self = self.header("authorization", basic(userinfo));
        }
        let mut target = uri.path_and_query().unwrap().to_string();
        if self.is_tampered && self.body.is_empty() {
            target.push_str(if target.contains('?') { "&" } else { "?" });
            target.push_str("tampered=1");
        } else if self.is_tampered {
            let is_form = self.headers[header::CONTENT_TYPE] == FORM;
            let added = if is_form { "&Tampered=1" } else { " " };
            self.body.extend_from_slice(added.as_bytes());
        }
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = target.parse().unwrap();
        *request.headers_mut() = self.headers;
        request
    }
}

/// The header and the signature that SignalWire makes in a scheme.
pub fn sign(
    scheme: SignatureScheme,
    key: &SigningKey,
    url: &str,
    body: &[u8],
) -> (&'static str, String) {
    match scheme {
        SignatureScheme::RawBodySha256 => (SHA256_SIGNATURE, key.sign_body_sha256(url, body)),
        SignatureScheme::RawBodySha1 => (SIGNATURE, key.sign_body_sha1(url, body)),
        SignatureScheme::FormParameters => {
            let parameters = form_urlencoded::parse(body);
            (SIGNATURE, key.sign_form(url, parameters))
        }
        _ => (SIGNATURE, sign_url(key, url)),
    }
}

/// Signs a URL that nothing follows, as that of a GET.
pub fn sign_url(key: &SigningKey, url: &str) -> String {
    key.sign_form::<&str, &str>(url, [])
}

pub fn with_body_digest(url: &str, body: &[u8]) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}bodySHA256={}", sha256(body))
}

/// In hex.
pub fn sha256(text: &[u8]) -> String {
    hex::encode(Sha256::digest(text))
}

/// What a client makes of the credentials in a URL (RFC 7617).
fn basic(userinfo: &str) -> String {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let decode = |text| percent_decode_str(text).collect::<Vec<u8>>();
    let credentials = [&decode(user)[..], b":", &decode(password)].concat();
    format!("Basic {}", STANDARD.encode(credentials))
}
