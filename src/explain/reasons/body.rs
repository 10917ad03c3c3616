//! What speaks for another body.

use http::{Method, header};

use super::{Reason, Visible};
use crate::{form::MAX_PARAMETERS, log_text::log_text};

impl Visible<'_> {
    fn has_no_body(&self) -> bool {
        self.body.is_empty()
    }

    pub(super) fn body(&self) -> Option<Reason> {
        if self.has_no_body() {
            return None;
        }
        if self.body == b"[object Object]" {
            return Some(Reason {
                weight: 11,
                text:
                    "the body is `[object Object]`: a JavaScript program wrote an object where the \
                       text that it received belongs"
                        .to_owned(),
            });
        }
        Some(Reason {
            weight: 5,
            text: "the body was changed in a way that cannot be undone, as by a proxy that rewrites it \
                   or a layer outside this one that parses it"
                .to_owned(),
        })
    }

    /// SignalWire sends no POST without a body.
    pub(super) fn emptiness(&self) -> Option<Reason> {
        let has_type = self.parts.headers.contains_key(header::CONTENT_TYPE);
        let is_empty_post = self.parts.method == Method::POST && self.has_no_body();
        (is_empty_post && has_type).then(|| Reason {
            weight: 9,
            text: "the body is empty, though it has a Content-Type: something read or dropped it before \
                   it arrived here"
                .to_owned(),
        })
    }

    /// A redirect makes a GET of a POST and drops its body, so that nothing is left to verify.
    pub(super) fn redirect(&self) -> Option<Reason> {
        let is_get = [Method::GET, Method::HEAD].contains(&self.parts.method);
        (is_get && self.has_no_body()).then(|| Reason {
            weight: 6,
            text: "it was a POST, and a redirect (301 or 302, as from http to https or to another \
                   slash) made a GET of it without its body: configure the redirect's target at \
                   SignalWire"
                .to_owned(),
        })
    }

    pub(super) fn encoding(&self) -> Option<Reason> {
        const ZSTANDARD: &[u8] = b"\x28\xb5\x2f\xfd";
        let Some(encoding) = self.parts.headers.get(header::CONTENT_ENCODING) else {
            return self.body.starts_with(ZSTANDARD).then(|| Reason {
                weight: 8,
                text:
                    "the body is compressed (zstd) without a Content-Encoding that says so: switch \
                       the compression off on the way, or decompress it before the layer"
                        .to_owned(),
            });
        };
        let name = encoding.to_str().ok()?.trim().to_ascii_lowercase();
        if self.has_no_body() || name.is_empty() || name == "identity" {
            return None;
        }
        let why = if ["gzip", "deflate"].contains(&name.as_str()) {
            "and what it holds is not what was signed"
        } else {
            "which this explanation does not read"
        };
        Some(Reason {
            weight: 8,
            text: format!(
                "the body is compressed (`Content-Encoding: {}`), {why}: switch the compression off on \
                 the way, or decompress it before the layer",
                log_text(&name)
            ),
        })
    }

    pub(super) fn length(&self) -> Option<Reason> {
        let length = self.parts.headers.get(header::CONTENT_LENGTH)?;
        let length: usize = length.to_str().ok()?.trim().parse().ok()?;
        (length != self.body.len()).then(|| Reason {
            weight: 10,
            text: format!(
                "the body is not as long as Content-Length says ({} bytes of {length}): something read, \
                 cut off or rewrote it before it arrived here",
                self.body.len()
            ),
        })
    }

    pub(super) fn content_type(&self) -> Option<Reason> {
        let content_type = self
            .parts
            .headers
            .get(header::CONTENT_TYPE)?
            .to_str()
            .ok()?;
        let parameters = self.body.split(|byte| *byte == b'&').count();
        if parameters > MAX_PARAMETERS {
            return Some(Reason {
                weight: 9,
                text: "the form has more than 1,000 parameters, which SignalWire does not send"
                    .to_owned(),
            });
        }
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_foreign = [
            "multipart/form-data",
            "text/xml",
            "application/xml",
            "text/html",
        ]
        .iter()
        .any(|foreign| essence.eq_ignore_ascii_case(foreign));
        (is_foreign && !self.has_no_body()).then(|| Reason {
            weight: 8,
            text: format!(
                "SignalWire does not send `Content-Type: {}`: something wrote the body anew",
                log_text(essence)
            ),
        })
    }
}
