use std::fmt::{Display, Write as _};

use crate::{
    body_digest::{BodyDigest, names_body_digest},
    form::{CanonicalForm, TooManyParameters},
    key::{SigningKey, SigningKeys},
    rejection::RejectionReason,
    scheme::{AcceptedSchemes, SignatureScheme},
    signature::{PresentedSignatures, Sha1Digest, Sha1Signature},
};

/// Spares most requests a buffer that grows.
const USUAL_URL_LENGTH: usize = 128;

/// What may have been signed, and by whom.
pub(crate) struct Verification<'a, Urls> {
    pub(crate) keys: &'a SigningKeys,
    /// Likeliest first.
    pub(crate) urls: Urls,
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

impl<'a, Urls> Verification<'a, Urls>
where
    Urls: Iterator<Item: Display> + Clone,
{
    /// Tries the presented signatures, strongest first; the first that matches is enough.
    pub(crate) fn verify(
        &self,
        presented: PresentedSignatures,
    ) -> Result<Match<'a>, RejectionReason> {
        let by_sha256 = presented.sha256.and_then(|signature| {
            self.find(SignatureScheme::RawBodySha256, |key, url| {
                key.signed_sha256(&[url.as_bytes(), self.body], &signature)
            })
        });
        if let Some(found) = by_sha256 {
            return Ok(found);
        }
        match presented.sha1 {
            None => Err(RejectionReason::SignatureMismatch),
            Some(Sha1Signature::Hex(signature)) => self
                .find(SignatureScheme::RawBodySha1, |key, url| {
                    key.signed_sha1(&[url.as_bytes(), self.body], &signature)
                })
                .ok_or(RejectionReason::SignatureMismatch),
            Some(Sha1Signature::Base64(signature)) => self.verify_base64(&signature),
        }
    }

    fn find(
        &self,
        scheme: SignatureScheme,
        matches: impl Fn(&SigningKey, &str) -> bool,
    ) -> Option<Match<'a>> {
        let mut buffer = String::with_capacity(USUAL_URL_LENGTH);
        for url in self.urls.clone() {
            let url = write_into(&mut buffer, &url);
            if let Some(key) = self.keys.iter().find(|key| matches(key, url)) {
                return Some(Match {
                    scheme,
                    key,
                    url: buffer,
                });
            }
        }
        None
    }

    fn verify_base64(&self, signature: &Sha1Digest) -> Result<Match<'a>, RejectionReason> {
        let form = if self.is_form {
            CanonicalForm::parse(self.body)
                .map_err(|TooManyParameters| RejectionReason::BodyTooLarge)?
        } else {
            CanonicalForm::default()
        };
        let mut reason = RejectionReason::UnsignedBody;
        let mut buffer = String::with_capacity(USUAL_URL_LENGTH);
        for url in self.urls.clone() {
            let url = write_into(&mut buffer, &url);
            for (scheme, parameters) in self.base64_messages(&form, names_body_digest(url)) {
                if !self.accepted.contains(scheme) {
                    if reason == RejectionReason::UnsignedBody {
                        reason = RejectionReason::SchemeNotAccepted;
                    }
                    continue;
                }
                reason = RejectionReason::SignatureMismatch;
                let message = [url.as_bytes(), parameters];
                if let Some(key) = self
                    .keys
                    .iter()
                    .find(|key| key.signed_sha1(&message, signature))
                {
                    if BodyDigest::of(url, self.body) == Some(BodyDigest::Differs) {
                        return Err(RejectionReason::BodyDigestMismatch);
                    }
                    return Ok(Match {
                        scheme,
                        key,
                        url: buffer,
                    });
                }
            }
        }
        Err(reason)
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

/// Makes one allocation serve every candidate.
fn write_into<'b>(buffer: &'b mut String, url: &impl Display) -> &'b str {
    buffer.clear();
    write!(buffer, "{url}").expect("a String takes whatever is written to it");
    buffer
}
