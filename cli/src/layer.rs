//! The layer that the user has, as far as the arguments and the environment describe it.

use http::request::Parts;
use signalwire_webhook::{
    ForwardingHeader, PublicUrl, SignalWireWebhookLayer, SignatureScheme, SigningKeys, Verifier,
    explain::{Explainer, Explanation, Remedy},
};

use crate::{arguments::LayerArguments, failure::Failure, keys::signing_keys};

#[derive(Clone, Debug)]
pub(crate) struct DescribedLayer {
    keys: SigningKeys,
    public_url: PublicUrl,
    accepted: Vec<SignatureScheme>,
    forms_begin_with: Option<String>,
}

impl DescribedLayer {
    pub(crate) fn from_arguments(arguments: &LayerArguments) -> Result<Self, Failure> {
        let accepted = if arguments.accept.is_empty() {
            SignatureScheme::ALL.to_vec()
        } else {
            arguments.accept.iter().copied().map(Into::into).collect()
        };
        Ok(Self {
            public_url: public_url(arguments)?,
            keys: signing_keys(&arguments.key)?,
            accepted,
            forms_begin_with: arguments.forms_begin_with.clone(),
        })
    }

    /// The layer itself.
    pub(crate) fn layer(&self) -> SignalWireWebhookLayer {
        let layer = SignalWireWebhookLayer::new(self.keys.clone())
            .public_url(self.public_url.clone())
            .accept(&self.accepted);
        match &self.forms_begin_with {
            Some(name) => layer.forms_begin_with(name),
            None => layer,
        }
    }

    /// The URL that the layer tries first, or of several the one that is nearest to the URL that was
    /// signed.
    pub(crate) fn tried_url(&self, request: &Parts, signed: Option<&str>) -> Option<String> {
        let tried = self.public_url.candidates(request);
        let signed = signed.unwrap_or_default();
        tried
            .into_iter()
            .rev()
            .max_by_key(|url| common(url, signed))
    }

    /// The URL that was signed, where a fix of the explanation leads to it.
    pub(crate) fn signed_url(
        &self,
        explanation: &Explanation,
        request: &Parts,
        body: &[u8],
    ) -> Option<String> {
        let fixed = explanation
            .remedies()
            .iter()
            .find_map(|remedy| match remedy {
                Remedy::PublicUrl { public_url, .. } => Some(public_url.clone()),
                _ => None,
            })?;
        let verifier = Verifier::new(self.keys.clone()).public_url(fixed.clone());
        match verifier.verify(request, body) {
            Ok(proof) => Some(proof.url().to_owned()),
            // Something else is wrong too.
            Err(_) => fixed.candidates(request).into_iter().next(),
        }
    }

    /// What explains the verdicts of this layer.
    pub(crate) fn explainer(&self) -> Explainer {
        let explainer = Explainer::new(self.keys.clone())
            .public_url(self.public_url.clone())
            .accept(&self.accepted);
        match &self.forms_begin_with {
            Some(name) => explainer.forms_begin_with(name),
            None => explainer,
        }
    }
}

/// How many bytes two URLs have in common at their beginning.
fn common(one: &str, other: &str) -> usize {
    let pairs = one.bytes().zip(other.bytes());
    pairs.take_while(|(one, other)| one == other).count()
}

/// Everything that was named, in the order of its certainty; else the environment's, as the
/// layer's `from_env` has it.
fn public_url(arguments: &LayerArguments) -> Result<PublicUrl, Failure> {
    let bases = arguments.public_url.iter().map(|url| PublicUrl::base(url));
    let exact = arguments.exact.iter().map(|url| PublicUrl::exact(url));
    let mut urls: Vec<PublicUrl> = bases
        .chain(exact)
        .collect::<Result<_, _>>()
        .map_err(Failure::usage)?;
    if !arguments.trust_header.is_empty() {
        let trusted = arguments.trust_header.iter().copied();
        urls.push(PublicUrl::from_headers(trusted.map(ForwardingHeader::from)));
    }
    if let Some(url) = urls.into_iter().reduce(PublicUrl::or) {
        return Ok(url);
    }
    let configured = PublicUrl::from_env().map_err(Failure::usage)?;
    Ok(configured.unwrap_or_else(PublicUrl::from_request))
}
