//! A whole request, the layer that it meets, and how it is signed.

use axum::{
    extract::OriginalUri,
    http::{HeaderName, HeaderValue, Request, Uri, request::Parts},
};
use signalwire_webhook::{
    ForwardingHeader, PublicUrl, SignalWireWebhookLayer, SignatureScheme, SigningKey, SigningKeys,
    Verifier,
};

use super::signed::Signed;

pub(super) const KEYS: [&str; 2] = ["12345", "PSKtest1234567890abcdef"];
pub(super) const FORGERS_KEY: &str = "PSKforged";

const HEADERS: [&str; 9] = [
    "host",
    "authorization",
    "content-type",
    "content-length",
    "forwarded",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
];

const FORWARDING_HEADERS: [ForwardingHeader; 5] = [
    ForwardingHeader::Forwarded,
    ForwardingHeader::XForwardedProto,
    ForwardingHeader::XForwardedHost,
    ForwardingHeader::XForwardedPort,
    ForwardingHeader::XForwardedPrefix,
];

/// A line each: choices (a byte each), target, configured URL, signed URL (a candidate where it is
/// empty), then headers up to an empty line. What follows is the body as sent, and after a zero
/// byte the body as signed where it is another.
pub(super) struct Input<'a> {
    choices: &'a [u8],
    target: &'a [u8],
    pub(super) configured: &'a str,
    signed_url: &'a str,
    headers: Vec<&'a [u8]>,
    pub(super) sent: &'a [u8],
    pub(super) signed: &'a [u8],
}

impl<'a> Input<'a> {
    pub(super) fn read(input: &'a [u8]) -> Option<Self> {
        let mut lines = input.splitn(5, |&byte| byte == b'\n');
        let mut line = || lines.next();
        let (choices, target) = (line()?, line()?);
        let configured = std::str::from_utf8(line()?).ok()?;
        let signed_url = std::str::from_utf8(line()?).ok()?;
        let mut rest = line()?;
        let mut headers = Vec::new();
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let header = &rest[..end];
            rest = &rest[end + 1..];
            if header.is_empty() {
                break;
            }
            headers.push(header);
        }
        let mut bodies = rest.splitn(2, |&byte| byte == 0);
        let sent = bodies.next()?;
        Some(Self {
            choices,
            target,
            configured,
            signed_url,
            headers,
            sent,
            signed: bodies.next().unwrap_or(sent),
        })
    }

    /// Without a byte for it, the first.
    fn choice(&self, index: usize, among: u8) -> u8 {
        self.choices.get(index).copied().unwrap_or_default() % among
    }

    /// As it is received, and unsigned.
    pub(super) fn parts(&self) -> Option<Parts> {
        let method = ["POST", "GET"][usize::from(self.choice(0, 2))];
        let request = Request::builder().method(method).uri(self.target).body(());
        let mut parts = request.ok()?.into_parts().0;
        for header in &self.headers {
            let name = HEADERS[usize::from(header[0]) % HEADERS.len()];
            if let Ok(value) = HeaderValue::from_bytes(&header[1..]) {
                parts.headers.append(HeaderName::from_static(name), value);
            }
        }
        Some(parts)
    }

    /// Whether the host can come from the request alone.
    pub(super) fn takes_host_from_request(&self) -> bool {
        self.choice(1, 4) == 0
    }

    pub(super) fn public_url(&self) -> PublicUrl {
        let request = PublicUrl::from_request();
        match self.choice(1, 4) {
            0 => request,
            1 => PublicUrl::from_headers(self.trusted()),
            2 => PublicUrl::base(self.configured).unwrap_or(request),
            _ => PublicUrl::exact(self.configured).unwrap_or(request),
        }
    }

    /// All of them where no choice is made.
    fn trusted(&self) -> impl Iterator<Item = ForwardingHeader> {
        let refused = self.choice(8, 32);
        let headers = FORWARDING_HEADERS.into_iter().enumerate();
        headers.filter_map(move |(bit, header)| (refused & (1 << bit) == 0).then_some(header))
    }

    /// All schemes where no choice is made.
    pub(super) fn accepted(&self) -> Vec<SignatureScheme> {
        let refused = self.choice(2, 16);
        (0..4)
            .filter(|bit| refused & (1 << bit) == 0)
            .map(|bit| SignatureScheme::ALL[bit])
            .collect()
    }

    /// The name that every form must begin with, if any.
    pub(super) fn forms_begin_with(&self) -> Option<&'static str> {
        [None, Some("AccountSid"), Some("A")][usize::from(self.choice(7, 3))]
    }

    pub(super) fn signing_key(&self) -> &'static str {
        [KEYS[0], KEYS[1], FORGERS_KEY][usize::from(self.choice(3, 3))]
    }

    pub(super) fn how(&self) -> Signed {
        Signed::ALL[usize::from(self.choice(4, 5))]
    }

    pub(super) fn signature_header(&self) -> &'static str {
        match self.how() {
            Signed::Sha256 => "x-signalwire-sha256-signature",
            _ if self.choice(5, 2) == 1 => "x-twilio-signature",
            _ => "x-signalwire-signature",
        }
    }

    /// The one that the input names, or else one of the candidates.
    pub(super) fn signed_url<'c>(&'c self, candidates: &'c [String]) -> &'c str {
        let last = candidates.len().saturating_sub(1);
        let index = usize::from(self.choice(6, 16)).min(last);
        match (self.signed_url, candidates.get(index)) {
            ("", Some(candidate)) => candidate,
            (signed_url, _) => signed_url,
        }
    }

    /// Puts the URI where axum leaves it, with another in its place, as a nested router does.
    pub(super) fn nest(&self, parts: &mut Parts) {
        if self.choice(9, 2) == 1 {
            let received = std::mem::replace(&mut parts.uri, Uri::from_static("/nested?query"));
            parts.extensions.insert(OriginalUri(received));
        }
    }

    fn keys() -> SigningKeys {
        let keys = KEYS.map(|key| SigningKey::new(key).unwrap().with_id(key));
        SigningKeys::new(keys).unwrap()
    }

    pub(super) fn layer(&self) -> SignalWireWebhookLayer {
        let layer = SignalWireWebhookLayer::new(Self::keys())
            .public_url(self.public_url())
            .accept(self.accepted());
        match self.forms_begin_with() {
            Some(name) => layer.forms_begin_with(name),
            None => layer,
        }
    }

    pub(super) fn verifier(&self) -> Verifier {
        let verifier = Verifier::new(Self::keys())
            .public_url(self.public_url())
            .accept(self.accepted());
        match self.forms_begin_with() {
            Some(name) => verifier.forms_begin_with(name),
            None => verifier,
        }
    }
}
