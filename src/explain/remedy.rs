use std::fmt;

use crate::explain::key::correction::KeyCorrection;
use crate::{ForwardingHeader, url::PublicUrl, verify::SignatureScheme};

/// One change that lets the request through; `Display` writes it as code or configuration to
/// paste, with a word on where it goes.
#[derive(Clone)]
#[non_exhaustive]
pub enum Remedy {
    /// Configure the layer with this URL.
    #[non_exhaustive]
    PublicUrl {
        /// What to give to [`SignalWireWebhookLayer::public_url`](crate::SignalWireWebhookLayer::public_url).
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
    },
    /// Configure this URL at SignalWire instead of the one that is there.
    #[non_exhaustive]
    DashboardUrl {
        /// The URL that the layer can verify.
        url: String,
        /// The same, its credentials and query masked as in `PublicUrl`.
        shown: String,
    },
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

/// As `Display`, without the credentials and the query that a URL may have.
impl fmt::Debug for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Remedy({self})")
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicUrl {
                code,
                variable,
                request_suffices,
                sufficient_headers,
                ..
            } => {
                write!(formatter, ".public_url({code})")?;
                if let Some(variable) = variable {
                    write!(formatter, " or SIGNALWIRE_WEBHOOK_URL={variable}")?;
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
                        " (.public_url(PublicUrl::from_headers([{}])) would do too, where your proxy \
                         overwrites what its client sends in them)",
                        names.join(", ")
                    )?;
                }
                Ok(())
            }
            Self::DashboardUrl { shown, .. } => {
                write!(formatter, "configure {shown} at SignalWire instead")
            }
            Self::Accept(scheme) => write!(
                formatter,
                "add SignatureScheme::{scheme} to .accept([…]), or leave .accept out"
            ),
            Self::SigningKey { key_id, corrections } => {
                write!(formatter, "in the configured key {key_id}, in SIGNALWIRE_SIGNING_KEY or SigningKey::new:")?;
                for (index, correction) in corrections.iter().enumerate() {
                    let separator = if index == 0 { " " } else { ", then " };
                    write!(formatter, "{separator}{correction}")?;
                }
                Ok(())
            }
            Self::KeepBody => formatter.write_str(
                ".layer(what_changes_the_body).layer(webhook()), since the layer added last sees the \
                 request first; where a proxy changes the body, switch that off in the proxy",
            ),
            Self::Decompress => formatter.write_str(
                ".layer(webhook()).layer(tower_http::decompression::RequestDecompressionLayer::new()), \
                 so that the body is decompressed first; or switch off the compression on the way",
            ),
            Self::ContentType(content_type) => write!(
                formatter,
                "let the request keep `Content-Type: {content_type}`: look for the proxy, gateway or \
                 layer that sets another or removes it"
            ),
            Self::SignAs(scheme) => formatter.write_str(match scheme {
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
            }),
            Self::RemoveOtherSignature => formatter.write_str(
                "remove what adds the second value of the signature header: look for a proxy that \
                 appends headers instead of setting them",
            ),
            Self::SignWholeForm => formatter.write_str(
                "where the form is signed: sign every parameter, also those without a value, in the \
                 order of the names' bytes (SigningKey::sign_form does), or send what was signed",
            ),
            Self::SignBody => formatter.write_str(
                "let the proxy keep `bodySHA256` in the query; where SignalWire did not send this \
                 body, it is a captured signature with another body, rightly refused",
            ),
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
}
