//! From the combination that matches to what differs, and to remedies that were tried.

mod body;
mod remedies;
mod sentence;
mod signature;
mod url;

use std::borrow::Cow;

use http::request::Parts;

use super::{
    body::variations::Bodies, budget::Budget, cause::Finding, explanation::Explanation,
    remedy::Remedy, search::Hit, trial::Arrival,
};
use crate::verify::Policy;

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
}
