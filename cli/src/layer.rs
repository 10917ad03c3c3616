//! The layer that the user has, as far as the arguments and the environment describe it.

use signalwire_webhook::{
    ForwardingHeader, PublicUrl, SignatureScheme, SigningKeys, explain::Explainer,
};

use crate::{arguments::LayerArguments, failure::Failure, keys::signing_keys};

#[derive(Clone, Debug)]
pub(crate) struct DescribedLayer {
    pub(crate) keys: SigningKeys,
    pub(crate) public_url: PublicUrl,
    pub(crate) accepted: Vec<SignatureScheme>,
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
        })
    }

    /// What explains the verdicts of this layer.
    pub(crate) fn explainer(self) -> Explainer {
        Explainer::new(self.keys)
            .public_url(self.public_url)
            .accept(&self.accepted)
    }
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
