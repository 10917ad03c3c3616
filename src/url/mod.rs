//! From the configuration and a request to the URLs that SignalWire may have signed.
//!
//! Answers which texts to try, likeliest first and at most 16. Knows nothing of keys, signatures,
//! bodies or verdicts.

mod authority;
pub(crate) mod candidates;
pub(crate) mod configured;
mod forwarded;
mod request;

use std::borrow::Borrow;

use http::request::Parts;

pub use self::forwarded::ForwardingHeader;
#[cfg(feature = "explain")]
pub(crate) use self::request::without_userinfo;
pub(crate) use self::{
    authority::Authority, candidates::CandidateUrls, configured::ConfiguredUrl, request::RequestUrl,
};
use self::{candidates::UrlVariants, forwarded::TrustedHeaders};
use crate::config_error::ConfigError;

/// The first name of every cXML form, which follows the URL in the signed message (guide "Webhook
/// security").
///
/// A host or credentials with it in them have the end of another URL in them, and the beginning of a
/// form: what was signed for `https://staging.example.com`, which has no path, would pass as a URL
/// of this server.
const FIRST_FORM_NAME: &str = "AccountSid";

/// Where SignalWire sent the request.
///
/// SignalWire signs the URL that is configured in the dashboard. A server behind a proxy may see
/// another one. The path and query are those received, byte for byte, before any `Router::nest`
/// strips them; what rewrites the URI before axum sees it, as tower-http's `NormalizePathLayer`
/// around a whole router, belongs inside the layer.
///
/// From each URL come the ones that may have been signed in its place: those that differ in one
/// thing of this list, then in two, and so on.
///
/// 1. The scheme is the configured one, or `https` where the request's URI says so. Otherwise
///    `https` and then `http` are tried, or in the order that a trusted header suggests.
/// 2. The port as it is, and removed. Where there is none, the scheme's default port:
///    SignalWire's back end is inconsistent about it.
/// 3. Without credentials and with them, from the configured URL or `Authorization: Basic`: a
///    call is signed without, a message with. From the header they are written in one way, as
///    `user` where the password is empty, and with a colon of the password as it is; configure the
///    URL where yours are written otherwise.
/// 4. A path of `/` with and without the slash, except under [`exact`](Self::exact).
/// 5. A host with upper-case letters as it is and in lower case.
///
/// No request is tried with more than 16 URLs, the likeliest.
/// [`candidates`](Self::candidates) lists them.
///
/// # No URL may be the beginning of another
///
/// URL and body are signed without a separator. So no URL that you configure at SignalWire may be
/// the beginning of another one that goes on with letters, as `/tenant/7` and `/tenant/7A` do, or
/// `https://hooks.example.com/` and any other URL of that host: end each with a fixed segment, as in
/// `/tenant/7/sms`.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    sources: Vec<UrlSource>,
}

/// Where one URL comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum UrlSource {
    Request(TrustedHeaders),
    Base(ConfiguredUrl),
    Exact(ConfiguredUrl),
}

/// Why there is no URL to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoUrl {
    /// Neither the configuration nor the request names a valid host.
    UnknownHost,
    /// The request names two hosts.
    AmbiguousHost,
}

impl UrlSource {
    fn variants<'a>(&'a self, request: &'a RequestUrl<'_>) -> Result<UrlVariants<'a>, NoUrl> {
        let credentials = request.credentials.as_deref();
        match self {
            Self::Request(trusted) => request.variants(trusted),
            Self::Base(url) => Ok(url.base(credentials, request.path, request.query)),
            Self::Exact(url) => Ok(url.exact(credentials)),
        }
    }

    fn is_configured_with(&self, host: &str) -> bool {
        match self {
            Self::Request(_) => false,
            Self::Base(url) | Self::Exact(url) => url.has_host(host),
        }
    }
}

impl PublicUrl {
    /// Takes the host from the request: the default, right for a server that is called directly
    /// and after whatever keeps `Host`.
    ///
    /// A request that names two different hosts, in its URI and in `Host` or in two `Host` lines, is
    /// refused as [`AmbiguousHost`](crate::RejectionReason::AmbiguousHost).
    #[must_use]
    pub fn from_request() -> Self {
        Self::of(UrlSource::Request(TrustedHeaders::default()))
    }

    /// Puts the request's path and query after this URL, as in `https://hooks.example.com`, or
    /// `https://hooks.example.com/hooks` where a proxy strips `/hooks`. A port and credentials
    /// may be in it. What follows a `#` is dropped: SignalWire reads options there and never sends
    /// them.
    ///
    /// The request's `Host` is not verified then: do not tell tenants by it.
    ///
    /// ```
    /// use signalwire_webhook::{PublicUrl, SigningKey, Verifier};
    ///
    /// let verifier = Verifier::new(SigningKey::new("PSKtest")?)
    ///     .public_url(PublicUrl::base("https://hooks.example.com")?);
    /// # Ok::<_, signalwire_webhook::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidUrl`] for a URL that is not absolute, is neither `http` nor
    /// `https`, has no valid host or port, or has a query.
    pub fn base(url: &str) -> Result<Self, ConfigError> {
        ConfiguredUrl::parse_base(url)
            .map(UrlSource::Base)
            .map(Self::of)
    }

    /// Takes the whole URL as it is configured in the dashboard, whatever the request's path.
    ///
    /// It is for a layer on a single route: a request to any path passes with a signature of this
    /// URL. The path of the request, and so axum's `Path`, is not verified, nor is `Host`. The query
    /// that a handler reads is that of this URL: the layer puts it into the request's URI in place
    /// of the one received. A cXML request with a body that is not a form has a `bodySHA256` in
    /// its query, another one each time: use [`base`](Self::base) there.
    ///
    /// # Errors
    ///
    /// As for [`base`](Self::base), but a query is allowed.
    pub fn exact(url: &str) -> Result<Self, ConfigError> {
        ConfiguredUrl::parse(url)
            .map(UrlSource::Exact)
            .map(Self::of)
    }

    /// Takes from the named headers what they say, and the rest from the request: for a server
    /// that no configured URL suits, after a proxy that replaces `Host`.
    ///
    /// Name the headers that your outermost proxy overwrites or drops, and no other. Of a list, the
    /// first entry counts. What is malformed is ignored. `X-Forwarded-Proto`, and the `proto` of
    /// `Forwarded`, say which scheme is tried first and exclude none.
    ///
    /// Nobody can forge a request with these headers, since the signature decides. But whoever
    /// captured a genuine request to one of your hosts, or below one prefix, could replay it to
    /// another one that has the same key, by writing a trusted header that your proxy passes on. With
    /// [`base`](Self::base) or [`exact`](Self::exact) the question does not arise.
    ///
    /// ```
    /// use signalwire_webhook::{ForwardingHeader, PublicUrl};
    ///
    /// let url = PublicUrl::from_headers([
    ///     ForwardingHeader::XForwardedProto,
    ///     ForwardingHeader::XForwardedHost,
    /// ]);
    /// ```
    #[must_use]
    pub fn from_headers<H: Borrow<ForwardingHeader>>(trusted: impl IntoIterator<Item = H>) -> Self {
        Self::of(UrlSource::Request(TrustedHeaders::new(trusted)))
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
    /// The path and query are those of `request.uri`. Under axum's `Router::nest` that is not the URI
    /// received: put the one of `OriginalUri` there first.
    ///
    /// ```
    /// use signalwire_webhook::PublicUrl;
    ///
    /// let request = http::Request::post("/voice?a=b").header("host", "hooks.example.com");
    /// let (parts, ()) = request.body(())?.into_parts();
    /// assert_eq!(
    ///     PublicUrl::from_request().candidates(&parts),
    ///     [
    ///         "https://hooks.example.com/voice?a=b",
    ///         "http://hooks.example.com/voice?a=b",
    ///         "https://hooks.example.com:443/voice?a=b",
    ///         "http://hooks.example.com:80/voice?a=b",
    ///     ],
    /// );
    /// # Ok::<_, http::Error>(())
    /// ```
    #[must_use]
    pub fn candidates(&self, request: &Parts) -> Vec<String> {
        let request = RequestUrl::new(&request.uri, &request.headers);
        match self.candidate_urls(&request) {
            Ok(candidates) => candidates.iter().map(|url| url.text()).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// The first of the [`candidates`](Self::candidates), for a log: without credentials and query.
    #[cfg(feature = "axum")]
    pub(crate) fn likeliest(&self, request: &RequestUrl<'_>) -> Option<String> {
        let candidates = self.candidate_urls(request).ok()?;
        let likeliest = candidates.iter().next()?.without_secrets().text();
        Some(likeliest)
    }

    pub(crate) fn candidate_urls<'a>(
        &'a self,
        request: &'a RequestUrl<'_>,
    ) -> Result<CandidateUrls<'a>, NoUrl> {
        if let [source] = &*self.sources {
            return source.variants(request).map(CandidateUrls::One);
        }
        let named_host = request.authority().ok().map(|authority| authority.host);
        let mut of_named_host = Vec::new();
        let mut others = Vec::new();
        let mut problem = None;
        for source in &self.sources {
            let has_named_host = named_host.is_some_and(|host| source.is_configured_with(host));
            match source.variants(request) {
                Ok(variants) if has_named_host => of_named_host.push(variants),
                Ok(variants) => others.push(variants),
                Err(no_url) => problem = Some(no_url),
            }
        }
        match problem {
            Some(no_url) if of_named_host.is_empty() && others.is_empty() => Err(no_url),
            _ => Ok(CandidateUrls::Several {
                of_named_host,
                others,
                has_ambiguous_host: problem == Some(NoUrl::AmbiguousHost),
            }),
        }
    }

    fn of(source: UrlSource) -> Self {
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

/// The URL written one way for all its variants: as `https`, with the host in lower case, without
/// port and credentials.
pub(crate) fn without_variants(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path_and_query) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (_, authority) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = Authority::parse(authority.as_bytes()).map_or(authority, |parsed| parsed.host);
    format!("https://{}{path_and_query}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_of_a_url_is_written_one_way() {
        for url in [
            "https://hooks.example.com/sms?a=B",
            "http://user:p@ss@Hooks.Example.com:80/sms?a=B",
            "https://hooks.example.com:8443/sms?a=B",
        ] {
            assert_eq!(without_variants(url), "https://hooks.example.com/sms?a=B");
        }
        assert_eq!(without_variants("https://[::1]:3000"), "https://[::1]");
        assert_eq!(without_variants("http://h?a@b"), "https://h?a@b");
    }
}
