//! A deployment that refuses a genuine request: what was signed, what happened on the way, and
//! how the layer is configured; and the same with the remedies of an explanation applied.
#![allow(unreachable_pub, reason = "a module of one test")]

use std::{fmt::Write as _, io::Write as _};

use axum::{body::Body, extract::Request, http::HeaderValue};
use signalwire_webhook::{
    PublicUrl, Rejection, SignalWireWebhookLayer, SignatureScheme, SigningKey,
    explain::{Cause, Explainer, Explanation, Remedy},
};
use tower::{Layer as _, ServiceExt as _};
use tower_http::decompression::RequestDecompressionLayer;

use crate::support::{Echo, KEY, Log, key};

#[derive(Clone)]
pub struct Deployment {
    name: String,
    url: String,
    content_type: &'static str,
    body: Vec<u8>,
    schemes: Vec<SignatureScheme>,
    ways: Vec<Way>,
    key: String,
    public_url: PublicUrl,
    accepted: Option<Vec<SignatureScheme>>,
    /// Known to the explainer, not to the layer.
    dashboard: Option<String>,
    decompresses: bool,
    cause: Cause,
    fixes: Vec<String>,
}

/// One thing that happens to a request between SignalWire and the layer.
#[derive(Clone)]
pub struct Way {
    part: Part,
    change: Change,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Url,
    Body,
    ContentType,
    Signature,
}

#[derive(Clone)]
enum Change {
    Header(&'static str, String),
    WithoutHeader(&'static str),
    WithoutSignature,
    AnotherSignature,
    Target(String),
    Body(Vec<u8>),
    Gzip,
}

impl Way {
    pub fn host(host: &str) -> Self {
        Self::header("host", host)
    }

    pub fn header(name: &'static str, value: &str) -> Self {
        Self::of(Part::Url, Change::Header(name, value.to_owned()))
    }

    pub fn without_header(name: &'static str) -> Self {
        Self::of(Part::Url, Change::WithoutHeader(name))
    }

    pub fn target(target: &str) -> Self {
        Self::of(Part::Url, Change::Target(target.to_owned()))
    }

    pub fn body(body: &[u8]) -> Self {
        Self::of(Part::Body, Change::Body(body.to_vec()))
    }

    pub fn form(body: &str) -> Self {
        Self::body(body.as_bytes())
    }

    pub fn gzip() -> Self {
        Self::of(Part::Body, Change::Gzip)
    }

    pub fn content_type(value: &str) -> Self {
        Self::of(
            Part::ContentType,
            Change::Header("content-type", value.to_owned()),
        )
    }

    pub fn signature(name: &'static str, value: &str) -> Self {
        Self::of(Part::Signature, Change::Header(name, value.to_owned()))
    }

    pub fn without_signature() -> Self {
        Self::of(Part::Signature, Change::WithoutSignature)
    }

    pub fn another_signature() -> Self {
        Self::of(Part::Signature, Change::AnotherSignature)
    }

    fn of(part: Part, change: Change) -> Self {
        Self { part, change }
    }

    fn apply(&self, request: Request<Vec<u8>>) -> Request<Vec<u8>> {
        let (mut parts, mut body) = request.into_parts();
        match &self.change {
            Change::Header(name, value) => {
                parts.headers.insert(*name, value.parse().unwrap());
            }
            Change::WithoutHeader(name) => {
                parts.headers.remove(*name);
            }
            Change::WithoutSignature => {
                parts.headers.remove("x-signalwire-signature");
                parts.headers.remove("x-signalwire-sha256-signature");
            }
            Change::AnotherSignature => {
                let another = HeaderValue::from_static("RSOYDt4T1cUTdK1PDd93/VVr8B8=");
                parts.headers.append("x-signalwire-signature", another);
            }
            Change::Target(target) => parts.uri = target.parse().unwrap(),
            Change::Body(changed) => body.clone_from(changed),
            Change::Gzip => {
                let mut encoder =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(&body).unwrap();
                body = encoder.finish().unwrap();
                parts
                    .headers
                    .insert("content-encoding", HeaderValue::from_static("gzip"));
            }
        }
        Request::from_parts(parts, body)
    }
}

impl Deployment {
    pub fn of_form(url: &str, form: &str) -> Self {
        Self {
            name: String::new(),
            url: url.to_owned(),
            content_type: "application/x-www-form-urlencoded",
            body: form.as_bytes().to_vec(),
            schemes: vec![SignatureScheme::FormParameters],
            ways: Vec::new(),
            key: KEY.to_owned(),
            public_url: PublicUrl::from_request(),
            accepted: None,
            dashboard: None,
            decompresses: false,
            cause: Cause::NoMatch,
            fixes: Vec::new(),
        }
    }

    pub fn of_json(url: &str, json: &str) -> Self {
        Self {
            content_type: "application/json",
            schemes: vec![SignatureScheme::RawBodySha256, SignatureScheme::RawBodySha1],
            ..Self::of_form(url, json)
        }
    }

    pub fn of_json_digest(url: &str, json: &str) -> Self {
        use sha2::{Digest as _, Sha256};
        let mut url = format!("{url}?bodySHA256=");
        for byte in Sha256::digest(json) {
            write!(url, "{byte:02x}").unwrap();
        }
        Self {
            schemes: vec![SignatureScheme::BodyDigest],
            ..Self::of_json(&url, json)
        }
    }

    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub fn way(mut self, way: Way) -> Self {
        self.ways.push(way);
        self
    }

    pub fn key(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    pub fn configured(mut self, url: PublicUrl) -> Self {
        self.public_url = url;
        self
    }

    pub fn accepting(mut self, scheme: SignatureScheme) -> Self {
        self.accepted = Some(vec![scheme]);
        self
    }

    pub fn dashboard(mut self, url: &str) -> Self {
        self.dashboard = Some(url.to_owned());
        self
    }

    pub fn explained(mut self, cause: Cause, fix: &str) -> Self {
        self.cause = cause;
        self.or_fix(fix)
    }

    /// Another fix that is as good.
    pub fn or_fix(mut self, fix: &str) -> Self {
        self.fixes.push(fix.to_owned());
        self
    }

    /// As it arrives at the layer.
    fn request(&self) -> Request<Vec<u8>> {
        let mut request = Request::post("/").body(self.body.clone()).unwrap();
        let rest = self.url.split_once("://").unwrap().1;
        let rest = rest.split('#').next().unwrap();
        let (authority, _) = rest.split_at(rest.find('/').unwrap());
        let target = rest[authority.len()..].replace(' ', "%20");
        *request.uri_mut() = target.parse().unwrap();
        let headers = request.headers_mut();
        let host = match authority.rsplit_once('@') {
            Some((userinfo, host)) => {
                use base64::{Engine as _, engine::general_purpose::STANDARD};
                let basic = format!("Basic {}", STANDARD.encode(userinfo));
                headers.insert("authorization", basic.parse().unwrap());
                host
            }
            None => authority,
        };
        headers.insert("host", host.parse().unwrap());
        headers.insert("content-type", HeaderValue::from_static(self.content_type));
        for &scheme in &self.schemes {
            let (name, signature) = self.signature(scheme);
            headers.insert(name, signature.parse().unwrap());
        }
        self.ways
            .iter()
            .fold(request, |request, way| way.apply(request))
    }

    fn signature(&self, scheme: SignatureScheme) -> (&'static str, String) {
        let url = &self.url;
        let no_parameters: [(&str, &str); 0] = [];
        match scheme {
            SignatureScheme::RawBodySha256 => (
                "x-signalwire-sha256-signature",
                key().sign_body_sha256(url, &self.body),
            ),
            SignatureScheme::RawBodySha1 => (
                "x-signalwire-signature",
                key().sign_body_sha1(url, &self.body),
            ),
            SignatureScheme::FormParameters => {
                let form = String::from_utf8(self.body.clone()).unwrap();
                ("x-signalwire-signature", key().sign_form(url, pairs(&form)))
            }
            _ => (
                "x-signalwire-signature",
                key().sign_form(url, no_parameters),
            ),
        }
    }

    fn layer(&self) -> SignalWireWebhookLayer {
        let layer = SignalWireWebhookLayer::new(SigningKey::new(&self.key).unwrap())
            .public_url(self.public_url.clone())
            .explain_rejections();
        match &self.accepted {
            Some(schemes) => layer.accept(schemes.clone()),
            None => layer,
        }
    }

    /// The answer of a service with the real layer.
    async fn answer(&self) -> Result<(), (Rejection, Option<Explanation>)> {
        let app = Echo::default().router().layer(self.layer());
        let request = self.request().map(Body::from);
        let response = if self.decompresses {
            let layer = RequestDecompressionLayer::new();
            layer
                .layer(app)
                .oneshot(request)
                .await
                .unwrap()
                .map(Body::new)
        } else {
            app.oneshot(request).await.unwrap()
        };
        match response.extensions().get::<Rejection>() {
            Some(rejection) => Err((rejection.clone(), response.extensions().get().cloned())),
            None if response.status().is_success() => Ok(()),
            None => panic!("{}: {}", self.name, response.status()),
        }
    }

    /// By the layer, or where the dashboard's URL must be known, by the engine itself.
    async fn explanation(&self) -> Explanation {
        let log = Log::capture();
        let (_, by_layer) = self.answer().await.expect_err(&self.name);
        let by_layer = by_layer.expect(&self.name);
        let events = log.events();
        assert_eq!(events.len(), 1, "{}", self.name);
        assert!(
            events[0].contains(&format!("explanation={by_layer}")),
            "{}",
            events[0]
        );
        let Some(dashboard) = &self.dashboard else {
            return by_layer;
        };
        assert!(!by_layer.is_genuine(), "{}: {by_layer}", self.name);
        let explainer = Explainer::new(SigningKey::new(&self.key).unwrap())
            .public_url(self.public_url.clone())
            .dashboard_url(dashboard);
        let (parts, body) = self.request().into_parts();
        explainer.explain(&parts, &body)
    }

    /// Does what a remedy says.
    fn apply(&mut self, remedy: &Remedy) {
        match remedy {
            Remedy::PublicUrl { public_url, .. } => self.public_url = public_url.clone(),
            Remedy::DashboardUrl { url, .. } => self.url.clone_from(url),
            Remedy::Accept(scheme) => self.accepted.get_or_insert_default().push(*scheme),
            Remedy::SigningKey { corrections, .. } => {
                for correction in corrections {
                    let corrected = correction.apply(self.key.as_bytes()).unwrap();
                    self.key = String::from_utf8(corrected).unwrap();
                }
            }
            Remedy::KeepBody | Remedy::SignBody | Remedy::SignWholeForm => self.undo(Part::Body),
            Remedy::Decompress => self.decompresses = true,
            Remedy::ContentType(_) => self.undo(Part::ContentType),
            Remedy::SignAs(_) | Remedy::RemoveOtherSignature => self.undo(Part::Signature),
            other => panic!("{}: {other:?}", self.name),
        }
    }

    fn undo(&mut self, part: Part) {
        self.ways.retain(|way| way.part != part);
    }
}

pub fn pairs(form: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect()
}

/// Each is refused with the expected explanation, and accepted with its remedies applied.
pub async fn prove(deployments: Vec<Deployment>) {
    for mut deployment in deployments {
        let explanation = deployment.explanation().await;
        let context = format!(
            "{}: {:?} {explanation}",
            deployment.name,
            explanation.causes()
        );
        assert_eq!(explanation.cause(), deployment.cause, "{context}");
        assert!(explanation.is_genuine(), "{context}");
        let fix = explanation.fix();
        assert!(
            deployment
                .fixes
                .iter()
                .any(|expected| fix.contains(expected)),
            "{context}"
        );
        assert!(!explanation.to_string().contains(KEY), "{context}");
        assert!(!explanation.to_string().contains("hunter2"), "{context}");
        for remedy in explanation.remedies() {
            deployment.apply(remedy);
        }
        if let Err((rejection, explanation)) = deployment.answer().await {
            panic!("{context}\nbut then: {rejection} {explanation:?}");
        }
    }
}
