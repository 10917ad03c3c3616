//! Holds the presented signatures against every message that may have been signed.

use bytes::Bytes;

use super::{
    VerifiedWebhook,
    body_digest::{body_digests_match, names_body_digest},
    boundary::{body_may_follow_url, form_may_follow_url},
    presented::{PresentedSignatures, Sha1Signature},
    reason::RejectionReason,
    scheme::{AcceptedSchemes, SignatureScheme},
    verified::SignedContent,
};
use crate::{
    encoding::Sha1Digest,
    form::{CanonicalForm, FormTooLarge},
    key::{SigningKey, SigningKeys},
    url::{CandidateUrls, candidates::CandidateUrl},
};

/// Spares most requests a buffer that grows.
const USUAL_URL_LENGTH: usize = 128;

/// What may have been signed, and by whom.
pub(crate) struct Attempt<'a, 'k> {
    pub(crate) keys: &'k SigningKeys,
    pub(crate) urls: &'a CandidateUrls<'a>,
    pub(crate) content: &'a Content<'a>,
    pub(crate) accepted: &'a AcceptedSchemes,
    /// The first name of every form, where it is known.
    pub(crate) first_name: Option<&'a str>,
}

/// What came with the URL.
pub(crate) enum Content<'a> {
    RawBody(&'a [u8]),
    /// A raw body whose content type lets it be read as a form.
    RawForm(&'a [u8]),
    /// Form parameters that somebody else decoded, so that the raw body is not known.
    Parameters(&'a CanonicalForm),
}

impl<'a> Content<'a> {
    /// `None` where it is not known. Without parameters it is empty.
    fn raw_body(&self) -> Option<&'a [u8]> {
        match self {
            Self::RawBody(body) | Self::RawForm(body) => Some(body),
            Self::Parameters(form) => form.is_empty().then_some(b""),
        }
    }
}

/// A signature that matched, over a message that covers the body.
#[derive(Debug)]
pub(crate) struct Match<'k> {
    scheme: SignatureScheme,
    key: &'k SigningKey,
    url: String,
    /// The parameters that followed the URL; `None` where the raw body did.
    parameters: Option<Vec<u8>>,
}

impl Match<'_> {
    /// Takes the body only where it was signed as it is.
    pub(crate) fn into_proof(self, body: impl FnOnce() -> Bytes) -> VerifiedWebhook {
        VerifiedWebhook {
            scheme: self.scheme,
            url: self.url,
            key_id: self.key.shared_id(),
            content: match self.parameters {
                Some(text) => SignedContent::Parameters(text),
                None => SignedContent::Body(body()),
            },
        }
    }
}

impl<'k> Attempt<'_, 'k> {
    /// Tries the presented signatures, strongest first; the first that matches is enough.
    pub(crate) fn verify(
        &self,
        presented: &PresentedSignatures,
    ) -> Result<Match<'k>, RejectionReason> {
        let mut outcome = Err(RejectionReason::SignatureMismatch);
        if let Some(signature) = &presented.sha256 {
            outcome = self.verify_raw_body(SignatureScheme::RawBodySha256, |key, message| {
                key.signed_sha256(message, signature)
            });
        }
        if outcome.is_ok() {
            return outcome;
        }
        match &presented.sha1 {
            None => outcome,
            Some(Sha1Signature::Hex(signature)) => self
                .verify_raw_body(SignatureScheme::RawBodySha1, |key, message| {
                    key.signed_sha1(message, signature)
                }),
            Some(Sha1Signature::Base64(signature)) => self.verify_base64(signature),
        }
    }

    fn verify_raw_body(
        &self,
        scheme: SignatureScheme,
        is_signed: impl Fn(&SigningKey, &[&[u8]]) -> bool,
    ) -> Result<Match<'k>, RejectionReason> {
        let Some(body) = self.content.raw_body() else {
            return Err(RejectionReason::SignatureMismatch);
        };
        if !body_may_follow_url(body, self.first_name) {
            return Err(RejectionReason::AmbiguousBoundary);
        }
        let mut text = String::with_capacity(USUAL_URL_LENGTH);
        for url in self.urls.iter() {
            text.clear();
            url.append_to(&mut text);
            for key in self.keys.iter() {
                if is_signed(key, &[text.as_bytes(), body]) {
                    return Ok(Match {
                        scheme,
                        key,
                        url: text,
                        parameters: None,
                    });
                }
            }
        }
        Err(RejectionReason::SignatureMismatch)
    }

    /// The form's parameters may follow the URL in the message, or nothing may.
    fn verify_base64(&self, signature: &Sha1Digest) -> Result<Match<'k>, RejectionReason> {
        let (form, form_problem) = match self.form() {
            Ok(form) => (form, None),
            // The body passes all the same where the URL names its digest.
            Err(problem) => (CanonicalForm::default(), Some(problem)),
        };
        let (scheme, key, url, has_parameters) = self
            .find_base64(form.text(), signature)
            .map_err(|reason| form_problem.unwrap_or(reason))?;
        if !self.has_digest_named_by(&url) {
            return Err(RejectionReason::BodyDigestMismatch);
        }
        let parameters = if has_parameters {
            form.into_text()
        } else {
            Vec::new()
        };
        Ok(Match {
            scheme,
            key,
            url,
            parameters: Some(parameters),
        })
    }

    /// The scheme, the key and the URL of the message that the signature is of, and whether the
    /// parameters follow the URL in it.
    fn find_base64(
        &self,
        parameters: &[u8],
        signature: &Sha1Digest,
    ) -> Result<(SignatureScheme, &'k SigningKey, String, bool), RejectionReason> {
        let mut reason = RejectionReason::UnsignedBody;
        let mut text = String::with_capacity(USUAL_URL_LENGTH);
        for url in self.urls.iter() {
            text.clear();
            url.append_to(&mut text);
            for (scheme, after_url) in self.base64_messages(&url, parameters) {
                if !self.accepted.contains(scheme) {
                    if reason == RejectionReason::UnsignedBody {
                        reason = RejectionReason::SchemeNotAccepted;
                    }
                    continue;
                }
                reason = RejectionReason::SignatureMismatch;
                for key in self.keys.iter() {
                    if key.signed_sha1(&[text.as_bytes(), after_url], signature) {
                        return Ok((scheme, key, text, !after_url.is_empty()));
                    }
                }
            }
        }
        Err(reason)
    }

    /// The canonical form, if it may follow a URL; empty where there is none.
    fn form(&self) -> Result<CanonicalForm, RejectionReason> {
        let form = match self.content {
            Content::RawBody(_) => CanonicalForm::default(),
            Content::RawForm(body) => {
                CanonicalForm::parse(body).map_err(|FormTooLarge| RejectionReason::BodyTooLarge)?
            }
            Content::Parameters(form) => CanonicalForm::clone(form),
        };
        if !form.is_empty() && !form_may_follow_url(&form, self.first_name) {
            return Err(RejectionReason::AmbiguousBoundary);
        }
        Ok(form)
    }

    /// The schemes of this URL, and what follows it in each. The URL alone admits an empty body and the
    /// one that its `bodySHA256` names, no other.
    fn base64_messages<'p>(
        &self,
        url: &CandidateUrl<'_>,
        parameters: &'p [u8],
    ) -> impl Iterator<Item = (SignatureScheme, &'p [u8])> + use<'p> {
        let form = (!parameters.is_empty()).then_some(SignatureScheme::FormParameters);
        let alone = if names_body_digest(url.query()) {
            Some(SignatureScheme::BodyDigest)
        } else if self.content.raw_body().is_some_and(<[u8]>::is_empty) {
            Some(SignatureScheme::FormParameters)
        } else {
            None
        };
        let form = form.map(|scheme| (scheme, parameters));
        let alone = alone.map(|scheme| (scheme, &[][..]));
        [form, alone].into_iter().flatten()
    }

    /// Whether the body is the one that the URL's `bodySHA256` names, if any. The parameters that
    /// somebody else decoded cannot be held against it.
    fn has_digest_named_by(&self, url: &str) -> bool {
        self.content
            .raw_body()
            .is_none_or(|body| body_digests_match(url, body))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::{
        encoding::encode_hex,
        key::{BYTES_HASHED, HMACS_COMPUTED},
        url::candidates::{MAX_CANDIDATES, Scheme, UrlVariants},
    };

    const URLS: [&str; 4] = [
        "https://h/voice",
        "http://h/voice",
        "https://h:443/voice",
        "http://h:80/voice",
    ];

    /// The URLs above.
    fn urls() -> CandidateUrls<'static> {
        CandidateUrls::One(UrlVariants {
            scheme: Scheme::Https,
            may_have_other_scheme: true,
            userinfo: None,
            host: Cow::from("h"),
            port: None,
            prefix: "",
            path: "/voice",
            query: "",
            is_exact: false,
        })
    }

    const FORM: [(&str, &str); 2] = [("To", "1"), ("From", "2")];
    const RAW_FORM: &[u8] = b"To=1&From=2";

    fn keys() -> [SigningKey; 2] {
        ["PSKone", "PSKtwo"].map(|key| SigningKey::new(key).unwrap())
    }

    fn attempt<'a, 'k>(
        keys: &'k SigningKeys,
        urls: &'a CandidateUrls<'a>,
        content: &'a Content<'a>,
    ) -> Attempt<'a, 'k> {
        Attempt {
            keys,
            urls,
            content,
            accepted: &AcceptedSchemes::ALL,
            first_name: None,
        }
    }

    fn hmacs_for(signatures: PresentedSignatures, body: &[u8]) -> (bool, usize) {
        let keys = SigningKeys::new(keys()).unwrap();
        let before = HMACS_COMPUTED.get();
        let verified = attempt(&keys, &urls(), &Content::RawForm(body)).verify(&signatures);
        (verified.is_ok(), HMACS_COMPUTED.get() - before)
    }

    fn presented(signature: &str) -> PresentedSignatures {
        PresentedSignatures::from_text(signature, &AcceptedSchemes::ALL).unwrap()
    }

    #[test]
    fn a_signature_by_the_first_key_for_the_likeliest_url_takes_one_hmac() {
        let [key, _] = keys();
        for signature in [
            key.sign_form(URLS[0], FORM),
            key.sign_body_sha1(URLS[0], RAW_FORM),
            key.sign_body_sha256(URLS[0], RAW_FORM),
        ] {
            assert_eq!(hmacs_for(presented(&signature), RAW_FORM), (true, 1));
        }
    }

    #[test]
    fn each_url_and_key_that_is_tried_before_takes_one_more() {
        let [_, second] = keys();
        let signature = second.sign_form(URLS[2], FORM);
        assert_eq!(hmacs_for(presented(&signature), RAW_FORM), (true, 6));
    }

    #[test]
    fn a_wrong_signature_takes_one_for_each_url_and_key() {
        let stranger = SigningKey::new("PSKstranger").unwrap();
        for signature in [
            stranger.sign_form(URLS[0], FORM),
            stranger.sign_body_sha1(URLS[0], RAW_FORM),
            stranger.sign_body_sha256(URLS[0], RAW_FORM),
        ] {
            assert_eq!(hmacs_for(presented(&signature), RAW_FORM), (false, 8));
        }
    }

    #[test]
    fn two_wrong_signatures_take_two_for_each_url_and_key() {
        let both = PresentedSignatures {
            sha256: Some([0; 32]),
            sha1: Some(Sha1Signature::Hex([0; 20])),
        };
        assert_eq!(hmacs_for(both, RAW_FORM), (false, 16));
    }

    #[test]
    fn a_body_like_a_form_of_too_many_parameters_may_be_signed_by_its_digest() {
        let body = "a=1&".repeat(1_001);
        let digest: [u8; 32] = Sha256::digest(&body).into();
        let url = format!("https://h/voice?bodySHA256={}", encode_hex(&digest));
        let [key, stranger] = keys();
        let verify = |signer: &SigningKey| {
            let keys = SigningKeys::from(key.clone());
            let urls = CandidateUrls::Verbatim(&url);
            attempt(&keys, &urls, &Content::RawForm(body.as_bytes()))
                .verify(&presented(&signer.sign_form::<&str, &str>(&url, [])))
                .map(|found| found.scheme)
        };
        assert_eq!(verify(&key), Ok(SignatureScheme::BodyDigest));
        assert_eq!(verify(&stranger), Err(RejectionReason::BodyTooLarge));
    }

    #[test]
    fn a_form_with_too_many_parameters_takes_none() {
        let form = "a=1&".repeat(1_001);
        let signature = presented("RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        assert_eq!(hmacs_for(signature, form.as_bytes()), (false, 0));
    }

    #[test]
    fn a_body_that_may_be_the_rest_of_a_url_takes_none() {
        for signature in [
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            "c3c08c1fefaf9ee198a100d5906765a6f394bf0f",
        ] {
            assert_eq!(hmacs_for(presented(signature), b"/sms=1"), (false, 0));
        }
    }

    /// The figures that SECURITY.md states.
    #[test]
    fn the_very_worst_case_takes_three_hmacs_for_each_url_and_key_and_reads_the_body_twice_in_them()
    {
        let url = |name: usize| UrlVariants {
            scheme: Scheme::Https,
            may_have_other_scheme: true,
            userinfo: Some("user:password"),
            host: Cow::from(format!("H{name}")),
            port: None,
            prefix: "",
            path: "/",
            query: "?bodySHA256=0",
            is_exact: false,
        };
        let urls = CandidateUrls::Several {
            of_named_host: vec![url(1)],
            others: vec![url(2)],
            has_ambiguous_host: false,
        };
        let url_bytes: usize = urls.iter().map(|url| url.text().len()).sum();
        let keys = SigningKeys::new(keys()).unwrap();
        let every_signature = PresentedSignatures {
            sha256: Some([0; 32]),
            sha1: Some(Sha1Signature::Base64([0; 20])),
        };
        let body = format!("a={}", "x".repeat(10_000));
        let (hmacs, bytes) = (HMACS_COMPUTED.get(), BYTES_HASHED.get());
        let verified = attempt(&keys, &urls, &Content::RawForm(body.as_bytes()))
            .verify(&every_signature)
            .map(|found| found.scheme);
        assert_eq!(verified, Err(RejectionReason::SignatureMismatch));
        let tries = MAX_CANDIDATES * keys.iter().count();
        assert_eq!(HMACS_COMPUTED.get() - hmacs, 3 * tries);
        let canonical = body.len() - "=".len();
        let expected = 3 * url_bytes * keys.iter().count() + tries * (body.len() + canonical);
        assert_eq!(BYTES_HASHED.get() - bytes, expected);
    }
}
