//! From the combination that matches to what differs, and to remedies that were tried.

use std::borrow::Cow;

use http::{HeaderValue, Method, Uri, header, request::Parts};

use super::{
    body::{
        is_one_member,
        messages::says_form,
        variations::{Bodies, MessageKind},
    },
    budget::Budget,
    cause::{Cause, Finding},
    explanation::Explanation,
    next_request::has_call_parameters,
    presented::{Algorithm, Digest, Encoding, is_ambiguous},
    remedy::{Admitted, Remedy},
    search::Hit,
    trial::{Arrival, Failure, own_header},
    url::{
        difference::url_differences,
        remedy::{Signed, dashboard_corrections, shown},
        text::UrlText,
    },
};
use crate::{
    encoding::{encode_base64, encode_hex},
    url::{NoUrl, PublicUrl, RequestUrl},
    verify::{
        AcceptedSchemes, Policy, RejectionReason, SIGNALWIRE_SIGNATURE, SignatureScheme,
        TWILIO_SIGNATURE, body_digests_match, names_body_digest,
    },
};

const FORM: &str = "application/x-www-form-urlencoded";

/// What a match was found in.
pub(super) struct Diagnosis<'a, 'b> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) bodies: &'b mut Bodies<'a>,
    pub(super) policy: &'a Policy,
    /// The URLs that the layer tries, likeliest first.
    pub(super) tried: &'a [String],
    pub(super) dashboard: Option<&'a str>,
    pub(super) shows_queries: bool,
    pub(super) budget: &'b mut Budget,
}

/// What was found, and what to change.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    remedies: Vec<Remedy>,
}

impl Found {
    fn note(&mut self, finding: impl Into<Finding>, remedy: Remedy) {
        self.findings.push(finding.into());
        self.add_remedy(remedy);
    }

    /// The same advice once.
    fn add_remedy(&mut self, remedy: Remedy) {
        let is_known = self
            .remedies
            .iter()
            .any(|known| known.to_string() == remedy.to_string());
        if !is_known {
            self.remedies.push(remedy);
        }
    }
}

impl Diagnosis<'_, '_> {
    /// Turns the combination that matches into what differs and what to change.
    pub(super) fn of(mut self, hit: &Hit<'_>) -> Explanation {
        let scheme = self.scheme(hit);
        let mut found = Found::default();
        let mut policy = self.policy.clone();
        let mut arrival = Arrival {
            method: self.parts.method.clone(),
            uri: self.parts.uri.clone(),
            headers: self.parts.headers.clone(),
            body: Some(Cow::Borrowed(self.body)),
            scheme,
            key: hit.key.key.clone(),
            is_signed_anew: false,
        };
        self.find_in_signature(hit, &mut arrival, &mut policy, &mut found);
        let body = self.find_in_body(hit, &mut found);
        self.apply_to_body(hit, body, &mut arrival, &mut found);
        if !hit.key.corrections.is_empty() {
            found
                .findings
                .extend(hit.key.causes().into_iter().map(Finding::from));
            found.remedies.push(Remedy::SigningKey {
                key_id: hit.key.id.clone(),
                corrections: hit.key.corrections.clone(),
            });
        }
        self.find_url(hit, &arrival, &policy, &mut found);
        self.explanation(hit, scheme, found)
    }

    /// The scheme that a signature of this message belongs to.
    fn scheme(&self, hit: &Hit<'_>) -> SignatureScheme {
        let is_hex_of_no_body = self.body.is_empty() && hit.presented.encoding == Encoding::Hex;
        match self.bodies.all()[hit.variation].kind {
            MessageKind::UrlAlone if is_hex_of_no_body => raw_body_scheme(hit.algorithm),
            MessageKind::UrlAlone if names_body_digest(&hit.url) => SignatureScheme::BodyDigest,
            MessageKind::UrlAlone | MessageKind::Form => SignatureScheme::FormParameters,
            MessageKind::RawBody => raw_body_scheme(hit.algorithm),
        }
    }

    fn find_in_signature(
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
        if is_ambiguous || !is_in_own_header || !has_own_encoding {
            arrival.set_signature(&written(presented.digest, scheme));
        }
    }

    /// What has happened to the body; the variation that was sent, where it is known.
    fn find_in_body(&mut self, hit: &Hit<'_>, found: &mut Found) -> Sent {
        let variation = &self.bodies.all()[hit.variation];
        if variation.kind != MessageKind::UrlAlone {
            let causes = variation.causes.clone();
            if causes.is_empty() {
                return Sent::AsItArrived;
            }
            self.note_body(&causes, found);
            return Sent::Variation(hit.variation);
        }
        if names_body_digest(&hit.url) {
            if body_digests_match(&hit.url, self.body) {
                return Sent::AsItArrived;
            }
            let Some(original) = self.variation_of_digest(&hit.url) else {
                found.note(Cause::BodyDigest, Remedy::KeepBody);
                return Sent::Unknown;
            };
            let causes = self.bodies.all()[original].causes.clone();
            self.note_body(&causes, found);
            return Sent::Variation(original);
        }
        if self.body.is_empty() {
            return Sent::AsItArrived;
        }
        found.note(Cause::UnsignedBody, Remedy::SignBody);
        Sent::Nothing
    }

    /// The body that `bodySHA256` names.
    fn variation_of_digest(&mut self, url: &str) -> Option<usize> {
        for index in 0..self.bodies.all().len() {
            if self.bodies.all()[index].kind != MessageKind::RawBody {
                continue;
            }
            let Some(content) = self.bodies.content(index, self.budget) else {
                continue;
            };
            self.budget.pay_hash(content.len()).ok()?;
            if body_digests_match(url, &content) {
                return Some(index);
            }
        }
        None
    }

    fn note_body(&self, causes: &[Cause], found: &mut Found) {
        for &cause in causes {
            let remedy = match cause {
                Cause::Compressed if self.is_decompressed_by_a_layer() => Remedy::Decompress,
                Cause::EmptyFormValues | Cause::FormOrder => Remedy::SignWholeForm,
                _ => Remedy::KeepBody,
            };
            let finding = match cause {
                Cause::Compressed if !self.parts.headers.contains_key(header::CONTENT_ENCODING) => {
                    cause.told(
                        "the body arrived compressed, without a Content-Encoding that says so, and was \
                         signed before that",
                    )
                }
                cause => cause.into(),
            };
            found.note(finding, remedy);
        }
    }

    /// `RequestDecompressionLayer` goes by the header, and needs a feature of its own for each encoding
    /// but this one.
    fn is_decompressed_by_a_layer(&self) -> bool {
        let encoding = self.parts.headers.get(header::CONTENT_ENCODING);
        encoding.map(HeaderValue::as_bytes) == Some(b"gzip") && is_one_member(self.body)
    }

    /// Lets the request arrive as it was sent.
    fn apply_to_body(
        &self,
        hit: &Hit<'_>,
        sent: Sent,
        arrival: &mut Arrival<'_>,
        found: &mut Found,
    ) {
        let variation = &self.bodies.all()[hit.variation];
        arrival.body = match sent {
            Sent::AsItArrived => arrival.body.take(),
            Sent::Nothing => Some(Cow::default()),
            Sent::Unknown => None,
            Sent::Variation(index) => self
                .bodies
                .sent(index)
                .map(|body| Cow::Owned(body.into_owned())),
        };
        // The remedy is that the form is signed otherwise, not that it is sent otherwise.
        arrival.is_signed_anew = variation.causes.contains(&Cause::FormOrder);
        if let Some(query) = &variation.query {
            let path = self.parts.uri.path();
            if let Ok(uri) = format!("{path}{query}").parse::<Uri>() {
                arrival.uri = uri;
                arrival.method = Method::POST;
            }
        }
        if variation.kind == MessageKind::Form && !says_form(&self.parts.headers) {
            found.note(Cause::ContentType, Remedy::ContentType(FORM));
            arrival.set_content_type(FORM);
        }
    }

    fn find_url(
        &mut self,
        hit: &Hit<'_>,
        arrival: &Arrival<'_>,
        policy: &Policy,
        found: &mut Found,
    ) {
        let is_covered = arrival.is_covered_by(&policy.public_url, &hit.url);
        if !is_covered {
            let mut differences = self.differences(&hit.url);
            if self.bodies.all()[hit.variation].query.is_some() {
                // The form is in it, which is told as such.
                differences.retain(|finding| finding.cause != Cause::Query);
            }
            found.findings.extend(differences);
        }
        let signed = hit.url.as_str();
        let passes = arrival.passes(policy, signed, self.budget);
        match passes {
            Ok(()) => return,
            Err(Failure::Refused(reason)) if is_covered => {
                if reason == RejectionReason::AmbiguousBoundary {
                    found.findings.push(self.boundary());
                }
                found.remedies.clear();
                return;
            }
            Err(_) => {}
        }
        match self.url_remedies(signed, arrival, policy) {
            Some(remedies) => {
                for (index, remedy) in remedies.into_iter().enumerate() {
                    found.remedies.insert(index, remedy);
                }
            }
            None => found.remedies.clear(),
        }
    }

    fn boundary(&self) -> Finding {
        match &self.policy.first_name {
            Some(name) => Cause::AmbiguousBoundary.told(format!(
                "the signature matches, but the form does not begin with the parameter {name}, as \
                 `forms_begin_with` demands"
            )),
            None => Cause::AmbiguousBoundary.into(),
        }
    }

    /// What of the URL differs from the one of those tried that shares most with it.
    fn differences(&self, signed: &str) -> Vec<Finding> {
        let request = RequestUrl::new(&self.parts.uri, &self.parts.headers);
        let no_url = self.policy.public_url.candidate_urls(&request).err();
        let seen = self.nearest(signed).and_then(UrlText::parse);
        match (no_url, UrlText::parse(signed), seen) {
            (Some(NoUrl::AmbiguousHost), ..) => vec![Cause::AmbiguousHost.into()],
            (None, Some(signed), Some(seen)) => {
                let found = url_differences(&signed, &seen);
                if found.is_empty() {
                    vec![Cause::Port.into()]
                } else {
                    found
                }
            }
            _ => vec![Cause::UnknownUrl.into()],
        }
    }

    /// The first of the settings, the corrections of the dashboard, and both together, with which this
    /// request and the next one pass.
    fn url_remedies(
        &mut self,
        signed: &str,
        arrival: &Arrival<'_>,
        policy: &Policy,
    ) -> Option<Vec<Remedy>> {
        if let Some(remedy) = self.setting(signed, arrival, policy) {
            return Some(vec![remedy]);
        }
        let is_query_written =
            names_body_digest(signed) || has_call_parameters(&arrival.method, signed);
        for corrected in dashboard_corrections(signed, &arrival.uri, is_query_written) {
            let anew = Arrival {
                is_signed_anew: true,
                ..arrival.borrowed()
            };
            let configured = as_configured(&corrected, &arrival.method);
            let dashboard_url = self.signed(&configured).dashboard_url();
            if anew.passes(policy, &corrected, self.budget).is_ok() {
                return Some(vec![dashboard_url]);
            }
            if let Some(setting) = self.setting(&corrected, &anew, policy) {
                return Some(vec![dashboard_url, setting]);
            }
            if let Some(mut remedies) = self.with_url_kept(&corrected, &anew, policy) {
                remedies.insert(0, dashboard_url);
                return Some(remedies);
            }
        }
        self.with_url_kept(signed, arrival, policy)
    }

    /// What lets it pass, where nothing changes its path and query any more.
    fn with_url_kept(
        &mut self,
        signed: &str,
        arrival: &Arrival<'_>,
        policy: &Policy,
    ) -> Option<Vec<Remedy>> {
        let kept = Arrival {
            uri: target_of(signed)?,
            ..arrival.borrowed()
        };
        if kept.uri == arrival.uri {
            return None;
        }
        if kept.passes(policy, signed, self.budget).is_ok() {
            return Some(vec![Remedy::KeepUrl]);
        }
        let setting = self.setting(signed, &kept, policy)?;
        Some(vec![Remedy::KeepUrl, setting])
    }

    /// What to configure, so that the URL is tried.
    fn setting(&mut self, signed: &str, arrival: &Arrival<'_>, policy: &Policy) -> Option<Remedy> {
        let budget = &mut *self.budget;
        let works = |public_url: &PublicUrl| {
            let policy = Policy {
                public_url: public_url.clone(),
                ..policy.clone()
            };
            arrival.passes(&policy, signed, budget).is_ok()
        };
        let remedy = Signed {
            url: signed,
            shows_queries: self.shows_queries,
            admits: admitted(signed, self.tried, self.dashboard),
        };
        remedy.public_url(&self.parts.headers, works)
    }

    fn signed<'u>(&self, url: &'u str) -> Signed<'u> {
        Signed {
            url,
            shows_queries: self.shows_queries,
            admits: None,
        }
    }

    fn explanation(&self, hit: &Hit<'_>, scheme: SignatureScheme, mut found: Found) -> Explanation {
        found.findings.sort_by_key(|finding| finding.cause.place());
        found.findings.dedup_by_key(|finding| finding.cause);
        if found.findings.is_empty() {
            // The next request would be refused, whatever becomes of this one.
            found.findings.push(Cause::Query.into());
        }
        Explanation {
            sentence: self.sentence(hit, &found),
            causes: found.findings.iter().map(|finding| finding.cause).collect(),
            remedies: found.remedies,
            scheme: Some(scheme),
            ..Explanation::of_nothing()
        }
    }

    fn sentence(&self, hit: &Hit<'_>, found: &Found) -> String {
        let phrases: Vec<&str> = found.findings.iter().map(Finding::phrase).collect();
        let phrases = phrases.join(", and ");
        let no_remedy = if found.remedies.is_empty() {
            "; no setting is known with which the layer would admit it"
        } else {
            ""
        };
        if !found
            .findings
            .iter()
            .any(|finding| finding.cause.is_in_url())
        {
            return format!("{phrases}{no_remedy}");
        }
        let signed = shown(&hit.url, self.shows_queries);
        match self.likeliest_of_its_scheme(&hit.url) {
            Some(seen) => format!(
                "SignalWire signed {signed} and the layer tried {}: {phrases}{no_remedy}",
                shown(seen, self.shows_queries)
            ),
            None => format!("SignalWire signed {signed}: {phrases}{no_remedy}"),
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

/// What is known of the body that was sent.
#[derive(Clone, Copy)]
enum Sent {
    AsItArrived,
    Nothing,
    Unknown,
    Variation(usize),
}

/// What a URL that nothing confirms would admit besides.
fn admitted(signed: &str, tried: &[String], dashboard: Option<&str>) -> Option<Admitted> {
    let signed = UrlText::parse(signed)?;
    let has_its_host = |url: &str| {
        UrlText::parse(url).is_some_and(|known| known.host.eq_ignore_ascii_case(signed.host))
    };
    let is_its_url = |url: &str| {
        UrlText::parse(url).is_some_and(|known| known.path == signed.path && has_its_host(url))
    };
    if dashboard.is_some_and(is_its_url) {
        return None;
    }
    if !tried.iter().any(|url| has_its_host(url)) && !dashboard.is_some_and(has_its_host) {
        return Some(Admitted::AnotherHost);
    }
    let is_tried = tried.iter().any(|url| {
        UrlText::parse(url)
            .is_some_and(|known| known.path == signed.path && known.query == signed.query)
    });
    (!is_tried).then_some(Admitted::AnotherUrl)
}

/// Without what SignalWire adds by itself.
fn as_configured(url: &str, method: &Method) -> String {
    let Some((start, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let is_called = has_call_parameters(method, url);
    let is_added = |pair: &&str| {
        pair.starts_with("bodySHA256=")
            || (is_called && pair.starts_with(|first: char| first.is_ascii_uppercase()))
    };
    let pairs: Vec<&str> = query.split('&').filter(|pair| !is_added(pair)).collect();
    if pairs.is_empty() {
        start.to_owned()
    } else {
        format!("{start}?{}", pairs.join("&"))
    }
}

fn target_of(url: &str) -> Option<Uri> {
    let url = UrlText::parse(url)?;
    let path = if url.path.is_empty() { "/" } else { url.path };
    format!("{path}{}", url.query).parse().ok()
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
