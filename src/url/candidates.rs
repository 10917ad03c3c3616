//! The texts that one public URL may have had when it was signed, likeliest first.

use std::borrow::Cow;

/// No request is tried with more URLs than this.
pub(crate) const MAX_CANDIDATES: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Https,
    Http,
}

impl Scheme {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Https, Self::Http]
            .into_iter()
            .find(|scheme| text.eq_ignore_ascii_case(scheme.as_str()))
    }

    const fn other(self) -> Self {
        match self {
            Self::Https => Self::Http,
            Self::Http => Self::Https,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    pub(crate) const fn default_port(self) -> &'static str {
        match self {
            Self::Https => "443",
            Self::Http => "80",
        }
    }
}

/// A URL that may be the one that SignalWire signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CandidateUrl<'a> {
    /// `None` for a text that was not taken apart: all of it before its query is the path.
    scheme: Option<Scheme>,
    userinfo: Option<&'a str>,
    host: &'a str,
    is_host_in_lower_case: bool,
    port: Option<&'a str>,
    prefix: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> CandidateUrl<'a> {
    fn verbatim(text: &'a str) -> Self {
        let (path, query) = text.split_at(text.find('?').unwrap_or(text.len()));
        Self {
            scheme: None,
            userinfo: None,
            host: "",
            is_host_in_lower_case: false,
            port: None,
            prefix: "",
            path,
            query,
        }
    }

    /// With its question mark; empty where there is none.
    pub(crate) fn query(&self) -> &'a str {
        self.query
    }

    /// For a log, in which neither credentials nor a query belong.
    #[cfg(feature = "axum")]
    pub(crate) fn without_secrets(self) -> Self {
        Self {
            userinfo: None,
            query: "",
            ..self
        }
    }

    /// As it is signed.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.append_to(&mut text);
        text
    }

    pub(crate) fn append_to(&self, text: &mut String) {
        if let Some(scheme) = self.scheme {
            text.push_str(scheme.as_str());
            text.push_str("://");
        }
        if let Some(userinfo) = self.userinfo {
            text.push_str(userinfo);
            text.push('@');
        }
        let host_start = text.len();
        text.push_str(self.host);
        if self.is_host_in_lower_case {
            text[host_start..].make_ascii_lowercase();
        }
        if let Some(port) = self.port {
            text.push(':');
            text.push_str(port);
        }
        text.push_str(self.prefix);
        text.push_str(self.path);
        text.push_str(self.query);
    }
}

/// Everything that one public URL can have been when it was signed.
#[derive(Debug)]
pub(crate) struct UrlVariants<'a> {
    /// The likelier one, where the other one may be.
    pub(crate) scheme: Scheme,
    pub(crate) may_have_other_scheme: bool,
    pub(crate) userinfo: Option<&'a str>,
    pub(crate) host: Cow<'a, str>,
    pub(crate) port: Option<Cow<'a, str>>,
    /// What comes before the path; empty where nothing does.
    pub(crate) prefix: &'a str,
    pub(crate) path: &'a str,
    /// With its question mark; empty where there is none.
    pub(crate) query: &'a str,
    /// Whether the whole URL was configured.
    pub(crate) is_exact: bool,
}

/// In what a variant differs from the likeliest one: a set with a bit for each thing.
type Differences = u8;

const SCHEME: Differences = 1;
const PORT: Differences = 1 << 1;
const USERINFO: Differences = 1 << 2;
const PATH: Differences = 1 << 3;
const HOST: Differences = 1 << 4;

/// Every set, the smaller ones first and in each size the likelier ones: where a URL has more
/// variants than are tried, those that differ from it in everything at once are left out.
const LIKELIEST_FIRST: [Differences; 32] = [
    0, 1, 2, 4, 8, 16, 3, 5, 6, 9, 10, 12, 17, 18, 20, 24, 7, 11, 13, 14, 19, 21, 22, 25, 26, 28,
    15, 23, 27, 29, 30, 31,
];

impl UrlVariants<'_> {
    /// Likeliest first, at most [`MAX_CANDIDATES`].
    pub(crate) fn variants(&self) -> impl Iterator<Item = CandidateUrl<'_>> {
        LIKELIEST_FIRST
            .iter()
            .filter_map(|&differences| self.with(differences))
            .take(MAX_CANDIDATES)
    }

    /// The variant with these differences; `None` where one of them is not possible.
    fn with(&self, differences: Differences) -> Option<CandidateUrl<'_>> {
        let differs = |thing| differences & thing != 0;
        let scheme = match differs(SCHEME) {
            true if !self.may_have_other_scheme => return None,
            true => self.scheme.other(),
            false => self.scheme,
        };
        let port = match self.port.as_deref() {
            port if !differs(PORT) => port,
            Some(_) => None,
            None => Some(scheme.default_port()),
        };
        // A call is signed without the credentials, a message with them.
        let userinfo = if differs(USERINFO) {
            Some(self.userinfo?)
        } else {
            None
        };
        let path = if differs(PATH) {
            self.other_path()?
        } else {
            self.path
        };
        // SignalWire's packages sign with the host in lower case, whatever was configured.
        let is_host_in_lower_case = differs(HOST);
        if is_host_in_lower_case && !self.has_upper_case_host() {
            return None;
        }
        Some(CandidateUrl {
            scheme: Some(scheme),
            userinfo,
            host: &self.host,
            is_host_in_lower_case,
            port,
            prefix: self.prefix,
            path,
            query: self.query,
        })
    }

    fn has_upper_case_host(&self) -> bool {
        self.host.bytes().any(|byte| byte.is_ascii_uppercase())
    }

    /// A URL without a path is requested as `/`; one that was configured whole is signed as it is.
    fn other_path(&self) -> Option<&'static str> {
        (self.path == "/" && !self.is_exact).then_some("")
    }
}

/// The URLs that a request may have been signed for.
#[derive(Debug)]
pub(crate) enum CandidateUrls<'a> {
    /// A text that is not taken apart.
    Verbatim(&'a str),
    One(UrlVariants<'a>),
    Several {
        /// Of the configured URLs, those with the host that the request names: where a proxy keeps
        /// `Host`, it tells the right one of several.
        of_named_host: Vec<UrlVariants<'a>>,
        others: Vec<UrlVariants<'a>>,
        /// Whether a source is left out, since the request names two hosts.
        has_ambiguous_host: bool,
    },
}

impl CandidateUrls<'_> {
    pub(crate) fn has_ambiguous_host(&self) -> bool {
        matches!(
            self,
            Self::Several {
                has_ambiguous_host: true,
                ..
            }
        )
    }

    /// Likeliest first, at most [`MAX_CANDIDATES`], none twice. Those of one URL are made when it is
    /// their turn: the first is nearly always the one that was signed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = CandidateUrl<'_>> {
        let (one, several) = match self {
            Self::Verbatim(text) => (None, vec![CandidateUrl::verbatim(text)]),
            // No two variants of one URL are the same.
            Self::One(url) => (Some(url), Vec::new()),
            Self::Several {
                of_named_host,
                others,
                ..
            } => (None, distinct([of_named_host, others])),
        };
        one.into_iter()
            .flat_map(UrlVariants::variants)
            .chain(several)
    }
}

/// Of each group the likeliest variant of each URL, then the second of each, and so on.
fn distinct<'u>(groups: [&'u [UrlVariants<'_>]; 2]) -> Vec<CandidateUrl<'u>> {
    let mut found: Vec<CandidateUrl<'u>> = Vec::new();
    let mut texts = Vec::new();
    for group in groups {
        let mut variants: Vec<_> = group.iter().map(UrlVariants::variants).collect();
        for _ in 0..MAX_CANDIDATES {
            for url in variants.iter_mut().filter_map(Iterator::next) {
                if found.len() == MAX_CANDIDATES {
                    return found;
                }
                let text = url.text();
                if !texts.contains(&text) {
                    texts.push(text);
                    found.push(url);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_differences_is_tried_and_the_large_ones_last() {
        let mut sorted: Vec<u8> = (0..32).collect();
        sorted.sort_by_key(|differences| differences.count_ones());
        assert_eq!(LIKELIEST_FIRST.as_slice(), sorted);
    }

    #[cfg(feature = "axum")]
    #[test]
    fn a_log_is_spared_credentials_and_query() {
        let url = UrlVariants {
            scheme: Scheme::Https,
            may_have_other_scheme: false,
            userinfo: Some("user:secret"),
            host: Cow::from("h"),
            port: None,
            prefix: "",
            path: "/sms",
            query: "?token=secret",
            is_exact: false,
        };
        let with_credentials = url.with(USERINFO).unwrap();
        assert_eq!(
            with_credentials.text(),
            "https://user:secret@h/sms?token=secret"
        );
        assert_eq!(with_credentials.without_secrets().text(), "https://h/sms");
    }
}
