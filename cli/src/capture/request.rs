//! A captured request, and how one is built from what names its parts.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Uri, request::Parts};

use crate::failure::Failure;

/// More than any server takes.
const MOST_HEADERS: usize = 1_000;

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) parts: Parts,
    /// What the body may have been, the likeliest first.
    pub(crate) bodies: Vec<PossibleBody>,
    /// What is missing or odd in the capture, as sentences.
    pub(crate) notes: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct PossibleBody {
    pub(crate) bytes: Vec<u8>,
    /// What this reading takes for granted, where it is not the likeliest.
    pub(crate) note: Option<&'static str>,
}

impl Captured {
    /// Adds what the body may have been instead.
    pub(super) fn or_body(mut self, bytes: Vec<u8>, note: &'static str) -> Self {
        if self.bodies.iter().all(|body| body.bytes != bytes) {
            self.bodies.push(PossibleBody {
                bytes,
                note: Some(note),
            });
        }
        self
    }

    pub(super) fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(super) fn body(&self) -> &[u8] {
        self.bodies.first().map_or(&[], |body| &body.bytes)
    }

    pub(crate) fn is_signed(&self) -> bool {
        let mut names = self.parts.headers.keys();
        names.any(|name| is_of_signature(name.as_str()))
    }
}

fn is_of_signature(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("signature")
}

/// What names the parts of a request. The URL may be absolute or not; its host and credentials are
/// put where a client puts them.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Named {
    pub(super) fn add_header(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.headers.push((name.into(), value.into()));
    }

    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, value)| str::from_utf8(value).ok())
    }

    pub(super) fn into_captured(self) -> Result<Captured, Failure> {
        check_number_of_headers(self.headers.len())?;
        self.check_placeholders()?;
        let note = length_note(&self);
        let parts = self.parts()?;
        Ok(Captured {
            parts,
            bodies: vec![PossibleBody {
                bytes: self.body,
                note: None,
            }],
            notes: note.into_iter().collect(),
        })
    }

    /// What a tool would put a value for, as `{{host}}`.
    fn check_placeholders(&self) -> Result<(), Failure> {
        let signatures = self
            .headers
            .iter()
            .filter(|(name, _)| is_of_signature(name));
        let signatures = signatures.map(|(_, value)| String::from_utf8_lossy(value));
        let host = split_url(&self.url).0;
        let host = if host.is_empty() { &self.url } else { host };
        for text in signatures.chain([host.into()]) {
            let placeholder = text
                .split_once("{{")
                .and_then(|(_, rest)| rest.split_once("}}"));
            if let Some((name, _)) = placeholder {
                let name: String = name.chars().take(64).collect();
                return Err(Failure::usage(format!(
                    "a request in the capture has the placeholder {:?}, for which the tool puts a value: write \
                     the value there, or export the request as it was sent",
                    format!("{{{{{name}}}}}")
                )));
            }
        }
        Ok(())
    }

    fn parts(&self) -> Result<Parts, Failure> {
        let (authority, target) = split_url(&self.url);
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(uri(target)?);
        let (credentials, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        // HTTP/2 names the host in a pseudo-header, which is not a header here.
        let host = self.header(":authority").unwrap_or(host);
        if self.header("host").is_none() && !host.is_empty() {
            request = request.header("host", host);
        }
        if self.header("authorization").is_none() && !credentials.is_empty() {
            let value = format!("Basic {}", STANDARD.encode(credentials));
            request = request.header("authorization", value);
        }
        for (name, value) in &self.headers {
            if name.starts_with(':') {
                continue;
            }
            let (Ok(name), Ok(value)) = (
                HeaderName::try_from(name.as_str()),
                HeaderValue::from_bytes(value),
            ) else {
                return Err(Failure::usage(format!(
                    "a request in the capture has a header that cannot be one: {name:?}"
                )));
            };
            request = request.header(name, value);
        }
        let request = request.body(()).map_err(|error| {
            Failure::usage(format!(
                "the capture does not hold an HTTP request ({error}): export the request once more"
            ))
        })?;
        Ok(request.into_parts().0)
    }
}

/// Before they are copied.
pub(super) fn check_number_of_headers(number: usize) -> Result<(), Failure> {
    if number <= MOST_HEADERS {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "a request in the capture has more than {MOST_HEADERS} headers, which no server takes"
    )))
}

/// What a browser escapes before it is sent, some tools write out.
fn uri(target: &str) -> Result<Uri, Failure> {
    let target = target.split('#').next().unwrap_or_default();
    let mut sent = String::with_capacity(target.len() + 1);
    if !target.starts_with('/') {
        sent.push('/');
    }
    for character in target.chars() {
        if character.is_ascii_graphic() {
            sent.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(sent, "%{byte:02X}");
            }
        }
    }
    sent.parse().map_err(|error| {
        Failure::usage(format!(
            "the capture has a url that cannot be called: {error}"
        ))
    })
}

/// The authority of an absolute URL, and what follows it.
fn split_url(url: &str) -> (&str, &str) {
    match after_scheme(url) {
        Some(rest) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
        None => ("", url),
    }
}

/// What follows the scheme of an absolute URL; the query of a relative one may hold another URL.
pub(super) fn after_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    (!scheme.contains(['/', '?', '#'])).then_some(rest)
}

fn length_note(request: &Named) -> Option<String> {
    let length: usize = request.header("content-length")?.trim().parse().ok()?;
    let missing = length.checked_sub(request.body.len())?;
    (missing > 0).then(|| {
        let found = if request.body.is_empty() {
            "has no body".to_owned()
        } else {
            format!("has {} bytes of the body", request.body.len())
        };
        format!(
            "the capture {found}, and Content-Length says {length}: what is missing is signed too, so \
             save the whole request"
        )
    })
}
