//! Requests as SignalWire sends them, and as a forger might.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac};
use http::{Request, header};
use sha1::Sha1;
use sha2::Sha256;

pub(crate) const KEY: &str = "PSKtest1234567890abcdef";
pub(crate) const HOST: &str = "hooks.example.com";
pub(crate) const PATH: &str = "/voice";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

const SIGNATURE: &str = "x-signalwire-signature";
const SHA256_SIGNATURE: &str = "x-signalwire-sha256-signature";

/// A request that can be sent again and again; its body is shared, not copied.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    pub(crate) signature: Option<(&'static str, String)>,
    /// Whether it comes by way of a proxy that names the public URL in headers.
    pub(crate) is_forwarded: bool,
    /// Whether everything in it leaves as much to try as there can be.
    pub(crate) is_worst: bool,
}

impl Sample {
    /// A cXML form of these parameters, decoded.
    pub(crate) fn form(parameters: &[(String, String)]) -> Self {
        let mut sorted = parameters.to_vec();
        sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
        let message: String = sorted.iter().flat_map(|(n, v)| [&**n, &**v]).collect();
        Self {
            content_type: FORM,
            body: encode(parameters).into(),
            signature: Some((SIGNATURE, sign_base64(message.as_bytes()))),
            is_forwarded: false,
            is_worst: false,
        }
    }

    /// A SWML request, signed with SHA-1 alone.
    pub(crate) fn json(bytes: usize) -> Self {
        let body = swml(bytes);
        let signature = hex(&sha1(body.as_bytes()));
        Self {
            content_type: JSON,
            body: body.into(),
            signature: Some((SIGNATURE, signature)),
            is_forwarded: false,
            is_worst: false,
        }
    }

    pub(crate) fn signed_with_sha256(mut self) -> Self {
        let mut hmac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        hmac.update(url().as_bytes());
        hmac.update(&self.body);
        self.signature = Some((SHA256_SIGNATURE, hex(&hmac.finalize().into_bytes())));
        self
    }

    pub(crate) fn forwarded(mut self) -> Self {
        self.is_forwarded = true;
        self
    }

    /// A form of so many bytes that is refused after the most that a refusal can take.
    pub(crate) fn worst(bytes: usize) -> Self {
        let text = "x".repeat(bytes - "Body=".len());
        let form = Self::form(&[("Body".to_owned(), text)]).wrongly_signed();
        Self {
            is_worst: true,
            ..form
        }
    }

    pub(crate) fn unsigned(mut self) -> Self {
        self.signature = None;
        self
    }

    pub(crate) fn signed(mut self, signature: &str) -> Self {
        self.signature = Some((SIGNATURE, signature.to_owned()));
        self
    }

    /// Well-formed, and of another message.
    pub(crate) fn wrongly_signed(self) -> Self {
        self.signed(&sign_base64(b"another message"))
    }

    pub(crate) fn request<B: From<Bytes>>(&self) -> Request<B> {
        let (target, host) = if self.is_worst {
            ("/?bodySHA256=0", "HOOKS.example.com")
        } else {
            (PATH, HOST)
        };
        let mut request = Request::post(target)
            .header(header::HOST, host)
            .header(header::USER_AGENT, "SignalWire/1.0")
            .header(header::CONTENT_TYPE, self.content_type)
            .header(header::CONTENT_LENGTH, self.body.len());
        if let Some((name, signature)) = &self.signature {
            request = request.header(*name, signature);
        }
        if self.is_forwarded {
            request = request
                .header("x-forwarded-proto", "https")
                .header("x-forwarded-host", HOST);
        }
        if self.is_worst {
            request = request
                .header(header::AUTHORIZATION, "Basic dXNlcjpwYXNzd29yZA==")
                .header(SHA256_SIGNATURE, "0".repeat(64));
        }
        request.body(self.body.clone().into()).unwrap()
    }
}

pub(crate) fn url() -> String {
    format!("https://{HOST}{PATH}")
}

/// The 26 fields of a voice call.
pub(crate) fn voice_call() -> Vec<(String, String)> {
    let mut fields = vec![
        (
            "CallSid".to_owned(),
            "5b2f6c1e-8f0d-4d3a-9c52-7e0d6a1b4c39".to_owned(),
        ),
        (
            "AccountSid".to_owned(),
            "b08dacad-8a10-4d5b-a0c3-2e7d1f6b9e84".to_owned(),
        ),
        ("ApiVersion".to_owned(), "2010-04-01".to_owned()),
        ("CallStatus".to_owned(), "ringing".to_owned()),
        ("Direction".to_owned(), "inbound".to_owned()),
        (
            "Timestamp".to_owned(),
            "Mon, 23 Nov 2026 14:12:05 UTC".to_owned(),
        ),
    ];
    for (party, number, city) in [
        ("From", "+14158675309", "San Jose"),
        ("To", "+18005551212", ""),
        ("Caller", "+14158675309", "San Jose"),
        ("Called", "+18005551212", ""),
    ] {
        let (state, zip) = if city.is_empty() {
            ("", "")
        } else {
            ("CA", "95113")
        };
        fields.push((party.to_owned(), number.to_owned()));
        fields.push((format!("{party}City"), city.to_owned()));
        fields.push((format!("{party}State"), state.to_owned()));
        fields.push((format!("{party}Zip"), zip.to_owned()));
        fields.push((format!("{party}Country"), "US".to_owned()));
    }
    fields
}

/// Distinct names, in no order.
pub(crate) fn numbered(parameters: usize) -> Vec<(String, String)> {
    (0..parameters)
        .map(|index| (format!("p{}", index * 7919 % 16_001), "1".to_owned()))
        .collect()
}

fn encode(parameters: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

/// As long as asked, by the length of its headers.
fn swml(bytes: usize) -> String {
    let head = concat!(
        r#"{"call":{"call_id":"5b2f6c1e-8f0d-4d3a-9c52-7e0d6a1b4c39","#,
        r#""node_id":"b08dacad-8a10-4d5b-a0c3-2e7d1f6b9e84","#,
        r#""segment_id":"5b2f6c1e-8f0d-4d3a-9c52-7e0d6a1b4c39","call_state":"created","#,
        r#""direction":"inbound","type":"phone","from":"+14158675309","to":"+18005551212","#,
        r#""headers":[{"name":"x-note","value":""#,
    );
    let tail = concat!(
        r#""}],"project_id":"b08dacad-8a10-4d5b-a0c3-2e7d1f6b9e84","#,
        r#""space_id":"b08dacad-8a10-4d5b-a0c3-2e7d1f6b9e85"},"vars":{},"envs":{},"params":{}}"#,
    );
    let filling = "x".repeat(bytes - head.len() - tail.len());
    format!("{head}{filling}{tail}")
}

fn sign_base64(message: &[u8]) -> String {
    STANDARD.encode(sha1(message))
}

fn sha1(message: &[u8]) -> [u8; 20] {
    let mut hmac = Hmac::<Sha1>::new_from_slice(KEY.as_bytes()).unwrap();
    hmac.update(url().as_bytes());
    hmac.update(message);
    hmac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes whatever is written to it");
        text
    })
}
