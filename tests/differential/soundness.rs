//! What the layer may accept, told a second time and apart from its code, so that no deviation
//! explains away a forged request that it accepts.

use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use signalwire_webhook::SignatureScheme;

use crate::{
    signing::{SIGNALWIRE_SHA256, base64_sha1, hex, in_order_of_bytes, in_twilios_order},
    webhook::{UrlSource, Webhook},
    webhook_url::WebhookUrl,
};

impl Webhook {
    /// Whether SignalWire may have signed this URL for the configured one.
    pub fn may_be_signed_as(&self, signed: &WebhookUrl) -> bool {
        let is_credential = |userinfo: &String| {
            let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
            let configured = self.url.userinfo.as_deref().unwrap_or_default();
            // A request's header does not tell "user:" from "user".
            decoded(userinfo) == decoded(configured.strip_suffix(':').unwrap_or(configured))
                || userinfo == configured
        };
        let default_port = WebhookUrl {
            port: None,
            ..signed.clone()
        };
        let default_port = default_port.with_other_port().port;
        let scheme_is_known = self.url_source != UrlSource::Request;
        (signed.scheme == self.url.scheme || !scheme_is_known)
            && signed.userinfo.as_ref().is_none_or(is_credential)
            && signed.host.eq_ignore_ascii_case(&self.url.host)
            && (signed.port.is_none()
                || signed.port == self.url.port
                || self.url.port.is_none() && signed.port == default_port)
            && signed.clone().with_path().path == self.url.clone().with_path().path
            && signed.query == self.url.query
    }

    /// Whether a signature of the request covers the URL and the whole body in this scheme.
    pub fn is_signed_in(&self, scheme: SignatureScheme, url: &WebhookUrl) -> bool {
        let key = self.signing_key();
        let text = url.to_string();
        let is_base64_of =
            |message: &[u8]| self.sha1_signature() == Some(&base64_sha1(&key, &text, message));
        let digest = hex(&Sha256::digest(&self.body));
        let digests = url.body_digests();
        let every_digest_matches = digests
            .iter()
            .all(|named| named.eq_ignore_ascii_case(&digest));
        match scheme {
            SignatureScheme::RawBodySha256 => {
                let expected = key.sign_body_sha256(&text, &self.body);
                let mut signatures = self.signatures.iter();
                signatures.any(|(name, signature)| {
                    *name == SIGNALWIRE_SHA256 && signature.eq_ignore_ascii_case(&expected)
                })
            }
            SignatureScheme::RawBodySha1 => {
                let expected = key.sign_body(&text, &self.body);
                let signature = self.sha1_signature();
                signature.is_some_and(|signature| signature.eq_ignore_ascii_case(&expected))
            }
            SignatureScheme::FormParameters => {
                every_digest_matches
                    && self.has_form_type_or_no_body()
                    && (is_base64_of(&in_order_of_bytes(&self.body))
                        || is_base64_of(&in_twilios_order(&self.body)))
            }
            SignatureScheme::BodyDigest => {
                !digests.is_empty() && every_digest_matches && is_base64_of(b"")
            }
            _ => false,
        }
    }

    fn has_form_type_or_no_body(&self) -> bool {
        self.body.is_empty() || self.has_form_type()
    }
}
