//! What of the URL differs, and whether a remedy for it passes.

use super::{Diagnosis, Found};
use crate::{
    explain::{
        cause::{Cause, Finding},
        search::Hit,
        trial::{Arrival, Failure},
        url::{difference::url_differences, text::UrlText},
    },
    url::{NoUrl, RequestUrl},
    verify::{Policy, RejectionReason},
};

impl Diagnosis<'_, '_> {
    pub(super) fn find_url(
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
                // The form is in it or was, which is told as such.
                let of_query = [Cause::Query, Cause::QueryDropped];
                differences.retain(|finding| !of_query.contains(&finding.cause));
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

    /// Of what the layer tries, the URL that shares most with the one that was signed.
    fn nearest(&self, signed: &str) -> Option<&str> {
        let signed = UrlText::parse(signed)?;
        let distance = |url: &&String| {
            UrlText::parse(url).map_or(usize::MAX, |seen| url_differences(&signed, &seen).len())
        };
        self.tried.iter().min_by_key(distance).map(String::as_str)
    }
}
