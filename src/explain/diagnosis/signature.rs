//! How the signature is written, in which header, and of which scheme.

use super::{Diagnosis, Found};
use crate::{
    encoding::{encode_base64, encode_hex},
    explain::{
        body::variations::MessageKind,
        cause::Cause,
        presented::{Algorithm, Digest, Encoding, is_ambiguous},
        remedy::Remedy,
        search::Hit,
        trial::{Arrival, own_header},
    },
    verify::{
        AcceptedSchemes, Policy, SIGNALWIRE_SIGNATURE, SignatureScheme, TWILIO_SIGNATURE,
        names_body_digest,
    },
};

impl Diagnosis<'_, '_> {
    /// The scheme that a signature of this message belongs to.
    pub(super) fn scheme(&self, hit: &Hit<'_>) -> SignatureScheme {
        let is_hex_of_no_body = self.body.is_empty() && hit.presented.encoding == Encoding::Hex;
        match self.bodies.all()[hit.variation].kind {
            MessageKind::UrlAlone if is_hex_of_no_body => raw_body_scheme(hit.algorithm),
            MessageKind::UrlAlone if names_body_digest(&hit.url) => SignatureScheme::BodyDigest,
            MessageKind::UrlAlone | MessageKind::Form => SignatureScheme::FormParameters,
            MessageKind::RawBody => raw_body_scheme(hit.algorithm),
        }
    }

    pub(super) fn find_in_signature(
        &self,
        hit: &Hit<'_>,
        arrival: &mut Arrival<'_>,
        policy: &mut Policy,
        found: &mut Found,
    ) {
        let (presented, scheme) = (hit.presented, arrival.scheme);
        let own_encoding = match scheme {
            SignatureScheme::RawBodySha256 | SignatureScheme::RawBodySha1 => Encoding::Hex,
            SignatureScheme::FormParameters | SignatureScheme::BodyDigest => Encoding::Base64,
        };
        let headers = &self.parts.headers;
        let has_own_encoding = presented.encoding == own_encoding;
        let is_in_twilios = scheme != SignatureScheme::RawBodySha256
            && presented.header == TWILIO_SIGNATURE
            && !headers.contains_key(SIGNALWIRE_SIGNATURE);
        let is_in_own_header = presented.header == own_header(scheme) || is_in_twilios;
        let is_ambiguous = is_ambiguous(headers, &presented.header);
        if !self.policy.accepted.contains(scheme) {
            found.note(Cause::SchemeNotAccepted, Remedy::Accept(scheme));
            let accepted = SignatureScheme::ALL
                .iter()
                .filter(|one| **one == scheme || self.policy.accepted.contains(**one));
            policy.accepted = AcceptedSchemes::of(accepted);
        }
        if is_ambiguous {
            found.note(Cause::AmbiguousSignature, Remedy::RemoveOtherSignature);
        }
        if !is_in_own_header {
            found.note(Cause::SignatureHeader, Remedy::SignAs(scheme));
        }
        if !has_own_encoding {
            found.note(Cause::SignatureEncoding, Remedy::SignAs(scheme));
        }
        let is_of_form = [SignatureScheme::FormParameters, SignatureScheme::BodyDigest];
        // No scheme of these has SHA-256, so that a new signature is needed.
        arrival.is_signed_anew |=
            is_of_form.contains(&scheme) && hit.algorithm == Algorithm::Sha256;
        if is_ambiguous || !is_in_own_header || !has_own_encoding {
            arrival.set_signature(&written(presented.digest, scheme));
        }
    }
}

fn written(digest: Digest, scheme: SignatureScheme) -> String {
    let bytes: &[u8] = match &digest {
        Digest::Sha1(bytes) => bytes,
        Digest::Sha256(bytes) => bytes,
    };
    match scheme {
        SignatureScheme::RawBodySha256 | SignatureScheme::RawBodySha1 => encode_hex(bytes),
        SignatureScheme::FormParameters | SignatureScheme::BodyDigest => encode_base64(bytes),
    }
}

fn raw_body_scheme(algorithm: Algorithm) -> SignatureScheme {
    match algorithm {
        Algorithm::Sha1 => SignatureScheme::RawBodySha1,
        Algorithm::Sha256 => SignatureScheme::RawBodySha256,
    }
}
