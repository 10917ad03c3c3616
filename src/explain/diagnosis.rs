use http::request::Parts;

use crate::explain::body::messages::MessageKind;
use crate::explain::body::variations::Bodies;
use crate::explain::cause::Cause;
use crate::explain::explanation::Explanation;
use crate::explain::key::correction::KeyCorrection;
use crate::explain::presented::{Algorithm, Encoding, is_ambiguous};
use crate::explain::remedy::Remedy;
use crate::explain::search::Hit;
use crate::explain::url::difference::url_differences;
use crate::explain::url::remedy::{shown, url_remedy};
use crate::explain::url::text::UrlText;
use crate::verify::{
    AcceptedSchemes, SIGNALWIRE_SHA256_SIGNATURE, SIGNALWIRE_SIGNATURE, SignatureScheme,
    TWILIO_SIGNATURE, body_digests_match, names_body_digest,
};

/// What a match was found in.
pub(super) struct Diagnosis<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) bodies: &'a Bodies<'a>,
    /// The URLs that the layer tries, likeliest first.
    pub(super) tried: &'a [String],
    pub(super) accepted: &'a AcceptedSchemes,
    pub(super) shows_queries: bool,
}

impl Diagnosis<'_> {
    /// Turns the combination that matches into what differs and what to change.
    pub(super) fn of(&self, hit: &Hit<'_>) -> Explanation {
        let scheme = self.scheme(hit);
        let mut findings = Findings::default();
        self.find_in_url(hit, &mut findings);
        self.find_in_body(hit, &mut findings);
        findings.note_key(&hit.key.id, &hit.key.corrections);
        self.find_in_signature(hit, scheme, &mut findings);
        if findings.causes.is_empty() {
            findings.causes.push(Cause::Accepted);
        }
        findings.causes.sort_unstable();
        Explanation {
            sentence: self.sentence(hit, &findings.causes),
            causes: findings.causes,
            remedies: findings.remedies,
            scheme: Some(scheme),
            ruled_out: Vec::new(),
            keys_tried: Vec::new(),
            likeliest_reasons: Vec::new(),
            computations: 0,
        }
    }

    /// The scheme that a signature of this message belongs to.
    fn scheme(&self, hit: &Hit<'_>) -> SignatureScheme {
        let is_hex_of_no_body = self.body.is_empty() && hit.presented.encoding == Encoding::Hex;
        match hit.message.kind {
            MessageKind::UrlAlone if is_hex_of_no_body => raw_body_scheme(hit.message.algorithm),
            MessageKind::UrlAlone if names_body_digest(&hit.url) => SignatureScheme::BodyDigest,
            MessageKind::UrlAlone | MessageKind::Form => SignatureScheme::FormParameters,
            MessageKind::RawBody => raw_body_scheme(hit.message.algorithm),
        }
    }

    fn find_in_url(&self, hit: &Hit<'_>, findings: &mut Findings) {
        if self.tried.contains(&hit.url) {
            return;
        }
        let seen = self.nearest(&hit.url).and_then(UrlText::parse);
        match (UrlText::parse(&hit.url), seen) {
            (Some(signed), Some(seen)) => findings.causes.extend(url_differences(&signed, &seen)),
            _ => findings.causes.push(Cause::UnknownUrl),
        }
        findings
            .remedies
            .extend(url_remedy(&hit.url, self.parts, self.shows_queries));
    }

    fn find_in_body(&self, hit: &Hit<'_>, findings: &mut Findings) {
        if let Some(cause) = hit.message.cause {
            findings.note_body(cause);
        }
        if hit.message.kind != MessageKind::UrlAlone {
            return;
        }
        if names_body_digest(&hit.url) {
            if !body_digests_match(&hit.url, self.body) {
                findings.note_body(self.change_since_digest(&hit.url));
            }
        } else if !self.body.is_empty() {
            findings.note(Cause::UnsignedBody, Remedy::SignBody);
        }
    }

    /// What has happened to the body that `bodySHA256` names.
    fn change_since_digest(&self, url: &str) -> Cause {
        let original = self
            .bodies
            .iter()
            .find(|(_, body)| body_digests_match(url, &body.content));
        original
            .and_then(|(_, body)| body.cause)
            .unwrap_or(Cause::BodyDigest)
    }

    fn find_in_signature(&self, hit: &Hit<'_>, scheme: SignatureScheme, findings: &mut Findings) {
        let presented = hit.presented;
        let is_raw_sha256 = scheme == SignatureScheme::RawBodySha256;
        let own_encoding = match scheme {
            SignatureScheme::RawBodySha256 | SignatureScheme::RawBodySha1 => Encoding::Hex,
            SignatureScheme::FormParameters | SignatureScheme::BodyDigest => Encoding::Base64,
        };
        let has_own_encoding = presented.encoding == own_encoding;
        let is_in_own_header = if is_raw_sha256 {
            presented.header == SIGNALWIRE_SHA256_SIGNATURE
        } else {
            let headers = &self.parts.headers;
            presented.header == SIGNALWIRE_SIGNATURE
                || (presented.header == TWILIO_SIGNATURE
                    && !headers.contains_key(SIGNALWIRE_SIGNATURE))
        };
        if !has_own_encoding {
            findings.causes.push(Cause::SignatureEncoding);
        }
        if !is_in_own_header {
            findings.causes.push(Cause::SignatureHeader);
        }
        if !has_own_encoding || !is_in_own_header {
            findings.remedies.push(Remedy::SignAs(scheme));
        }
        if is_ambiguous(&self.parts.headers, &presented.header) {
            findings.note(Cause::AmbiguousSignature, Remedy::RemoveOtherSignature);
        }
        if !self.accepted.contains(scheme) {
            findings.note(Cause::SchemeNotAccepted, Remedy::Accept(scheme));
        }
    }

    fn sentence(&self, hit: &Hit<'_>, causes: &[Cause]) -> String {
        let phrases: Vec<String> = causes.iter().map(ToString::to_string).collect();
        let phrases = phrases.join(", and ");
        let is_in_url = |cause: &Cause| cause.is_in_url() || *cause == Cause::UnknownUrl;
        if !causes.iter().any(is_in_url) {
            return phrases;
        }
        let signed = shown(&hit.url, self.shows_queries);
        match self.likeliest_of_its_scheme(&hit.url) {
            Some(seen) => format!(
                "SignalWire signed {signed} and the layer tried {}: {phrases}",
                shown(seen, self.shows_queries)
            ),
            None => format!("SignalWire signed {signed}: {phrases}"),
        }
    }

    /// For the eye: as the request has it rather than with a port put in or left out.
    fn likeliest_of_its_scheme(&self, signed: &str) -> Option<&str> {
        let scheme = UrlText::parse(signed)?.scheme;
        let has_scheme =
            |url: &&String| UrlText::parse(url).is_some_and(|seen| seen.scheme == scheme);
        let found = self.tried.iter().find(has_scheme).or(self.tried.first());
        found.map(String::as_str)
    }

    /// Of what the layer tries, the URL that shares most with the one that was signed.
    fn nearest(&self, signed: &str) -> Option<&str> {
        let signed = UrlText::parse(signed)?;
        let distance = |url: &&String| {
            UrlText::parse(url).map_or(usize::MAX, |seen| url_differences(&signed, &seen).len())
        };
        self.tried.iter().min_by_key(distance).map(String::as_str)
    }
}

fn raw_body_scheme(algorithm: Algorithm) -> SignatureScheme {
    match algorithm {
        Algorithm::Sha1 => SignatureScheme::RawBodySha1,
        Algorithm::Sha256 => SignatureScheme::RawBodySha256,
    }
}

#[derive(Default)]
struct Findings {
    causes: Vec<Cause>,
    remedies: Vec<Remedy>,
}

impl Findings {
    fn note_key(&mut self, key_id: &str, corrections: &[KeyCorrection]) {
        if corrections.is_empty() {
            return;
        }
        let causes = corrections.iter().map(|correction| correction.cause());
        self.causes.extend(causes);
        self.causes.dedup();
        self.remedies.push(Remedy::SigningKey {
            key_id: key_id.to_owned(),
            corrections: corrections.to_vec(),
        });
    }

    fn note(&mut self, cause: Cause, remedy: Remedy) {
        self.causes.push(cause);
        self.remedies.push(remedy);
    }

    fn note_body(&mut self, cause: Cause) {
        let remedy = match cause {
            Cause::Compressed => Remedy::Decompress,
            Cause::ContentType => Remedy::ContentType("application/x-www-form-urlencoded"),
            Cause::EmptyFormValues | Cause::FormOrder => Remedy::SignWholeForm,
            _ => Remedy::KeepBody,
        };
        self.note(cause, remedy);
    }
}
