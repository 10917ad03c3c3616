//! A deployment: what SignalWire is configured with, the hops in between, and the settings of the
//! verifier; and the same with remedies applied.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Method, Request, request::Parts};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use signalwire_webhook::{
    PublicUrl, SignatureScheme, SigningKey, Verifier,
    explain::{Cause, Explainer, Explanation, Remedy},
};

pub const KEY: &str = "PSKreports0123456789";

/// What SignalWire sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cXML form.
    Form,
    /// A cXML GET, whose parameters are in the query.
    Get,
    /// SWML: signed byte for byte, twice.
    Json,
    /// The same with the SHA-1 alone, as for messaging.
    JsonSha1,
    /// cXML with a body that is not a form.
    Digest,
}

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Message {
    pub method: Method,
    pub target: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Message {
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.remove(name);
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
    }

    pub fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| known != name);
    }

    pub fn get(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(known, _)| known == name)?;
        Some(String::from_utf8_lossy(&found.1).into_owned())
    }

    fn into_parts(self) -> (Parts, Vec<u8>) {
        let mut request = Request::builder().method(self.method).uri(&self.target);
        for (name, value) in &self.headers {
            request = request.header(name, &value[..]);
        }
        let (parts, ()) = request
            .body(())
            .unwrap_or_else(|error| panic!("{}: {error}", self.target))
            .into_parts();
        (parts, self.body)
    }
}

/// What a hop changes, and so which remedy removes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Host,
    Target,
    Body,
    Gzip,
    ContentType,
    Signature,
}

/// One thing that happens to every request of a deployment.
#[derive(Clone)]
pub struct Hop {
    pub name: String,
    pub part: Part,
    pub change: std::sync::Arc<dyn Fn(&mut Message) + Send + Sync>,
}

impl Hop {
    pub fn new(
        name: impl Into<String>,
        part: Part,
        change: impl Fn(&mut Message) + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            part,
            change: std::sync::Arc::new(change),
        }
    }
}

#[derive(Clone)]
pub struct Deployment {
    pub name: String,
    pub url: String,
    pub kind: Kind,
    /// The body, with `#` where a number stands that is another one in each request.
    pub body: String,
    pub hops: Vec<Hop>,
    pub key: Vec<u8>,
    pub public_url: PublicUrl,
    pub accepted: Option<Vec<SignatureScheme>>,
    pub first_name: Option<&'static str>,
    /// Whether the explainer is told the dashboard's URL.
    pub is_url_known: bool,
    pub causes: Vec<Cause>,
    pub fix: &'static str,
}

pub const FORM: &str = "AccountSid=11111111-2222-3333-4444-555555555555&Body=Hello%21+number+#&From=%2B1555123000#&To=%2B15551230002";
pub const JSON: &str = r#"{"call":{"call_id":"c-#","from":"+1555123000#","to":"+15551230002","headers":[]},"vars":{}}"#;

impl Deployment {
    pub fn new(kind: Kind, url: &str) -> Self {
        Self {
            name: String::new(),
            url: url.to_owned(),
            kind,
            body: match kind {
                Kind::Form => FORM,
                Kind::Get => "",
                _ => JSON,
            }
            .to_owned(),
            hops: Vec::new(),
            key: KEY.into(),
            public_url: PublicUrl::from_request(),
            accepted: None,
            first_name: None,
            is_url_known: false,
            causes: Vec::new(),
            fix: "",
        }
    }

    pub fn form(url: &str) -> Self {
        Self::new(Kind::Form, url)
    }

    pub fn json(url: &str) -> Self {
        Self::new(Kind::Json, url)
    }

    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    pub fn hop(mut self, hop: Hop) -> Self {
        self.hops.push(hop);
        self
    }

    pub fn key(mut self, key: impl AsRef<[u8]>) -> Self {
        self.key = key.as_ref().to_vec();
        self
    }

    pub fn configured(mut self, public_url: PublicUrl) -> Self {
        self.public_url = public_url;
        self
    }

    pub fn accepting(mut self, scheme: SignatureScheme) -> Self {
        self.accepted = Some(vec![scheme]);
        self
    }

    pub fn known(mut self) -> Self {
        self.is_url_known = true;
        self
    }

    pub fn explained(mut self, causes: &[Cause]) -> Self {
        self.causes = causes.to_vec();
        self
    }

    pub fn fixed_by(mut self, fix: &'static str) -> Self {
        self.fix = fix;
        self
    }

    /// As it arrives; `number` is another one in each request.
    pub fn request(&self, number: usize) -> Message {
        let body = self.body.replace('#', &number.to_string()).into_bytes();
        let url = self.signed_url(number, &body);
        let (scheme_end, rest) = url.split_once("://").unwrap();
        assert!(!scheme_end.is_empty());
        let rest = rest.split('#').next().unwrap();
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let mut message = Message {
            method: if self.kind == Kind::Get {
                Method::GET
            } else {
                Method::POST
            },
            target: as_sent(target),
            headers: Vec::new(),
            body,
        };
        let host = match authority.rsplit_once('@') {
            Some((userinfo, host)) => {
                let decoded: Vec<u8> = percent_decode_str(userinfo).collect();
                let credentials = if decoded.contains(&b':') {
                    decoded
                } else {
                    [&decoded[..], b":"].concat()
                };
                let basic = format!("Basic {}", STANDARD.encode(credentials));
                message.set("authorization", basic);
                host
            }
            None => authority,
        };
        message.set(
            "host",
            host.replace("bücher", "xn--bcher-kva").to_lowercase(),
        );
        match self.kind {
            Kind::Form => message.set("content-type", "application/x-www-form-urlencoded"),
            Kind::Get => {}
            _ => message.set("content-type", "application/json"),
        }
        for (name, signature) in self.signatures(&url, &message.body) {
            message.set(name, signature);
        }
        for hop in &self.hops {
            (hop.change)(&mut message);
        }
        message
    }

    /// SignalWire adds to the query, and leaves a fragment at the end.
    fn signed_url(&self, number: usize, body: &[u8]) -> String {
        let (url, fragment) = self
            .url
            .split_at(self.url.find('#').unwrap_or(self.url.len()));
        let separator = if url.contains('?') { '&' } else { '?' };
        match self.kind {
            Kind::Digest => {
                let digest = Sha256::digest(body)
                    .iter()
                    .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
                format!("{url}{separator}bodySHA256={digest}{fragment}")
            }
            Kind::Get => {
                format!("{url}{separator}CallSid=c-{number}&From=%2B1555123000{number}{fragment}")
            }
            _ => self.url.clone(),
        }
    }

    fn signatures(&self, url: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        const NONE: [(&str, &str); 0] = [];
        let key = SigningKey::new(KEY).unwrap();
        match self.kind {
            Kind::Form => {
                let pairs = form_urlencoded::parse(body);
                vec![("x-signalwire-signature", key.sign_form(url, pairs))]
            }
            Kind::Get | Kind::Digest => vec![("x-signalwire-signature", key.sign_form(url, NONE))],
            Kind::JsonSha1 => vec![("x-signalwire-signature", key.sign_body_sha1(url, body))],
            Kind::Json => vec![
                ("x-signalwire-signature", key.sign_body_sha1(url, body)),
                (
                    "x-signalwire-sha256-signature",
                    key.sign_body_sha256(url, body),
                ),
            ],
        }
    }

    /// Whether a fresh verifier with these settings admits it.
    pub fn admits(&self, number: usize) -> Result<(), String> {
        let mut verifier =
            Verifier::new(SigningKey::new(&self.key).unwrap()).public_url(self.public_url.clone());
        if let Some(schemes) = &self.accepted {
            verifier = verifier.accept(schemes);
        }
        if let Some(name) = self.first_name {
            verifier = verifier.forms_begin_with(name);
        }
        let (parts, body) = self.request(number).into_parts();
        match verifier.verify(&parts, &body) {
            Ok(_) => Ok(()),
            Err(reason) => Err(format!(
                "{reason:?} at {:?} of {:?}",
                parts.uri,
                self.public_url.candidates(&parts)
            )),
        }
    }

    pub fn explain(&self) -> Explanation {
        let mut explainer =
            Explainer::new(SigningKey::new(&self.key).unwrap()).public_url(self.public_url.clone());
        if let Some(schemes) = &self.accepted {
            explainer = explainer.accept(schemes);
        }
        if let Some(name) = self.first_name {
            explainer = explainer.forms_begin_with(name);
        }
        if self.is_url_known {
            explainer = explainer.dashboard_url(&self.url);
        }
        let (parts, body) = self.request(0).into_parts();
        explainer.explain(&parts, &body)
    }

    /// Does what a remedy says.
    pub fn apply(&mut self, remedy: &Remedy) {
        match remedy {
            Remedy::PublicUrl { public_url, .. } => self.public_url = public_url.clone(),
            Remedy::DashboardUrl { url, .. } => self.url.clone_from(url),
            Remedy::KeepUrl => self.undo(&[Part::Target]),
            Remedy::Accept(scheme) => self.accepted.get_or_insert_default().push(*scheme),
            Remedy::SigningKey { corrections, .. } => {
                for correction in corrections {
                    self.key = correction.apply(&self.key).unwrap();
                }
            }
            Remedy::KeepBody | Remedy::SignBody => self.undo(&[Part::Body, Part::Gzip]),
            Remedy::SignWholeForm => self.undo(&[Part::Body, Part::Gzip, Part::Signature]),
            Remedy::Decompress => self.undo(&[Part::Gzip]),
            Remedy::ContentType(_) => self.undo(&[Part::ContentType]),
            Remedy::SignAs(_) | Remedy::RemoveOtherSignature => self.undo(&[Part::Signature]),
            other => panic!("{}: {other:?}", self.name),
        }
    }

    fn undo(&mut self, parts: &[Part]) {
        self.hops.retain(|hop| !parts.contains(&hop.part));
    }
}

const NOT_IN_A_TARGET: &AsciiSet = &CONTROLS.add(b' ');

/// What an HTTP client makes of a URL's path and query.
fn as_sent(target: &str) -> String {
    let target = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    };
    utf8_percent_encode(&target, NOT_IN_A_TARGET).to_string()
}

/// What came of an explanation.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Right,
    /// Nothing was found.
    Silent(String),
    Wrong(String),
}

/// Explains the deployment's request, applies the remedies, and tries this request and the next.
pub fn judge(deployment: &Deployment) -> Outcome {
    let before = deployment.admits(0);
    let explanation = deployment.explain();
    let hops: Vec<&str> = deployment
        .hops
        .iter()
        .map(|hop| hop.name.as_str())
        .collect();
    let context = format!(
        "{} {hops:?} {:?} {} {:?}: {:?} {explanation}",
        deployment.name,
        deployment.kind,
        deployment.url,
        String::from_utf8_lossy(&deployment.key),
        explanation.causes()
    );
    let is_accepted = explanation.cause() == Cause::Accepted;
    if is_accepted != before.is_ok() {
        return Outcome::Wrong(format!("{context}\nbut the verdict is {before:?}"));
    }
    if is_accepted {
        return Outcome::Right;
    }
    let text = format!("{explanation} {explanation:?}");
    if text.contains(KEY) || text.contains("hunter2") {
        return Outcome::Wrong(format!("{context}\nshows a secret"));
    }
    if explanation.cause() == Cause::NoMatch || explanation.remedies().is_empty() {
        return Outcome::Silent(context);
    }
    let mut fixed = deployment.clone();
    for remedy in explanation.remedies() {
        fixed.apply(remedy);
    }
    for number in [0, 1] {
        if let Err(reason) = fixed.admits(number) {
            return Outcome::Wrong(format!("{context}\nbut then request {number}: {reason}"));
        }
    }
    Outcome::Right
}
