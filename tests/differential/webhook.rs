//! A request, and how it came about.

use std::fmt;

use serde::Serialize;
use signalwire_webhook::SigningKey;

use crate::{
    payload::Payload,
    random::{Random, chance, choose},
    signing::{Headers, SIGNALWIRE, Signing, TWILIO, hex},
    tampering::Tampering,
    webhook_url::WebhookUrl,
};

/// How the server comes to know its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlSource {
    Request,
    Base,
    Exact,
}

#[derive(Clone, Debug)]
pub struct Webhook {
    pub number: usize,
    pub key: String,
    pub method: &'static str,
    /// The URL that the packages are given.
    pub url: WebhookUrl,
    pub url_source: UrlSource,
    pub content_type: Option<&'static str>,
    pub signatures: Headers,
    pub body: Vec<u8>,
    pub signing: Signing,
    pub tampering: Tampering,
}

const KEYS: [&str; 5] = [
    "PSKtest1234567890abcdef",
    "PSKwu64ivCgOdGDZrQcnTyFOzeYrR5zYUsKdYkPtzXO",
    "12345",
    "k",
    "ключ–鍵",
];

impl Webhook {
    pub fn random(random: &mut Random, number: usize) -> Self {
        let (method, payload, signing) = kind(random);
        let mut url = WebhookUrl::random(random);
        signing.prepare(random, &mut url, &payload.body);
        let key = choose(random, &KEYS).to_owned();
        let url_source = choose(
            random,
            &[UrlSource::Request, UrlSource::Base, UrlSource::Exact],
        );
        let signed_url = signed_url(random, url.clone()).to_string();
        let signing_key = SigningKey::new(&key).expect("no key is empty");
        let mut webhook = Self {
            number,
            key,
            method,
            url,
            url_source,
            content_type: payload.content_type,
            signatures: signing.sign(&signing_key, &signed_url, &payload.body),
            body: payload.body,
            signing,
            tampering: Tampering::random(random),
        };
        webhook.tampering.apply(random, &mut webhook);
        webhook
    }

    pub fn signing_key(&self) -> SigningKey {
        SigningKey::new(&self.key).expect("no key is empty")
    }

    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let content_type = self.content_type.map(|value| ("content-type", value));
        let signatures = self.signatures.iter();
        content_type
            .into_iter()
            .chain(signatures.map(|(name, value)| (*name, &**value)))
    }

    /// The first in the header that decides where there is no SHA-256.
    pub fn sha1_signature(&self) -> Option<&String> {
        let first = |header| {
            let mut signatures = self.signatures.iter();
            signatures.find(|(name, text)| *name == header && !text.is_empty())
        };
        let (_, signature) = first(SIGNALWIRE).or_else(|| first(TWILIO))?;
        Some(signature)
    }

    pub fn has_hex_in_upper_case(&self) -> bool {
        self.signatures.iter().any(|(_, text)| {
            text.bytes().all(|byte| byte.is_ascii_hexdigit())
                && text.bytes().any(|byte| byte.is_ascii_uppercase())
        })
    }

    /// Whether the query has `bodySHA256` with one of its letters as an escape.
    pub fn has_escaped_digest_name(&self) -> bool {
        self.url.query.contains("body%53HA256=")
    }

    pub fn has_form_type(&self) -> bool {
        self.content_type.is_none_or(|content_type| {
            let form = "application/x-www-form-urlencoded";
            content_type.to_ascii_lowercase().starts_with(form)
        })
    }

    /// The line of JSON that the packages' programs read.
    pub fn to_json(&self) -> String {
        let message = Message {
            key: &self.key,
            method: self.method,
            url: self.url.to_string(),
            headers: self.headers().collect(),
            body: hex(&self.body),
        };
        serde_json::to_string(&message).expect("text is JSON")
    }
}

#[derive(Serialize)]
struct Message<'a> {
    key: &'a str,
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, &'a str)>,
    body: String,
}

fn kind(random: &mut Random) -> (&'static str, Payload, Signing) {
    match random.u8(..100) {
        0..50 => {
            let form = Payload::form(random);
            let signing = Signing::of_form(random, &form.body);
            ("POST", form, signing)
        }
        50..60 => ("GET", Payload::empty(), Signing::of_form(random, b"")),
        60..90 => ("POST", Payload::json(random), Signing::of_other(random)),
        _ => ("POST", Payload::bytes(random), Signing::of_other(random)),
    }
}

/// Mostly the URL itself, or one that SignalWire may have signed in its stead.
fn signed_url(random: &mut Random, url: WebhookUrl) -> WebhookUrl {
    let mut signed = url;
    if chance(random, 15) {
        signed = signed.with_other_port();
    }
    if chance(random, 30) {
        signed = signed.without_credentials();
    }
    if chance(random, 10) {
        signed = signed.with_other_slash();
    }
    if chance(random, 20) {
        signed = signed.with_host_in_lower_case();
    }
    if chance(random, 3) {
        signed = signed.with_other_scheme();
    }
    signed
}

impl fmt::Display for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "request {}: {:?}, {:?}, {:?}, body {:?}",
            self.number,
            self.signing,
            self.tampering,
            self.url_source,
            String::from_utf8_lossy(&self.body),
        )?;
        formatter.write_str(&self.to_json())
    }
}
