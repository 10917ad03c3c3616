use std::{borrow::Cow, fmt};

/// No request is tried with more URLs than this.
pub(crate) const MAX_CANDIDATES: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Https,
    Http,
}

impl Scheme {
    /// HTTPS first: it is what SignalWire asks for.
    pub(crate) const EITHER: &'static [Self] = &[Self::Https, Self::Http];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Https, Self::Http]
            .into_iter()
            .find(|scheme| text.eq_ignore_ascii_case(scheme.as_str()))
    }

    pub(crate) const fn alone(self) -> &'static [Self] {
        match self {
            Self::Https => &[Self::Https],
            Self::Http => &[Self::Http],
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

/// A URL that may be the one that SignalWire signed; `Display` writes it as it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CandidateUrl<'a> {
    scheme: Scheme,
    userinfo: Option<&'a str>,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
    query: &'a str,
}

impl fmt::Display for CandidateUrl<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.scheme.as_str())?;
        formatter.write_str("://")?;
        if let Some(userinfo) = self.userinfo {
            formatter.write_str(userinfo)?;
            formatter.write_str("@")?;
        }
        formatter.write_str(self.host)?;
        if let Some(port) = self.port {
            formatter.write_str(":")?;
            formatter.write_str(port)?;
        }
        formatter.write_str(self.path)?;
        formatter.write_str(self.query)
    }
}

/// Everything that one public URL can have been when it was signed.
#[derive(Debug)]
pub(crate) struct UrlVariants<'a> {
    pub(crate) schemes: &'static [Scheme],
    pub(crate) userinfo: Choice<Option<Cow<'a, str>>>,
    pub(crate) host: Choice<Cow<'a, str>>,
    pub(crate) port: Option<Cow<'a, str>>,
    pub(crate) path: Choice<Cow<'a, str>>,
    /// With its question mark; empty where there is none.
    pub(crate) query: &'a str,
}

/// One part of a URL, as it is and, where there is another way to write it, the other way.
#[derive(Debug)]
pub(crate) struct Choice<T> {
    likelier: T,
    other: Option<T>,
}

impl<T> Choice<T> {
    fn len(&self) -> usize {
        1 + usize::from(self.other.is_some())
    }

    fn get(&self, index: usize) -> &T {
        match (&self.other, index) {
            (Some(other), 1) => other,
            _ => &self.likelier,
        }
    }
}

impl<'a> Choice<Option<Cow<'a, str>>> {
    /// A call is signed without the credentials, a message with them.
    pub(crate) fn userinfo(userinfo: Option<Cow<'a, str>>) -> Self {
        Self {
            likelier: None,
            other: userinfo.map(Some),
        }
    }
}

impl<'a> Choice<Cow<'a, str>> {
    /// SignalWire's packages sign with the host in lower case, whatever was configured.
    pub(crate) fn host(host: Cow<'a, str>) -> Self {
        let has_upper_case = host.bytes().any(|byte| byte.is_ascii_uppercase());
        Self {
            other: has_upper_case.then(|| host.to_ascii_lowercase().into()),
            likelier: host,
        }
    }

    /// A URL without a path is requested as `/`.
    pub(crate) fn path(prefix: &'a str, path: &'a str) -> Self {
        let prefixed = |path: &'a str| match (prefix, path) {
            ("", path) => Cow::Borrowed(path),
            (prefix, "") => Cow::Borrowed(prefix),
            (prefix, path) => Cow::Owned([prefix, path].concat()),
        };
        Self {
            likelier: prefixed(path),
            other: match path {
                "" => Some(prefixed("/")),
                "/" => Some(prefixed("")),
                _ => None,
            },
        }
    }
}

impl UrlVariants<'_> {
    /// The variant of this rank, likeliest first; `None` past the last.
    ///
    /// The rank is read as a number whose digits are the choices, the lowest digit being the
    /// choice that most often differs.
    pub(crate) fn nth(&self, rank: usize) -> Option<CandidateUrl<'_>> {
        let mut rest = rank;
        let mut digit = |base: usize| {
            let digit = rest % base;
            rest /= base;
            digit
        };
        let scheme = self.schemes[digit(self.schemes.len())];
        let port_as_it_is = digit(2) == 0;
        let candidate = CandidateUrl {
            scheme,
            port: match self.port.as_deref() {
                port if port_as_it_is => port,
                Some(_) => None,
                None => Some(scheme.default_port()),
            },
            userinfo: self.userinfo.get(digit(self.userinfo.len())).as_deref(),
            path: self.path.get(digit(self.path.len())),
            host: self.host.get(digit(self.host.len())),
            query: self.query,
        };
        (rest == 0).then_some(candidate)
    }
}

/// The URLs that a request may have been signed for.
#[derive(Debug)]
pub(crate) struct CandidateUrls<'a> {
    /// Of the configured URLs, those with the host that the request names: where a proxy keeps
    /// `Host`, it tells the right one of several.
    pub(crate) of_named_host: Vec<UrlVariants<'a>>,
    pub(crate) others: Vec<UrlVariants<'a>>,
}

impl CandidateUrls<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.of_named_host.is_empty() && self.others.is_empty()
    }

    /// Likeliest first, at most [`MAX_CANDIDATES`], none twice. Each is made when it is its turn:
    /// the first is nearly always the one that was signed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = CandidateUrl<'_>> + Clone {
        let several = self.of_named_host.len() + self.others.len() > 1;
        let all = in_turn(&self.of_named_host).chain(in_turn(&self.others));
        let before = all.clone();
        all.enumerate()
            .filter(move |(index, candidate)| {
                let is_new = |other| other != *candidate;
                !several || before.clone().take(*index).all(is_new)
            })
            .map(|(_, candidate)| candidate)
            .take(MAX_CANDIDATES)
    }
}

/// The likeliest variant of each URL, then the second of each.
fn in_turn<'a>(urls: &'a [UrlVariants<'_>]) -> impl Iterator<Item = CandidateUrl<'a>> + Clone {
    (0..MAX_CANDIDATES).flat_map(move |rank| urls.iter().filter_map(move |url| url.nth(rank)))
}
