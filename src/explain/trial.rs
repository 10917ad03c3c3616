//! Tries remedies out: on this request, and on the next one of the same deployment.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use sha2::{Digest as _, Sha256};

use super::{body::messages::says_form, budget::Budget, next_request::Next};
use crate::{
    encoding::{encode_base64, encode_hex},
    form::CanonicalForm,
    key::{SigningKey, SigningKeys},
    url::{PublicUrl, RequestUrl},
    verify::{
        Policy, PresentedSignatures, Received, RejectionReason, SIGNALWIRE_SHA256_SIGNATURE,
        SIGNALWIRE_SIGNATURE, SignatureScheme, TWILIO_SIGNATURE,
    },
};

/// A request as it would arrive with all remedies applied, and who signed it how.
pub(super) struct Arrival<'a> {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// `None` where nobody knows what was sent.
    pub(super) body: Option<Cow<'a, [u8]>>,
    pub(super) scheme: SignatureScheme,
    pub(super) key: SigningKey,
    /// Whether the remedies change what is signed, so that it must be signed anew.
    pub(super) is_signed_anew: bool,
}

/// Why a remedy is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Refused(RejectionReason),
    /// It lets this request through, and not the next one.
    RefusesNext,
    /// There is not enough left of the budget to try it.
    NotTried,
}

impl Arrival<'_> {
    /// The same with the same body, which is not copied.
    pub(super) fn borrowed(&self) -> Arrival<'_> {
        Arrival {
            method: self.method.clone(),
            uri: self.uri.clone(),
            headers: self.headers.clone(),
            body: self.body.as_deref().map(Cow::Borrowed),
            scheme: self.scheme,
            key: self.key.clone(),
            is_signed_anew: self.is_signed_anew,
        }
    }

    /// Puts the signature into its own header, and removes every other.
    pub(super) fn set_signature(&mut self, signature: &str) {
        for name in [
            SIGNALWIRE_SIGNATURE,
            SIGNALWIRE_SHA256_SIGNATURE,
            TWILIO_SIGNATURE,
        ] {
            self.headers.remove(name);
        }
        if let Ok(value) = HeaderValue::from_str(signature) {
            self.headers.insert(own_header(self.scheme), value);
        }
    }

    pub(super) fn set_content_type(&mut self, content_type: &'static str) {
        let value = HeaderValue::from_static(content_type);
        self.headers.insert(header::CONTENT_TYPE, value);
    }

    fn sign(&mut self, url: &str) {
        let body = self.body.as_deref().unwrap_or_default();
        let signature = match self.scheme {
            SignatureScheme::RawBodySha256 => self.key.sign_body_sha256(url, body),
            SignatureScheme::RawBodySha1 => self.key.sign_body_sha1(url, body),
            SignatureScheme::FormParameters => {
                let form = CanonicalForm::parse(body).unwrap_or_default();
                encode_base64(&self.key.hmac_sha1(&[url.as_bytes(), form.text()]))
            }
            SignatureScheme::BodyDigest => encode_base64(&self.key.hmac_sha1(&[url.as_bytes()])),
        };
        self.set_signature(&signature);
    }

    /// Whether one of the URLs that are tried for this request is the signed one.
    pub(super) fn is_covered_by(&self, public_url: &PublicUrl, signed: &str) -> bool {
        let request = RequestUrl::new(&self.uri, &self.headers);
        let mut text = String::new();
        public_url.candidate_urls(&request).is_ok_and(|urls| {
            urls.iter().any(|url| {
                text.clear();
                url.append_to(&mut text);
                text == signed
            })
        })
    }

    /// Whether a fresh verifier with this policy admits the request as it was signed for this URL, and
    /// the next one of the same deployment.
    pub(super) fn passes(
        &self,
        policy: &Policy,
        signed: &str,
        budget: &mut Budget,
    ) -> Result<(), Failure> {
        if !self.is_covered_by(&policy.public_url, signed) {
            return Err(Failure::Refused(RejectionReason::SignatureMismatch));
        }
        if self.body.is_some() {
            if self.is_signed_anew {
                let mut anew = self.borrowed();
                anew.sign(signed);
                anew.verify(policy, budget)?;
            } else {
                self.verify(policy, budget)?;
            }
        }
        let Some(Next { url, mut arrival }) = self.next(policy, signed) else {
            return Err(Failure::RefusesNext);
        };
        if !arrival.is_covered_by(&policy.public_url, &url) {
            return Err(Failure::RefusesNext);
        }
        arrival.sign(&url);
        match arrival.verify(policy, budget) {
            Err(Failure::Refused(_)) => Err(Failure::RefusesNext),
            other => other,
        }
    }

    fn verify(&self, policy: &Policy, budget: &mut Budget) -> Result<(), Failure> {
        let body = self.body.as_deref().unwrap_or_default();
        self.pay(policy, body.len(), budget)?;
        let received = Received {
            uri: &self.uri,
            headers: &self.headers,
            body,
        };
        let keys = SigningKeys::from(self.key.clone());
        PresentedSignatures::from_headers(&self.headers, &policy.accepted)
            .and_then(|presented| policy.verify(&received, &presented, &keys).map(|_| ()))
            .map_err(Failure::Refused)
    }

    /// A verification tries each URL with every signature that is there, and a base64 one twice.
    fn pay(&self, policy: &Policy, body: usize, budget: &mut Budget) -> Result<(), Failure> {
        const MESSAGES: usize = 2;
        let request = RequestUrl::new(&self.uri, &self.headers);
        let Ok(urls) = policy.public_url.candidate_urls(&request) else {
            return Ok(());
        };
        let (mut number, mut bytes) = (0, 0);
        let mut text = String::new();
        for url in urls.iter() {
            text.clear();
            url.append_to(&mut text);
            number += 1;
            bytes += text.len() + body;
        }
        budget
            .pay_trial(number * MESSAGES, bytes * MESSAGES)
            .map_err(|_| Failure::NotTried)
    }

    pub(super) fn says_form(&self) -> bool {
        says_form(&self.headers)
    }
}

pub(super) fn own_header(scheme: SignatureScheme) -> HeaderName {
    match scheme {
        SignatureScheme::RawBodySha256 => SIGNALWIRE_SHA256_SIGNATURE,
        _ => SIGNALWIRE_SIGNATURE,
    }
}

/// In hex, as `bodySHA256` has it.
pub(super) fn body_digest(body: &[u8]) -> String {
    encode_hex(&Sha256::digest(body))
}
