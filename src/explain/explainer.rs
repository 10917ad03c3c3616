//! The way of an explanation: verdict, search, diagnosis.

use std::{borrow::Borrow, fmt};

use bytes::Bytes;
use http::{Method, request::Parts};

use super::{
    body::{
        messages::{Signs, says_form},
        variations::Bodies,
    },
    budget::Budget,
    cause::Cause,
    diagnosis::Diagnosis,
    explanation::Explanation,
    key::candidates::candidate_keys,
    next_request::has_call_parameters,
    presented::{Algorithm, has_signature_header, presented_signatures},
    reasons::Visible,
    search::Search,
    trial::body_digest,
    unexplained::{Tried, without_match, without_signature},
    url::variations::UrlVariations,
};
use crate::{
    key::SigningKeys,
    url::{PublicUrl, RequestUrl, configured::without_secrets},
    verify::{
        AcceptedSchemes, Policy, PresentedSignatures, Received, SignatureScheme, VerifiedWebhook,
        names_body_digest,
    },
};

/// Of the URLs that the layer tries, so many bytes are looked at.
const MAX_TRIED_BYTES: usize = 64 * 1024;
/// The URL of a longer target gets a shorter search: no dashboard has it.
const MAX_TARGET_LENGTH: usize = 4 * 1024;
/// A longer URL is not of a dashboard.
const MAX_DASHBOARD_LENGTH: usize = 8 * 1024;
/// A longer form was not the query of a GET.
const MAX_FORM_OF_GET: usize = 8 * 1024;

/// Explains requests: see the [module](crate::explain).
///
/// Give it what the layer has, so that it explains the layer's verdict.
#[derive(Clone)]
#[must_use]
pub struct Explainer {
    keys: SigningKeys,
    policy: Policy,
    dashboard_url: Option<String>,
    shows_queries: bool,
}

/// Without the credentials and the query of the dashboard's URL.
impl fmt::Debug for Explainer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dashboard_url = self.dashboard_url.as_deref().map(without_secrets);
        formatter
            .debug_struct("Explainer")
            .field("keys", &self.keys)
            .field("policy", &self.policy)
            .field("dashboard_url", &dashboard_url)
            .field("shows_queries", &self.shows_queries)
            .finish()
    }
}

impl Explainer {
    /// Explains with these keys, and otherwise the defaults of a
    /// [`Verifier`](crate::Verifier) and the layer.
    pub fn new(keys: impl Into<SigningKeys>) -> Self {
        Self::of_policy(keys.into(), Policy::default())
    }

    pub(crate) fn of_policy(keys: SigningKeys, policy: Policy) -> Self {
        Self {
            keys,
            policy,
            dashboard_url: None,
            shows_queries: false,
        }
    }

    /// What the [`public_url`](crate::Verifier::public_url) of the verifier or layer is.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.policy.public_url = url;
        self
    }

    /// What its [`accept`](crate::Verifier::accept) is.
    pub fn accept<S: Borrow<SignatureScheme>>(
        mut self,
        schemes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.policy.accepted = AcceptedSchemes::of(schemes);
        self
    }

    /// What its [`forms_begin_with`](crate::Verifier::forms_begin_with) is.
    pub fn forms_begin_with(mut self, name: &str) -> Self {
        self.policy.first_name = Some(name.into());
        self
    }

    /// The URL as it is configured in the dashboard: what helps most where nothing in the request
    /// names the host that SignalWire called. Without a scheme it is taken for one of `https`.
    pub fn dashboard_url(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        let url = url.trim();
        let is_whole = url.contains("://") || url.is_empty();
        let url = if is_whole {
            url.to_owned()
        } else {
            format!("https://{url}")
        };
        self.dashboard_url = (!url.is_empty() && url.len() <= MAX_DASHBOARD_LENGTH).then_some(url);
        self
    }

    /// Writes the queries of URLs out, which the log must not have: for a tool whose user has the
    /// request before them.
    pub fn show_queries(mut self) -> Self {
        self.shows_queries = true;
        self
    }

    /// Finds what would make the presented signature match, within the budget.
    ///
    /// `parts` are those of the request as the layer sees it, and `body` is the whole body. Under
    /// axum's `Router::nest` put the URI of `OriginalUri` into `parts` first, as for a
    /// [`Verifier`](crate::Verifier::verify). Never panics.
    #[must_use]
    pub fn explain(&self, parts: &Parts, body: &[u8]) -> Explanation {
        if let Some(verified) = self.verdict(parts, body) {
            return self.accepted(parts, &verified);
        }
        let tried = self.tried(parts);
        let dashboard = self.dashboard_url.as_deref();
        let visible = Visible {
            parts,
            body,
            tried: &tried,
            dashboard,
            keys: &self.keys,
        };
        let presented = presented_signatures(&parts.headers);
        if presented.is_empty() {
            return without_signature(&visible, has_signature_header(&parts.headers));
        }
        let request = RequestUrl::new(&parts.uri, &parts.headers);
        let query = request.query;
        let mut budget = Budget::new();
        if request.path.len() + query.len() > MAX_TARGET_LENGTH {
            budget.shorten();
        }
        let mut bodies = Bodies::of(body, query, &mut budget);
        if let Some(form) = form_of_get(parts, body) {
            bodies.add_query_in_form(form);
        }
        let mut urls = UrlVariations::of(parts, &tried, dashboard);
        if !body.is_empty() && budget.pay_hash(body.len()).is_ok() {
            urls.add_body_digest(1, &body_digest(body));
        }
        let mut named = tried.iter().map(String::as_str).chain(dashboard);
        let signs = Signs {
            presented: &presented,
            is_form: says_form(&parts.headers),
            has_body: !body.is_empty(),
            preferred: self.preferred_algorithm(),
            names_digest: named.any(names_body_digest),
        };
        let search = Search {
            urls: &urls,
            messages: &signs.messages(bodies.all()),
            keys: &candidate_keys(&self.keys),
            presented: &presented,
        };
        let outcome = search.run(&mut bodies, &mut budget);
        let mut explanation = match &outcome.hit {
            Some(hit) => Diagnosis {
                parts,
                body,
                bodies: &mut bodies,
                policy: &self.policy,
                tried: &tried,
                dashboard,
                shows_queries: self.shows_queries,
                budget: &mut budget,
            }
            .of(hit),
            None => without_match(
                &visible,
                &Tried {
                    urls: urls.describe(),
                    changes: bodies.possible_causes(),
                    keys: search.keys,
                    is_complete: outcome.is_complete,
                },
            ),
        };
        explanation.computations = budget.hmacs_paid();
        explanation
    }

    /// SHA-1, which is the cheaper; where the layer does not accept it, the advice would be to do so, which
    /// is not needed where SHA-256 is there.
    fn preferred_algorithm(&self) -> Algorithm {
        if self.policy.accepted.contains(SignatureScheme::RawBodySha1) {
            Algorithm::Sha1
        } else {
            Algorithm::Sha256
        }
    }

    /// The verdict of the layer itself.
    fn verdict(&self, parts: &Parts, body: &[u8]) -> Option<VerifiedWebhook> {
        let presented =
            PresentedSignatures::from_headers(&parts.headers, &self.policy.accepted).ok()?;
        let received = Received {
            uri: &parts.uri,
            headers: &parts.headers,
            body,
        };
        let found = self.policy.verify(&received, &presented, &self.keys).ok()?;
        Some(found.into_proof(Bytes::new))
    }

    fn accepted(&self, parts: &Parts, verified: &VerifiedWebhook) -> Explanation {
        let urls = self.policy.public_url.candidates(parts);
        let url = urls.iter().position(|url| url == verified.url());
        let key = self
            .keys
            .iter()
            .position(|key| key.id() == verified.key_id());
        let keys = self.keys.iter().count();
        Explanation {
            causes: vec![Cause::Accepted],
            sentence: Cause::Accepted.to_string(),
            scheme: Some(verified.scheme()),
            computations: 1 + url.unwrap_or_default() * keys + key.unwrap_or_default(),
            ..Explanation::of_nothing()
        }
    }

    /// The URLs that the layer tries, likeliest first, as far as they are not hostile ones.
    fn tried(&self, parts: &Parts) -> Vec<String> {
        let request = RequestUrl::new(&parts.uri, &parts.headers);
        let Ok(urls) = self.policy.public_url.candidate_urls(&request) else {
            return Vec::new();
        };
        let mut bytes = 0;
        urls.iter()
            .map(|url| url.text())
            .take_while(|url| {
                bytes += url.len();
                bytes <= MAX_TRIED_BYTES
            })
            .collect()
    }
}

/// The form that may have been the query of a GET: one of a call or message.
fn form_of_get<'b>(parts: &Parts, body: &'b [u8]) -> Option<&'b str> {
    if body.len() > MAX_FORM_OF_GET || !says_form(&parts.headers) {
        return None;
    }
    let form = str::from_utf8(body).ok()?;
    has_call_parameters(&Method::GET, &format!("?{form}")).then_some(form)
}
