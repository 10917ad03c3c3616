//! What to configure for a URL: here, at SignalWire, in the proxy.

use http::{Method, Uri};

use super::Diagnosis;
use crate::{
    explain::{
        next_request::has_call_parameters,
        remedy::{Admitted, Remedy},
        trial::Arrival,
        url::{
            remedy::{Signed, dashboard_corrections},
            text::UrlText,
        },
    },
    url::PublicUrl,
    verify::{Policy, names_body_digest},
};

impl Diagnosis<'_, '_> {
    /// The first of the settings, the corrections of the dashboard, and both together, with which this
    /// request and the next one pass.
    pub(super) fn url_remedies(
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
