//! The words for what was found.

use super::{Diagnosis, Found};
use crate::{
    explain::{
        cause::{Cause, Finding},
        explanation::Explanation,
        search::Hit,
        url::{remedy::shown, text::UrlText},
    },
    verify::SignatureScheme,
};

impl Diagnosis<'_, '_> {
    pub(super) fn explanation(
        &self,
        hit: &Hit<'_>,
        scheme: SignatureScheme,
        mut found: Found,
    ) -> Explanation {
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
}
