//! Any request to any layer: it passes only if a naive oracle says so, and what was signed as
//! SignalWire signs passes.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Request, request::Parts},
};
use signalwire_webhook::{
    PublicUrl, SignalWireWebhookLayer, SignatureScheme, SigningKey, SigningKeys,
};

use super::{
    oracle::{
        base64, body_digest_matches, hex, hmac_sha1, hmac_sha256, in_signalwires_order,
        in_twilios_order, is_form, parameters,
    },
    service::{Passed, send},
};

const KEYS: [&str; 2] = ["12345", "PSKtest1234567890abcdef"];
const FORGERS_KEY: &str = "PSKforged";
const MAX_PARAMETERS: usize = 1_000;

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

/// A line each: choices (a byte each), target, configured URL, signed URL (a candidate where it is
/// empty), then headers up to an empty line. What follows is the body as sent, and after a zero
/// byte the body as signed where it is another.
struct Input<'a> {
    choices: &'a [u8],
    target: &'a [u8],
    configured: &'a str,
    signed_url: &'a str,
    headers: Vec<&'a [u8]>,
    sent: &'a [u8],
    signed: &'a [u8],
}

impl<'a> Input<'a> {
    fn read(input: &'a [u8]) -> Option<Self> {
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

    fn choice(&self, index: usize, among: u8) -> u8 {
        self.choices.get(index).copied().unwrap_or_default() % among
    }

    fn parts(&self) -> Option<Parts> {
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

    fn public_url(&self) -> PublicUrl {
        let request = PublicUrl::from_request();
        match self.choice(1, 4) {
            0 => request,
            1 => request.trust_forwarded_headers(),
            2 => PublicUrl::base(self.configured).unwrap_or(request),
            _ => PublicUrl::exact(self.configured).unwrap_or(request),
        }
    }

    /// All schemes where no choice is made.
    fn accepted(&self) -> Vec<SignatureScheme> {
        let refused = self.choice(2, 16);
        (0..4)
            .filter(|bit| refused & (1 << bit) == 0)
            .map(|bit| SignatureScheme::ALL[bit])
            .collect()
    }

    fn signing_key(&self) -> &'static str {
        [KEYS[0], KEYS[1], FORGERS_KEY][usize::from(self.choice(3, 3))]
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Signed {
    Sha256,
    Sha1,
    Form,
    DistinctForm,
    UrlAlone,
}

const SIGNED: [Signed; 5] = [
    Signed::Sha256,
    Signed::Sha1,
    Signed::Form,
    Signed::DistinctForm,
    Signed::UrlAlone,
];

impl Signed {
    fn sign(self, key: &str, url: &str, body: &[u8]) -> String {
        let key = key.as_bytes();
        let message = |rest: &[u8]| [url.as_bytes(), rest].concat();
        match self {
            Self::Sha256 => hex(&hmac_sha256(key, &message(body))),
            Self::Sha1 => hex(&hmac_sha1(key, &message(body))),
            Self::Form => base64(&hmac_sha1(
                key,
                &message(&in_signalwires_order(parameters(body))),
            )),
            Self::DistinctForm => base64(&hmac_sha1(
                key,
                &message(&in_twilios_order(parameters(body))),
            )),
            Self::UrlAlone => base64(&hmac_sha1(key, &message(b""))),
        }
    }

    fn header(self, input: &Input<'_>) -> &'static str {
        match self {
            Self::Sha256 => "x-signalwire-sha256-signature",
            _ if input.choice(5, 2) == 1 => "x-twilio-signature",
            _ => "x-signalwire-signature",
        }
    }
}

pub(crate) fn check(input: &[u8]) {
    let Some(input) = Input::read(input) else {
        return;
    };
    let Some(mut parts) = input.parts() else {
        return;
    };
    let public_url = input.public_url();
    let candidates = public_url.candidates(&parts);
    let index = usize::from(input.choice(6, 16)).min(candidates.len().saturating_sub(1));
    let signed_url = match (input.signed_url, candidates.get(index)) {
        ("", Some(candidate)) => candidate,
        (signed_url, _) => signed_url,
    };
    let how = SIGNED[usize::from(input.choice(4, 5))];
    let signature = how.sign(input.signing_key(), signed_url, input.signed);
    parts
        .headers
        .append(how.header(&input), signature.parse().unwrap());

    let body = Body::from(Bytes::copy_from_slice(input.sent));
    let request = Request::from_parts(parts.clone(), body);
    let keys = KEYS.map(|key| SigningKey::new(key).unwrap().with_id(key));
    let layer = SignalWireWebhookLayer::new(SigningKeys::new(keys).unwrap())
        .public_url(public_url)
        .accept(input.accepted());
    let verdict = send(&layer, request);
    if let Ok(passed) = &verdict {
        is_genuine(&input, &parts, &candidates, passed);
    }
    let is_candidate = candidates.iter().any(|candidate| candidate == signed_url);
    if is_candidate && is_signalwires(&input, &parts.headers, signed_url, how) {
        assert!(verdict.is_ok(), "{:?}", verdict.err());
    }
    if input.signing_key() == FORGERS_KEY {
        assert!(verdict.is_err());
    }
}

/// The oracle: a request that passed has the body that was sent, and a signature that covers it.
fn is_genuine(input: &Input<'_>, parts: &Parts, candidates: &[String], passed: &Passed) {
    let url = passed.verified.url();
    let scheme = passed.verified.scheme();
    let key = passed.verified.key_id();
    assert_eq!(passed.body, input.sent);
    assert!(KEYS.contains(&key));
    assert!(candidates.iter().any(|candidate| candidate == url));
    assert!(input.accepted().contains(&scheme));

    let is_presented = |how: Signed, names: &[&str]| {
        let signature = how.sign(key, url, input.sent);
        names.iter().any(|name| {
            parts
                .headers
                .get(*name)
                .is_some_and(|value| value == &signature)
        })
    };
    let either = ["x-signalwire-signature", "x-twilio-signature"];
    let digest = body_digest_matches(url, input.sent);
    let content_type = parts.headers.get("content-type").map(HeaderValue::as_bytes);
    let is_whole_form =
        is_form(content_type) && !in_signalwires_order(parameters(input.sent)).is_empty();
    assert!(match scheme {
        SignatureScheme::RawBodySha256 =>
            is_presented(Signed::Sha256, &["x-signalwire-sha256-signature"]),
        SignatureScheme::RawBodySha1 => is_presented(Signed::Sha1, &either),
        SignatureScheme::FormParameters if is_whole_form => {
            digest != Some(false)
                && (is_presented(Signed::Form, &either)
                    || is_presented(Signed::DistinctForm, &either))
        }
        SignatureScheme::FormParameters => {
            input.sent.is_empty() && digest.is_none() && is_presented(Signed::UrlAlone, &either)
        }
        SignatureScheme::BodyDigest => {
            digest == Some(true) && is_presented(Signed::UrlAlone, &either)
        }
        _ => false,
    });
}

/// Whether SignalWire signs like this, so that the layer must let the request through.
fn is_signalwires(input: &Input<'_>, headers: &HeaderMap, url: &str, how: Signed) -> bool {
    let is_whole = input.sent == input.signed && !headers.contains_key("content-length");
    let scheme = match how {
        Signed::Sha256 => Some(SignatureScheme::RawBodySha256),
        Signed::Sha1 => Some(SignatureScheme::RawBodySha1),
        _ => base64_scheme(input.sent, headers, url, how),
    };
    is_whole
        && input.signing_key() != FORGERS_KEY
        && scheme.is_some_and(|scheme| input.accepted().contains(&scheme))
}

fn base64_scheme(
    body: &[u8],
    headers: &HeaderMap,
    url: &str,
    how: Signed,
) -> Option<SignatureScheme> {
    let digest = body_digest_matches(url, body);
    let content_type = headers.get("content-type").map(HeaderValue::as_bytes);
    let is_form = is_form(content_type);
    let form = parameters(body);
    if digest == Some(false) {
        return None;
    }
    let is_whole_form =
        is_form && form.len() <= MAX_PARAMETERS && !in_signalwires_order(form).is_empty();
    match how {
        Signed::UrlAlone if digest.is_some() => Some(SignatureScheme::BodyDigest),
        Signed::UrlAlone if body.is_empty() => Some(SignatureScheme::FormParameters),
        Signed::Form | Signed::DistinctForm if is_whole_form => {
            Some(SignatureScheme::FormParameters)
        }
        _ => None,
    }
}
