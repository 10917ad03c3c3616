//! A request that the layer and a package judge differently, and what can be told of it.

use signalwire_webhook::{RejectionReason, SignatureScheme};

use crate::{
    layer::{Verdict, candidates},
    package::{Package, PackageVerdict},
    signing::{
        BYTE_ORDER_MARK, SIGNALWIRE_SHA256, base64_sha1, in_javascripts_order, in_order,
        json_members,
    },
    webhook::Webhook,
    webhook_url::WebhookUrl,
};

pub struct Disagreement<'a> {
    pub webhook: &'a Webhook,
    pub package: Package,
    pub ours: &'a Verdict,
    pub theirs: &'a PackageVerdict,
}

impl Disagreement<'_> {
    pub fn is_of(&self, packages: &[Package]) -> bool {
        packages.contains(&self.package)
    }

    pub fn is_accepted_as(&self, schemes: &[SignatureScheme]) -> bool {
        matches!(self.ours, Verdict::Accepted { scheme, .. } if schemes.contains(scheme))
    }

    /// Whether the layer accepts by a URL that the package does not try, and that URL is to the
    /// configured one as given.
    pub fn is_accepted_by_url(&self, relation: fn(&WebhookUrl, &WebhookUrl) -> bool) -> bool {
        let Verdict::Accepted { scheme, url } = self.ours else {
            return false;
        };
        let signed = url.to_string();
        let is_tried = match scheme {
            SignatureScheme::FormParameters | SignatureScheme::BodyDigest => {
                self.package.urls(&self.webhook.url).contains(&signed)
            }
            _ => self.package.url_as_given(&self.webhook.url) == signed,
        };
        !is_tried && relation(url, &self.webhook.url)
    }

    pub fn is_refused_for(&self, reasons: &[RejectionReason]) -> bool {
        matches!(self.ours, Verdict::Refused(reason) if reasons.contains(reason))
    }

    /// Whether the layer finds no signature of the message that it expects, or does not look for
    /// one.
    pub fn is_refused_as_unsigned(&self) -> bool {
        self.is_refused_for(&[
            RejectionReason::UnsignedBody,
            RejectionReason::SignatureMismatch,
            RejectionReason::AmbiguousBoundary,
        ])
    }

    /// Whether the signature is base64 of a URL that both try and this message.
    pub fn is_signed_with(&self, message: &[u8]) -> bool {
        let ours = candidates(self.webhook);
        let mut urls = self.package.urls(&self.webhook.url);
        urls.retain(|url| ours.contains(url));
        self.is_signed(&urls, message)
    }

    /// Whether a signature is hex of the URL as the package has it and this message.
    pub fn is_signed_in_hex_with(&self, message: &[u8]) -> bool {
        let url = self.package.url_as_given(&self.webhook.url);
        let key = self.webhook.signing_key();
        let sha256 = (SIGNALWIRE_SHA256, key.sign_body_sha256(&url, message));
        self.webhook.sha1_signature() == Some(&key.sign_body_sha1(&url, message))
            || self.webhook.signatures.contains(&sha256)
    }

    /// Whether the signature is of what a package takes for the message, for a URL that only the
    /// package tries.
    pub fn is_signed_for_other_url(&self) -> bool {
        let ours = candidates(self.webhook);
        let given = self.package.url_as_given(&self.webhook.url);
        let mut urls = self.package.urls(&self.webhook.url);
        urls.retain(|url| !ours.contains(url));
        let body = &self.webhook.body;
        let text = String::from_utf8_lossy(body);
        let raw = [body, text.as_bytes(), b"{}"];
        let is_signed_in_hex = raw
            .iter()
            .any(|message| self.is_signed_in_hex_with(message));
        let unmarked = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        let parameters = [
            Vec::new(),
            in_order(body),
            in_order(unmarked),
            in_javascripts_order(body),
            json_members(body).into_bytes(),
        ];
        is_signed_in_hex && !ours.contains(&given)
            || parameters
                .iter()
                .any(|message| self.is_signed(&urls, message))
    }

    /// Whether the layer refuses, or accepts what was signed indeed.
    pub fn is_sound(&self) -> bool {
        match self.ours {
            Verdict::Refused(_) => true,
            Verdict::Accepted { scheme, url } => {
                self.webhook.may_be_signed_as(url) && self.webhook.is_signed_in(*scheme, url)
            }
        }
    }

    fn is_signed(&self, urls: &[String], message: &[u8]) -> bool {
        let key = self.webhook.signing_key();
        let mut signatures = urls.iter().map(|url| base64_sha1(&key, url, message));
        signatures.any(|signature| self.webhook.sha1_signature() == Some(&signature))
    }
}
