//! What speaks for another URL.

use http::header;

use super::{Reason, Visible};
use crate::{
    explain::url::{
        headers::hosts,
        host_kind::HostKind,
        text::{UrlText, host_and_port},
    },
    log_text::log_text,
};

impl Visible<'_> {
    pub(super) fn url(&self) -> Reason {
        const SAY_IT: &str = "pass it with --dashboard-url to `signalwire-webhook explain`, or set \
                              SIGNALWIRE_WEBHOOK_URL to its part before the path";
        if self.dashboard.is_some() {
            return Reason {
                weight: 5,
                text: "the url in the dashboard is another one, or its path or query is changed on the \
                       way in an unusual manner"
                    .to_owned(),
            };
        }
        let (weight, why) = match self.likeliest_host() {
            Some((HostKind::Public, _)) => match self.proxy() {
                Some(proxy) => (
                    9,
                    format!(
                        "it came through {proxy}, after which the public host is mostly another one"
                    ),
                ),
                None => (
                    7,
                    "its host, path or query is not the one that was called".to_owned(),
                ),
            },
            Some((HostKind::Provider, host)) => (
                9,
                format!("{} is a name that a provider gave", log_text(&host)),
            ),
            Some((HostKind::Private, host)) => (
                9,
                format!("{} is not a name that SignalWire can call", log_text(&host)),
            ),
            None => (9, "the request names no host".to_owned()),
        };
        Reason {
            weight,
            text: format!(
                "the url in the dashboard is one that nothing in the request names ({why}): {SAY_IT}"
            ),
        }
    }

    /// The most public one of those that the layer tries or the request names.
    fn likeliest_host(&self) -> Option<(HostKind, String)> {
        let tried = self.tried.iter().filter_map(|url| UrlText::parse(url));
        tried
            .map(|url| url.host)
            .chain(hosts(&self.parts.headers).map(|host| host_and_port(host).0))
            .map(|host| (HostKind::of(host), host.to_owned()))
            .min_by_key(|(kind, _)| kind.rank())
    }

    fn proxy(&self) -> Option<String> {
        let via = self.parts.headers.get(header::VIA)?.to_str().ok()?;
        let is_content_network = [
            "cloudfront",
            "fastly",
            "varnish",
            "akamai",
            "google",
            "cloudflare",
        ]
        .iter()
        .any(|name| via.to_ascii_lowercase().contains(name));
        is_content_network.then(|| format!("`Via: {}`", log_text(via)))
    }
}
