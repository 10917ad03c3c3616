//! What to change, in words and for a program.

use std::fmt;

use super::key::correction::KeyCorrection;
use crate::{
    url::{ForwardingHeader, PublicUrl},
    verify::SignatureScheme,
};

/// One change that lets the request through; `Display` writes it as code or configuration to
/// paste, with a word on where it goes, and on what it would admit if the request was not genuine.
#[derive(Clone)]
#[non_exhaustive]
pub enum Remedy {
    /// Configure the layer with this URL.
    #[non_exhaustive]
    PublicUrl {
        /// What to give to [`Verifier::public_url`](crate::Verifier::public_url), and to the layer's
        /// method of that name.
        public_url: PublicUrl,
        /// The same as Rust code; its credentials are `***`, and its query is `…` unless
        /// [`Explainer::show_queries`](super::Explainer::show_queries) was asked for.
        code: String,
        /// What to set `SIGNALWIRE_WEBHOOK_URL` to for the same effect, where that can say it.
        variable: Option<String>,
        /// Whether `PublicUrl::from_request()`, the default, would do as well: the request's own
        /// host is right, and stays right where it changes, as a tunnel's does.
        request_suffices: bool,
        /// The headers with which [`PublicUrl::from_headers`] would do as well, where
        /// `PublicUrl::from_request()` does not; empty where it would not.
        sufficient_headers: Vec<ForwardingHeader>,
        /// What would be admitted with it if the request was captured on its way to somewhere else.
        admits: Option<Admitted>,
    },
    /// Configure this URL at SignalWire instead of the one that is there.
    #[non_exhaustive]
    DashboardUrl {
        /// The URL that the layer can verify.
        url: String,
        /// The same, its credentials and query masked as in `PublicUrl`.
        shown: String,
    },
    /// Let the layer see the path and query as SignalWire sent them: no setting can undo what
    /// changes with each request.
    KeepUrl,
    /// Accept this scheme.
    Accept(SignatureScheme),
    /// Correct the configured key of this id, step by step.
    #[non_exhaustive]
    SigningKey {
        /// The [`SigningKey::id`](crate::SigningKey::id) of the key as it is configured.
        key_id: String,
        /// In this order.
        corrections: Vec<KeyCorrection>,
    },
    /// Let the layer see the body as it was sent: put it outside of what changes the body.
    KeepBody,
    /// Decompress the body before the layer sees it.
    Decompress,
    /// Let the request keep this content type.
    ContentType(&'static str),
    /// Where the signature is made, write it as this scheme does.
    SignAs(SignatureScheme),
    /// Remove the other value of the signature header.
    RemoveOtherSignature,
    /// Where the form is signed, sign every parameter, in the order of the names' bytes.
    SignWholeForm,
    /// Let the URL keep its `bodySHA256`, or do not send a body that nothing signs.
    SignBody,
}

/// What a configured URL would admit, if the request that it was made of was captured on its way to
/// somewhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admitted {
    /// A request to another host that has the same key.
    AnotherHost,
    /// A request to another URL of this host.
    AnotherUrl,
}

impl fmt::Display for Admitted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = match self {
            Self::AnotherHost => "another host",
            Self::AnotherUrl => "another url",
        };
        write!(
            formatter,
            "do so if this request is genuine; if it was captured on its way to {target}, this would \
             admit it"
        )
    }
}

/// What is said with every change of a body.
const BODY_CAUTION: &str = "; do so if this request is genuine: if somebody changed the body of a \
                            captured request, it is rightly refused";

/// As `Display`, without the credentials and the query that a URL may have.
impl fmt::Debug for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Remedy({self})")
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicUrl { .. } => self.fmt_public_url(formatter),
            Self::DashboardUrl { shown, .. } => {
                write!(formatter, "configure {shown} at SignalWire instead")
            }
            Self::KeepUrl => formatter.write_str(
                "let the proxy or gateway pass the path and query on as it gets them; the query \
                 changes with each request, so that no setting of the layer can undo it",
            ),
            Self::Accept(scheme) => write!(
                formatter,
                "add SignatureScheme::{scheme} to .accept([…]), or leave .accept out, unless you left \
                 this scheme out on purpose: every request that is signed so would pass"
            ),
            Self::SigningKey {
                key_id,
                corrections,
            } => {
                write!(
                    formatter,
                    "in the configured key {key_id}, in SIGNALWIRE_SIGNING_KEY or SigningKey::new:"
                )?;
                for (index, correction) in corrections.iter().enumerate() {
                    let separator = if index == 0 { " " } else { ", then " };
                    write!(formatter, "{separator}{correction}")?;
                }
                Ok(())
            }
            Self::KeepBody => write!(
                formatter,
                ".layer(what_changes_the_body).layer(webhook()), since the layer added last sees the \
                 request first; where a proxy, gateway or adapter changes the body, let it pass the \
                 body on as it is{BODY_CAUTION}"
            ),
            Self::Decompress => write!(
                formatter,
                ".layer(webhook()).layer(tower_http::decompression::RequestDecompressionLayer::new()), \
                 so that the body is decompressed first; or switch off the compression on the way\
                 {BODY_CAUTION}"
            ),
            Self::ContentType(content_type) => write!(
                formatter,
                "let the request keep `Content-Type: {content_type}`: look for the proxy, gateway or \
                 layer that sets another or removes it"
            ),
            Self::SignAs(scheme) => formatter.write_str(sign_as(*scheme)),
            Self::RemoveOtherSignature => formatter.write_str(
                "remove what adds the second value of the signature header: look for a proxy that \
                 appends headers instead of setting them",
            ),
            Self::SignWholeForm => write!(
                formatter,
                "where the form is signed: sign every parameter, also those without a value, in the \
                 order of the names' bytes (SigningKey::sign_form does), or send what was signed\
                 {BODY_CAUTION}"
            ),
            Self::SignBody => formatter.write_str(
                "let the proxy keep `bodySHA256` in the query; where SignalWire did not send this \
                 body, it is a captured signature with another body, rightly refused",
            ),
        }
    }
}

fn sign_as(scheme: SignatureScheme) -> &'static str {
    match scheme {
        SignatureScheme::RawBodySha256 => {
            "where the request is signed or forwarded: `X-SignalWire-SHA256-Signature: <64 hex \
             digits>` (SigningKey::sign_body_sha256)"
        }
        SignatureScheme::RawBodySha1 => {
            "where the request is signed or forwarded: `X-SignalWire-Signature: <40 hex \
             digits>` (SigningKey::sign_body_sha1)"
        }
        SignatureScheme::FormParameters | SignatureScheme::BodyDigest => {
            "where the request is signed or forwarded: `X-SignalWire-Signature: <28 characters \
             of base64>` (SigningKey::sign_form)"
        }
    }
}

impl Remedy {
    fn fmt_public_url(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::PublicUrl {
            code,
            variable,
            request_suffices,
            sufficient_headers,
            admits,
            ..
        } = self
        else {
            return Ok(());
        };
        write!(formatter, ".public_url({code})")?;
        match variable {
            // A space follows, so that nothing else is copied along.
            Some(variable) => write!(
                formatter,
                " or SIGNALWIRE_WEBHOOK_URL={variable} in the environment"
            )?,
            None => formatter.write_str(", for this route alone")?,
        }
        if *request_suffices {
            formatter.write_str(
                " (no .public_url and no SIGNALWIRE_WEBHOOK_URL would do too, and outlast another host)",
            )?;
        }
        if !sufficient_headers.is_empty() {
            let names: Vec<String> = sufficient_headers
                .iter()
                .map(|header| format!("ForwardingHeader::{header:?}"))
                .collect();
            write!(
                formatter,
                " (.public_url(PublicUrl::from_headers([{}])) would do too, but only where your \
                 proxy overwrites what its client sends in them: otherwise whoever captured a request \
                 to another host could send it here)",
                names.join(", ")
            )?;
        }
        match admits {
            Some(admitted) => write!(formatter, "; {admitted}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_for_a_key_are_told_one_after_another() {
        let remedy = Remedy::SigningKey {
            key_id: "main".to_owned(),
            corrections: vec![
                KeyCorrection::RemoveVariableName,
                KeyCorrection::RemoveQuotes,
                KeyCorrection::DecodeHex,
            ],
        };
        let steps = "in the configured key main, in SIGNALWIRE_SIGNING_KEY or SigningKey::new: \
                     remove the variable's name and the equals sign, \
                     then remove the quotes around it, then decode it from hex";
        assert_eq!(remedy.to_string(), steps);
        assert_eq!(format!("{remedy:?}"), format!("Remedy({steps})"));
    }

    #[test]
    fn advice_that_could_let_a_forger_in_says_so() {
        for remedy in [Remedy::KeepBody, Remedy::Decompress, Remedy::SignWholeForm] {
            assert!(
                remedy.to_string().contains("if this request is genuine"),
                "{remedy}"
            );
        }
        assert!(Remedy::SignBody.to_string().contains("rightly refused"));
        let remedy = Remedy::PublicUrl {
            public_url: PublicUrl::from_request(),
            code: String::new(),
            variable: None,
            request_suffices: false,
            sufficient_headers: vec![ForwardingHeader::XForwardedHost],
            admits: Some(Admitted::AnotherHost),
        };
        let text = remedy.to_string();
        assert!(text.contains(", for this route alone"), "{text}");
        assert!(
            text.contains("captured on its way to another host, this would admit it"),
            "{text}"
        );
    }
}
