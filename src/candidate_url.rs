use std::{borrow::Cow, fmt, slice};

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

impl CandidateUrl<'_> {
    /// For a log, in which neither credentials nor a query belong.
    pub(crate) fn without_secrets(self) -> Self {
        Self {
            userinfo: None,
            query: "",
            ..self
        }
    }
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
    pub(crate) scheme: Choice<Scheme>,
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
    fn pick(&self, rank: &mut Rank) -> &T {
        match &self.other {
            Some(other) if rank.next_choice() => other,
            _ => &self.likelier,
        }
    }
}

impl Choice<Scheme> {
    /// HTTPS is what SignalWire asks for.
    pub(crate) fn scheme(known: Option<Scheme>) -> Self {
        Self {
            likelier: known.unwrap_or(Scheme::Https),
            other: known.is_none().then_some(Scheme::Http),
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

/// Read as a binary number, its digits are the choices of a variant: the lowest is the choice that
/// most often differs.
struct Rank(usize);

/// The ranks with the fewest unlikely choices first: where a URL has more variants than are tried,
/// those that differ from it in everything at once are left out.
const LIKELIEST_FIRST: [usize; 32] = [
    0, 1, 2, 4, 8, 16, 3, 5, 6, 9, 10, 12, 17, 18, 20, 24, 7, 11, 13, 14, 19, 21, 22, 25, 26, 28,
    15, 23, 27, 29, 30, 31,
];

impl Rank {
    /// Whether it is the less likely one.
    fn next_choice(&mut self) -> bool {
        let digit = self.0 & 1;
        self.0 >>= 1;
        digit == 1
    }
}

impl UrlVariants<'_> {
    /// The variant of this rank; `None` where one of the choices is none.
    pub(crate) fn nth(&self, rank: usize) -> Option<CandidateUrl<'_>> {
        let mut rank = Rank(rank);
        // Their order is that of the candidates: the first is the choice that most often differs.
        let scheme = *self.scheme.pick(&mut rank);
        let port = match self.port.as_deref() {
            port if !rank.next_choice() => port,
            Some(_) => None,
            None => Some(scheme.default_port()),
        };
        let userinfo = self.userinfo.pick(&mut rank).as_deref();
        let path = self.path.pick(&mut rank);
        let host = self.host.pick(&mut rank);
        let candidate = CandidateUrl {
            scheme,
            userinfo,
            host,
            port,
            path,
            query: self.query,
        };
        (rank.0 == 0).then_some(candidate)
    }
}

/// The URLs that a request may have been signed for.
#[derive(Debug)]
pub(crate) enum CandidateUrls<'a> {
    One(UrlVariants<'a>),
    Several {
        /// Of the configured URLs, those with the host that the request names: where a proxy keeps
        /// `Host`, it tells the right one of several.
        of_named_host: Vec<UrlVariants<'a>>,
        others: Vec<UrlVariants<'a>>,
    },
}

impl<'a> CandidateUrls<'a> {
    /// Likeliest first, at most [`MAX_CANDIDATES`], none twice. Each is made when it is its turn:
    /// the first is nearly always the one that was signed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = CandidateUrl<'_>> + Clone {
        let all = move || InTurn::new(self.groups());
        all()
            .enumerate()
            .filter(move |(index, candidate)| all().take(*index).all(|other| other != *candidate))
            .map(|(_, candidate)| candidate)
            .take(MAX_CANDIDATES)
    }

    fn groups(&self) -> [&[UrlVariants<'a>]; 2] {
        match self {
            Self::One(url) => [slice::from_ref(url), &[]],
            Self::Several {
                of_named_host,
                others,
            } => [of_named_host, others],
        }
    }
}

/// Of each group, the likeliest variant of each URL, then the second of each.
#[derive(Clone)]
struct InTurn<'a> {
    group: &'a [UrlVariants<'a>],
    next_group: Option<&'a [UrlVariants<'a>]>,
    ranks: slice::Iter<'static, usize>,
    rank: usize,
    urls: slice::Iter<'a, UrlVariants<'a>>,
}

impl<'a> InTurn<'a> {
    fn new([first, second]: [&'a [UrlVariants<'a>]; 2]) -> Self {
        Self {
            group: first,
            next_group: Some(second),
            ranks: LIKELIEST_FIRST.iter(),
            rank: 0,
            urls: [].iter(),
        }
    }
}

impl<'a> Iterator for InTurn<'a> {
    type Item = CandidateUrl<'a>;

    fn next(&mut self) -> Option<CandidateUrl<'a>> {
        loop {
            if let Some(url) = self.urls.next() {
                if let Some(candidate) = url.nth(self.rank) {
                    return Some(candidate);
                }
            } else if let Some(&rank) = self.ranks.next() {
                self.rank = rank;
                self.urls = self.group.iter();
            } else {
                self.group = self.next_group.take()?;
                self.ranks = LIKELIEST_FIRST.iter();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rank_is_tried_and_unlikely_choices_are_put_off() {
        let mut sorted: Vec<usize> = (0..32).collect();
        sorted.sort_by_key(|rank| rank.count_ones());
        assert_eq!(LIKELIEST_FIRST.as_slice(), sorted);
    }

    #[test]
    fn a_log_is_spared_credentials_and_query() {
        let url = UrlVariants {
            scheme: Choice::scheme(Some(Scheme::Https)),
            userinfo: Choice::userinfo(Some("user:secret".into())),
            host: Choice::host("h".into()),
            port: None,
            path: Choice::path("", "/sms"),
            query: "?token=secret",
        };
        let with_credentials = url.nth(0b10).unwrap();
        assert_eq!(
            with_credentials.to_string(),
            "https://user:secret@h/sms?token=secret"
        );
        assert_eq!(
            with_credentials.without_secrets().to_string(),
            "https://h/sms"
        );
    }
}
