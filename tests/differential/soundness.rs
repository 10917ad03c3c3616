//! What the layer may accept, told a second time and apart from its code, so that no deviation
//! explains away a forged request that it accepts.

use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use signalwire_webhook::SignatureScheme;

use crate::{
    signing::{SIGNALWIRE_SHA256, base64_sha1, first_name, hex, in_order_of_bytes},
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
                self.may_follow_a_url_as_it_is()
                    && signatures.any(|(name, signature)| {
                        *name == SIGNALWIRE_SHA256 && signature.eq_ignore_ascii_case(&expected)
                    })
            }
            SignatureScheme::RawBodySha1 => {
                let expected = key.sign_body_sha1(&text, &self.body);
                let signature = self.sha1_signature();
                self.may_follow_a_url_as_it_is()
                    && signature.is_some_and(|signature| signature.eq_ignore_ascii_case(&expected))
            }
            SignatureScheme::FormParameters => {
                every_digest_matches
                    && self.has_form_type_or_no_body()
                    && self.may_follow_a_url_as_a_form()
                    && is_base64_of(&in_order_of_bytes(&self.body))
            }
            SignatureScheme::BodyDigest => {
                !digests.is_empty() && every_digest_matches && is_base64_of(b"")
            }
            _ => false,
        }
    }

    /// SignalWire's JSON begins with a brace; what begins with a slash, say, may be the rest of a
    /// longer URL.
    pub fn may_follow_a_url_as_it_is(&self) -> bool {
        let first = self.body.first();
        first.is_none_or(|first| first.is_ascii_alphabetic() || b"{[".contains(first))
    }

    /// The first name of SignalWire's begins with a letter; what begins otherwise may be the rest of
    /// a longer URL.
    pub fn may_follow_a_url_as_a_form(&self) -> bool {
        let name = first_name(&self.body);
        let begins_with_letter = name.first().is_some_and(u8::is_ascii_alphabetic);
        let is_empty = in_order_of_bytes(&self.body).is_empty();
        is_empty || begins_with_letter && !name.iter().any(|byte| b"/?&=:#%".contains(byte))
    }

    fn has_form_type_or_no_body(&self) -> bool {
        self.body.is_empty() || self.has_form_type()
    }
}
