use http::request::Parts;

use crate::{
    candidate_url::{CandidateUrls, UrlVariants},
    config_error::ConfigError,
    configured_url::ConfiguredUrl,
    request_url::RequestUrl,
};

/// Where SignalWire sent the request: the URL that it signed is the one configured in the
/// dashboard, and a server behind a proxy may see another.
///
/// The path and query are those received, byte for byte, before any
/// [`Router::nest`](axum::Router::nest) strips them. What rewrites the URI before axum sees it, as
/// tower-http's `NormalizePathLayer` around a whole router, belongs inside the layer. From each URL come the ones that may have
/// been signed in its stead: those that differ in one thing of this list, then in two, and so on.
///
/// 1. The scheme is the configured one, a trusted header's, or `https` where the request's URI
///    says so; otherwise `https` and then `http` are tried.
/// 2. The port as it is, and removed, or where there is none, the scheme's default port:
///    SignalWire's back end is inconsistent about it.
/// 3. Without credentials and with them, from the configured URL or `Authorization: Basic`: a
///    call is signed without, a message with.
/// 4. A path of `/` with and without the slash.
/// 5. A host with upper-case letters as it is and in lower case.
///
/// No request is tried with more than 16 URLs, the likeliest.
/// [`candidates`](Self::candidates) lists them.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    sources: Vec<Source>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Request { trusts_forwarded_headers: bool },
    Base(ConfiguredUrl),
    Exact(ConfiguredUrl),
}

impl Source {
    fn variants<'a>(&'a self, request: &'a RequestUrl<'_>) -> Option<UrlVariants<'a>> {
        let credentials = request.credentials.as_deref();
        match self {
            Self::Request {
                trusts_forwarded_headers,
            } => request.variants(*trusts_forwarded_headers),
            Self::Base(url) => Some(url.base(credentials, request.path, request.query)),
            Self::Exact(url) => Some(url.exact(credentials)),
        }
    }

    fn is_configured_with(&self, host: &str) -> bool {
        match self {
            Self::Request { .. } => false,
            Self::Base(url) | Self::Exact(url) => url.has_host(host),
        }
    }
}

impl PublicUrl {
    /// Takes the host from the request: the default, right for a server that is called directly
    /// and behind whatever keeps `Host`.
    #[must_use]
    pub fn from_request() -> Self {
        Self::of(Source::Request {
            trusts_forwarded_headers: false,
        })
    }

    /// Puts the request's path and query behind this URL, as in `https://hooks.example.com`, or
    /// `https://hooks.example.com/hooks` where a proxy strips `/hooks`. A port and credentials
    /// may be in it.
    ///
    /// ```
    /// use signalwire_webhook::{PublicUrl, SigningKey, SignalWireWebhookLayer};
    ///
    /// let layer = SignalWireWebhookLayer::new(SigningKey::new("PSKtest")?)
    ///     .public_url(PublicUrl::base("https://hooks.example.com")?);
    /// # Ok::<_, signalwire_webhook::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidUrl`] for a URL that is not absolute, is neither `http` nor
    /// `https`, has no valid host or port, or has a query or a fragment.
    pub fn base(url: &str) -> Result<Self, ConfigError> {
        ConfiguredUrl::parse_base(url)
            .map(Source::Base)
            .map(Self::of)
    }

    /// Takes the whole URL as it is configured in the dashboard, whatever the request's path.
    ///
    /// For a layer on a single route, since any path and query then pass with a signature of this
    /// URL: a handler must not believe what it reads in them. A cXML request with a body that is no form has a
    /// `bodySHA256` in its query that SignalWire adds to each: use [`base`](Self::base) there.
    ///
    /// # Errors
    ///
    /// As for [`base`](Self::base), but a query is allowed.
    pub fn exact(url: &str) -> Result<Self, ConfigError> {
        ConfiguredUrl::parse(url).map(Source::Exact).map(Self::of)
    }

    /// Believes `Forwarded` (RFC 7239) and `X-Forwarded-Proto`, `-Host`, `-Port` and `-Prefix`
    /// wherever the URL comes from the request.
    ///
    /// Of a list, the first entry counts, which the outermost proxy wrote. Where both are there
    /// `Forwarded` wins, and what is malformed is ignored.
    ///
    /// Nobody can forge a request with these headers: the signature decides. But whoever captured
    /// a genuine request to one of your hosts, or below one prefix, could replay it to another that
    /// has the same key, so it is off by default. Have the outermost proxy overwrite or drop
    /// these headers; with [`base`](Self::base) or [`exact`](Self::exact) the question does not arise.
    #[must_use]
    pub fn trust_forwarded_headers(mut self) -> Self {
        for source in &mut self.sources {
            if let Source::Request {
                trusts_forwarded_headers,
            } = source
            {
                *trusts_forwarded_headers = true;
            }
        }
        self
    }

    /// Tries `other` too: for a server with several public names.
    ///
    /// Configured URLs with the host that the request names come first, so that any number of names
    /// may be joined where `Host` is kept. Of the others each contributes one in turn until 16
    /// URLs are reached.
    ///
    /// ```
    /// use signalwire_webhook::PublicUrl;
    ///
    /// let url = PublicUrl::base("https://hooks.example.com")?
    ///     .or(PublicUrl::base("https://hooks.example.org")?);
    /// # Ok::<_, signalwire_webhook::ConfigError>(())
    /// ```
    #[must_use]
    pub fn or(mut self, other: PublicUrl) -> Self {
        for source in other.sources {
            if !self.sources.contains(&source) {
                self.sources.push(source);
            }
        }
        self
    }

    /// The URLs that a request's signature is held against, in that order, at most 16: for a
    /// test, or to see why a request is refused. They may hold the request's credentials.
    ///
    /// ```
    /// use signalwire_webhook::PublicUrl;
    ///
    /// let request = axum::http::Request::post("/voice?a=b").header("host", "hooks.example.com");
    /// let (parts, ()) = request.body(()).unwrap().into_parts();
    /// assert_eq!(
    ///     PublicUrl::from_request().candidates(&parts),
    ///     [
    ///         "https://hooks.example.com/voice?a=b",
    ///         "http://hooks.example.com/voice?a=b",
    ///         "https://hooks.example.com:443/voice?a=b",
    ///         "http://hooks.example.com:80/voice?a=b",
    ///     ],
    /// );
    /// ```
    #[must_use]
    pub fn candidates(&self, request: &Parts) -> Vec<String> {
        let request = RequestUrl::of(request);
        let mut texts = Vec::new();
        if let Some(candidates) = self.candidate_urls(&request) {
            candidates.find_map(|url| {
                texts.push(url.text());
                None::<()>
            });
        }
        texts
    }

    /// The first of the [`candidates`](Self::candidates), for a log: without its query.
    pub(crate) fn likeliest(&self, request: &RequestUrl<'_>) -> Option<String> {
        let candidates = self.candidate_urls(request)?;
        Some(candidates.likeliest()?.without_secrets().text())
    }

    /// `None` where neither the configuration nor the request names a host.
    pub(crate) fn candidate_urls<'a>(
        &'a self,
        request: &'a RequestUrl<'_>,
    ) -> Option<CandidateUrls<'a>> {
        if let [source] = &*self.sources {
            return source.variants(request).map(CandidateUrls::One);
        }
        let named_host = request.authority().map(|authority| authority.host);
        let has_named_host =
            |source: &&Source| named_host.is_some_and(|host| source.is_configured_with(host));
        let (of_named_host, others): (Vec<_>, Vec<_>) =
            self.sources.iter().partition(has_named_host);
        let variants = |sources: Vec<&'a Source>| -> Vec<_> {
            let variants = |source: &'a Source| source.variants(request);
            sources.into_iter().filter_map(variants).collect()
        };
        let of_named_host = variants(of_named_host);
        let others = variants(others);
        let any = !of_named_host.is_empty() || !others.is_empty();
        any.then_some(CandidateUrls::Several {
            of_named_host,
            others,
        })
    }

    fn of(source: Source) -> Self {
        Self {
            sources: vec![source],
        }
    }
}

/// [`PublicUrl::from_request`].
impl Default for PublicUrl {
    fn default() -> Self {
        Self::from_request()
    }
}
