use crate::{
    body_digest::{BodyDigest, names_body_digest},
    candidate_url::CandidateUrls,
    form::CanonicalForm,
    key::{SigningKey, SigningKeys},
    rejection::RejectionReason,
    scheme::{AcceptedSchemes, SignatureScheme},
    signature::{PresentedSignatures, Sha1Digest, Sha1Signature},
};

/// Spares most requests a buffer that grows.
const USUAL_URL_LENGTH: usize = 128;

/// What may have been signed, and by whom.
pub(crate) struct Verification<'a> {
    pub(crate) keys: &'a SigningKeys,
    pub(crate) urls: &'a CandidateUrls<'a>,
    pub(crate) body: &'a [u8],
    /// Whether the content type lets the body be read as a form.
    pub(crate) is_form: bool,
    pub(crate) accepted: AcceptedSchemes,
}

/// A signature that matched.
#[derive(Debug)]
pub(crate) struct Match<'a> {
    pub(crate) scheme: SignatureScheme,
    pub(crate) key: &'a SigningKey,
    pub(crate) url: String,
}

impl<'a> Verification<'a> {
    /// Tries the presented signatures, strongest first; the first that matches is enough.
    pub(crate) fn verify(
        &self,
        presented: &PresentedSignatures,
    ) -> Result<Match<'a>, RejectionReason> {
        let by_sha256 = presented.sha256.as_ref().and_then(|signature| {
            self.find(SignatureScheme::RawBodySha256, |key, url| {
                key.signed_sha256(&[url.as_bytes(), self.body], signature)
            })
        });
        if let Some(found) = by_sha256 {
            return Ok(found);
        }
        match &presented.sha1 {
            None => Err(RejectionReason::SignatureMismatch),
            Some(Sha1Signature::Hex(signature)) => self
                .find(SignatureScheme::RawBodySha1, |key, url| {
                    key.signed_sha1(&[url.as_bytes(), self.body], signature)
                })
                .ok_or(RejectionReason::SignatureMismatch),
            Some(Sha1Signature::Base64(signature)) => self.verify_base64(signature),
        }
    }

    fn find(
        &self,
        scheme: SignatureScheme,
        matches: impl Fn(&SigningKey, &str) -> bool,
    ) -> Option<Match<'a>> {
        let mut text = String::with_capacity(USUAL_URL_LENGTH);
        let key = self.urls.find_map(|url| {
            text.clear();
            url.append_to(&mut text);
            self.keys.iter().find(|key| matches(key, &text))
        })?;
        Some(Match {
            scheme,
            key,
            url: text,
        })
    }

    fn verify_base64(&self, signature: &Sha1Digest) -> Result<Match<'a>, RejectionReason> {
        let form = if self.is_form {
            CanonicalForm::parse(self.body)
        } else {
            Ok(CanonicalForm::default())
        };
        // Even a form of too many parameters passes where the URL names the body's digest.
        let too_large = form.is_err().then_some(RejectionReason::BodyTooLarge);
        let form = form.unwrap_or_default();
        let mut reason = RejectionReason::UnsignedBody;
        let mut text = String::with_capacity(USUAL_URL_LENGTH);
        let found = self.urls.find_map(|url| {
            text.clear();
            url.append_to(&mut text);
            let names_digest = names_body_digest(url.query());
            for (scheme, parameters) in self.base64_messages(&form, names_digest) {
                if !self.accepted.contains(scheme) {
                    if reason == RejectionReason::UnsignedBody {
                        reason = RejectionReason::SchemeNotAccepted;
                    }
                    continue;
                }
                reason = RejectionReason::SignatureMismatch;
                let message = [text.as_bytes(), parameters];
                let mut keys = self.keys.iter();
                if let Some(key) = keys.find(|key| key.signed_sha1(&message, signature)) {
                    return Some((scheme, key, names_digest));
                }
            }
            None
        });
        let (scheme, key, names_digest) = found.ok_or(too_large.unwrap_or(reason))?;
        if names_digest && BodyDigest::of(&text, self.body) == Some(BodyDigest::Differs) {
            return Err(RejectionReason::BodyDigestMismatch);
        }
        Ok(Match {
            scheme,
            key,
            url: text,
        })
    }

    /// What may stand behind the URL in a message signed in base64: the form's parameters, or
    /// nothing. The latter admits an empty body and the one that `bodySHA256` names, no other.
    fn base64_messages<'f>(
        &self,
        form: &'f CanonicalForm,
        url_names_body_digest: bool,
    ) -> impl Iterator<Item = (SignatureScheme, &'f [u8])> {
        let parameters = form.orders().filter(|order| !order.is_empty());
        let url_alone = if url_names_body_digest {
            Some(SignatureScheme::BodyDigest)
        } else if self.body.is_empty() {
            Some(SignatureScheme::FormParameters)
        } else {
            None
        };
        parameters
            .map(|order| (SignatureScheme::FormParameters, order))
            .chain(url_alone.map(|scheme| (scheme, &[][..])))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::{candidate_url::UrlVariants, key::HMACS_COMPUTED, signature::encode_hex};

    const URLS: [&str; 4] = [
        "https://h/voice",
        "http://h/voice",
        "https://h:443/voice",
        "http://h:80/voice",
    ];
    /// The URLs above.
    fn urls() -> CandidateUrls<'static> {
        CandidateUrls::One(UrlVariants {
            scheme: None,
            userinfo: None,
            host: Cow::from("h").into(),
            port: None,
            prefix: "",
            path: "/voice",
            query: "",
        })
    }

    const FORM: [(&str, &str); 2] = [("To", "1"), ("From", "2")];
    const RAW_FORM: &[u8] = b"To=1&From=2";

    fn keys() -> [SigningKey; 2] {
        ["PSKone", "PSKtwo"].map(|key| SigningKey::new(key).unwrap())
    }

    fn hmacs_for(signatures: PresentedSignatures, body: &[u8]) -> (bool, usize) {
        let keys = SigningKeys::new(keys()).unwrap();
        let urls = urls();
        let before = HMACS_COMPUTED.get();
        let verified = Verification {
            keys: &keys,
            urls: &urls,
            body,
            is_form: true,
            accepted: AcceptedSchemes::ALL,
        }
        .verify(&signatures);
        (verified.is_ok(), HMACS_COMPUTED.get() - before)
    }

    fn presented(signature: &str) -> PresentedSignatures {
        PresentedSignatures::from_text(signature).unwrap()
    }

    #[test]
    fn a_signature_by_the_first_key_for_the_likeliest_url_takes_one_hmac() {
        let [key, _] = keys();
        for signature in [
            key.sign_form(URLS[0], FORM),
            key.sign_body(URLS[0], RAW_FORM),
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
            stranger.sign_body(URLS[0], RAW_FORM),
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
            Verification {
                keys: &SigningKeys::from(key.clone()),
                urls: &CandidateUrls::Verbatim(&url),
                body: body.as_bytes(),
                is_form: true,
                accepted: AcceptedSchemes::ALL,
            }
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
}
