use http::request::Parts;

use super::{
    body_variations::body_variations,
    candidate_keys::candidate_keys,
    diagnosis::Diagnosis,
    explanation::Explanation,
    messages::messages,
    presented::{has_signature_header, presented_signatures},
    ranked::by_rank,
    search::{Hmacs, RealHmacs, Search},
    unexplained::Unexplained,
    url_variations::UrlVariations,
};
use crate::{
    body_digest::names_body_digest,
    key::{SigningKey, SigningKeys},
    public_url::PublicUrl,
    scheme::{AcceptedSchemes, SignatureScheme},
};

/// Explains requests: see the [module](self).
///
/// Give it what the layer has, so that it explains the layer's verdict.
#[derive(Clone, Debug)]
#[must_use]
pub struct Explainer {
    keys: SigningKeys,
    public_url: PublicUrl,
    accepted: AcceptedSchemes,
    dashboard_url: Option<String>,
    shows_queries: bool,
}

impl Explainer {
    /// Explains with these keys, and otherwise the layer's defaults.
    pub fn new(keys: impl Into<SigningKeys>) -> Self {
        Self {
            keys: keys.into(),
            public_url: PublicUrl::from_request(),
            accepted: AcceptedSchemes::ALL,
            dashboard_url: None,
            shows_queries: false,
        }
    }

    /// What the layer's [`public_url`](crate::SignalWireWebhookLayer::public_url) is.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.public_url = url;
        self
    }

    /// What the layer's [`accept`](crate::SignalWireWebhookLayer::accept) is.
    pub fn accept(mut self, schemes: impl IntoIterator<Item = SignatureScheme>) -> Self {
        self.accepted = schemes.into_iter().collect();
        self
    }

    /// The URL as it is configured in the dashboard: what helps most where nothing in the request
    /// names the host that SignalWire called.
    pub fn dashboard_url(mut self, url: impl Into<String>) -> Self {
        self.dashboard_url = Some(url.into());
        self
    }

    /// Writes the queries of URLs out, which the log must not have: for a tool whose user has the
    /// request before them.
    pub fn show_queries(mut self) -> Self {
        self.shows_queries = true;
        self
    }

    pub(crate) fn accepted(mut self, accepted: AcceptedSchemes) -> Self {
        self.accepted = accepted;
        self
    }

    /// Finds what would make the presented signature match, within the budget.
    ///
    /// `parts` are those of the request as the layer sees it, and `body` is the whole body.
    /// Never panics.
    #[must_use]
    pub fn explain(&self, parts: &Parts, body: &[u8]) -> Explanation {
        self.explain_with(parts, body, &mut RealHmacs)
    }

    fn explain_with(&self, parts: &Parts, body: &[u8], hmacs: &mut impl Hmacs) -> Explanation {
        let tried = self.public_url.candidates(parts);
        let dashboard = self.dashboard_url.as_deref().map(str::trim);
        let unexplained = Unexplained {
            parts,
            body,
            tried: &tried,
            dashboard,
            keys_tried: self.key_ids(),
        };
        let presented = presented_signatures(&parts.headers);
        if presented.is_empty() {
            return unexplained.without_signature(has_signature_header(&parts.headers));
        }
        let urls = UrlVariations::of(parts, body, &tried, dashboard);
        let bodies = body_variations(body);
        let named = tried.iter().map(String::as_str).chain(dashboard);
        let names_digest = named.into_iter().any(names_body_digest);
        let search = Search {
            urls: urls.by_rank(),
            messages: by_rank(messages(
                &parts.headers,
                names_digest,
                body,
                &bodies,
                &presented,
            )),
            keys: by_rank(candidate_keys(&self.keys)),
            presented: &presented,
        };
        let outcome = search.run(hmacs);
        let mut explanation = match &outcome.hit {
            Some(hit) => Diagnosis {
                parts,
                body,
                bodies: &bodies,
                tried: &tried,
                accepted: self.accepted,
                shows_queries: self.shows_queries,
            }
            .of(hit),
            None => unexplained.without_match(
                &urls.describe(),
                &search.messages,
                &search.keys,
                outcome.is_complete,
            ),
        };
        explanation.computations = outcome.computations;
        explanation
    }

    fn key_ids(&self) -> Vec<String> {
        self.keys
            .iter()
            .map(SigningKey::id)
            .map(str::to_owned)
            .collect()
    }
}
