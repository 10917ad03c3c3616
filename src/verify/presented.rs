//! The signatures that a request's headers present.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{
    reason::RejectionReason,
    scheme::{AcceptedSchemes, SignatureScheme},
};
use crate::encoding::{Sha1Digest, Sha256Digest, decode_base64, decode_hex};

pub(crate) const SIGNALWIRE_SIGNATURE: HeaderName =
    HeaderName::from_static("x-signalwire-signature");
pub(crate) const SIGNALWIRE_SHA256_SIGNATURE: HeaderName =
    HeaderName::from_static("x-signalwire-sha256-signature");
pub(crate) const TWILIO_SIGNATURE: HeaderName = HeaderName::from_static("x-twilio-signature");

/// The signatures that a request presents, decoded, of which at least one is there.
#[derive(Clone, Copy)]
pub(crate) struct PresentedSignatures {
    pub(crate) sha256: Option<Sha256Digest>,
    pub(crate) sha1: Option<Sha1Signature>,
}

/// The encoding tells what was signed.
#[derive(Clone, Copy)]
pub(crate) enum Sha1Signature {
    /// The URL and the raw body.
    Hex(Sha1Digest),
    /// The URL with the form's parameters, or alone.
    Base64(Sha1Digest),
}

impl PresentedSignatures {
    pub(crate) fn from_headers(
        headers: &HeaderMap,
        accepted: &AcceptedSchemes,
    ) -> Result<Self, RejectionReason> {
        let [sha256, sha1, twilio] = only_values(
            headers,
            [
                &SIGNALWIRE_SHA256_SIGNATURE,
                &SIGNALWIRE_SIGNATURE,
                &TWILIO_SIGNATURE,
            ],
        );
        let sha256 = sha256?;
        let sha1 = match sha1? {
            Some(value) => Some(value),
            None => twilio?,
        };
        if sha256.is_none() && sha1.is_none() {
            return Err(RejectionReason::MissingSignature);
        }
        let mut presented = Self {
            sha256: sha256.and_then(|value| decode_hex(value.as_bytes())),
            sha1: sha1.and_then(|value| Sha1Signature::decode(value.as_bytes())),
        };
        if presented.is_empty() {
            return Err(RejectionReason::MalformedSignature);
        }
        presented.narrow_to(accepted);
        if presented.is_empty() {
            return Err(RejectionReason::SchemeNotAccepted);
        }
        Ok(presented)
    }

    /// A signature without its header's name: the encoding and the length say which it is.
    pub(crate) fn from_text(signature: &str, accepted: &AcceptedSchemes) -> Option<Self> {
        let mut presented = Self {
            sha256: decode_hex(signature.as_bytes()),
            sha1: Sha1Signature::decode(signature.as_bytes()),
        };
        presented.narrow_to(accepted);
        (!presented.is_empty()).then_some(presented)
    }

    fn is_empty(&self) -> bool {
        self.sha256.is_none() && self.sha1.is_none()
    }

    fn narrow_to(&mut self, accepted: &AcceptedSchemes) {
        let accepts = |scheme| accepted.contains(scheme);
        let is_accepted = |signature: &Sha1Signature| match signature {
            Sha1Signature::Hex(_) => accepts(SignatureScheme::RawBodySha1),
            Sha1Signature::Base64(_) => {
                accepts(SignatureScheme::FormParameters) || accepts(SignatureScheme::BodyDigest)
            }
        };
        self.sha256
            .take_if(|_| !accepts(SignatureScheme::RawBodySha256));
        self.sha1.take_if(|signature| !is_accepted(signature));
    }
}

impl Sha1Signature {
    fn decode(text: &[u8]) -> Option<Self> {
        decode_hex(text)
            .map(Self::Hex)
            .or_else(|| decode_base64(text).map(Self::Base64))
    }
}

type OnlyValue<'a> = Result<Option<&'a HeaderValue>, RejectionReason>;

/// The values of headers that may be there once. One pass over all headers costs less than a
/// search for each name, which hashes it.
fn only_values<'a, const N: usize>(
    headers: &'a HeaderMap,
    names: [&HeaderName; N],
) -> [OnlyValue<'a>; N] {
    let mut only = [const { Ok(None) }; N];
    for (name, value) in headers {
        if let Some(index) = names.iter().position(|wanted| *wanted == name) {
            only[index] = match only[index] {
                Ok(Some(other)) if other != value => Err(RejectionReason::AmbiguousSignature),
                Ok(_) => Ok(Some(value)),
                ambiguous => ambiguous,
            };
        }
    }
    only
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX_SHA1: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";
    const BASE64_SHA1: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    fn present(headers: &[(&HeaderName, &str)]) -> Result<PresentedSignatures, RejectionReason> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        PresentedSignatures::from_headers(&headers, &AcceptedSchemes::ALL)
    }

    #[test]
    fn what_is_neither_hex_nor_canonical_base64_is_malformed() {
        let not_canonical = BASE64_SHA1.replace("B8=", "B9=");
        let url_safe = BASE64_SHA1.replace('/', "_");
        for text in [
            "",
            " ",
            "=",
            &HEX_SHA1[1..],
            &HEX_SHA1.replace('c', "g"),
            &BASE64_SHA1[..27],
            &not_canonical,
            &url_safe,
            &format!(" {BASE64_SHA1}"),
            &format!("{BASE64_SHA1}, {BASE64_SHA1}"),
        ] {
            let reason = present(&[(&SIGNALWIRE_SIGNATURE, text)]).err();
            assert_eq!(
                reason,
                Some(RejectionReason::MalformedSignature),
                "{text:?}"
            );
        }
    }

    #[test]
    fn each_header_has_its_own_lengths() {
        let sha1_where_sha256_belongs = present(&[(&SIGNALWIRE_SHA256_SIGNATURE, HEX_SHA1)]);
        let sha256_where_sha1_belongs = present(&[(&SIGNALWIRE_SIGNATURE, &"ab".repeat(32))]);
        for presented in [sha1_where_sha256_belongs, sha256_where_sha1_belongs] {
            assert_eq!(presented.err(), Some(RejectionReason::MalformedSignature));
        }
    }

    #[test]
    fn a_malformed_signature_is_passed_over_where_another_is_well_formed() {
        let presented = present(&[
            (&SIGNALWIRE_SHA256_SIGNATURE, "nonsense"),
            (&SIGNALWIRE_SIGNATURE, BASE64_SHA1),
        ])
        .ok()
        .unwrap();
        assert!(presented.sha256.is_none());
        assert!(matches!(presented.sha1, Some(Sha1Signature::Base64(_))));
    }

    #[test]
    fn twilios_header_is_read_only_where_signalwires_is_absent() {
        let alone = present(&[(&TWILIO_SIGNATURE, BASE64_SHA1)]).ok().unwrap();
        assert!(matches!(alone.sha1, Some(Sha1Signature::Base64(_))));

        let beside = present(&[
            (&SIGNALWIRE_SIGNATURE, HEX_SHA1),
            (&TWILIO_SIGNATURE, BASE64_SHA1),
        ])
        .ok()
        .unwrap();
        assert!(matches!(beside.sha1, Some(Sha1Signature::Hex(_))));

        let behind_a_malformed_one = present(&[
            (&SIGNALWIRE_SIGNATURE, "nonsense"),
            (&TWILIO_SIGNATURE, BASE64_SHA1),
        ]);
        assert_eq!(
            behind_a_malformed_one.err(),
            Some(RejectionReason::MalformedSignature)
        );
    }

    #[test]
    fn one_header_with_two_values_is_ambiguous() {
        for header in [
            &SIGNALWIRE_SIGNATURE,
            &SIGNALWIRE_SHA256_SIGNATURE,
            &TWILIO_SIGNATURE,
        ] {
            let twice = [(header, HEX_SHA1), (header, BASE64_SHA1)];
            assert_eq!(
                present(&twice).err(),
                Some(RejectionReason::AmbiguousSignature),
                "{header}"
            );
        }
        assert!(
            present(&[
                (&SIGNALWIRE_SIGNATURE, HEX_SHA1),
                (&SIGNALWIRE_SIGNATURE, HEX_SHA1)
            ])
            .is_ok()
        );
    }
}
