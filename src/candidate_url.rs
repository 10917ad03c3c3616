use std::{borrow::Cow, slice};

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

/// A URL that may be the one that SignalWire signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CandidateUrl<'a> {
    /// `None` for a text that was not taken apart: all that stands before its query is the path.
    scheme: Option<Scheme>,
    userinfo: Option<&'a str>,
    host: &'a str,
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
        text.push_str(self.host);
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
    /// `None` where either may be.
    pub(crate) scheme: Option<Scheme>,
    pub(crate) userinfo: Option<&'a str>,
    pub(crate) host: Host<'a>,
    pub(crate) port: Option<Cow<'a, str>>,
    /// What stands before the path; empty where nothing does.
    pub(crate) prefix: &'a str,
    pub(crate) path: &'a str,
    /// With its question mark; empty where there is none.
    pub(crate) query: &'a str,
}

/// SignalWire's packages sign with the host in lower case, whatever was configured.
#[derive(Debug)]
pub(crate) struct Host<'a> {
    as_it_is: Cow<'a, str>,
    /// Where that is not the same.
    in_lower_case: Option<String>,
}

impl<'a> From<Cow<'a, str>> for Host<'a> {
    fn from(host: Cow<'a, str>) -> Self {
        // Without a branch, so that the compiler looks at many bytes at once.
        let has_upper_case = host
            .bytes()
            .fold(false, |any, byte| any | byte.is_ascii_uppercase());
        Self {
            in_lower_case: has_upper_case.then(|| host.to_ascii_lowercase()),
            as_it_is: host,
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
    /// The other one where there is one and it is its turn.
    fn pick<T>(&mut self, likelier: T, other: Option<T>) -> T {
        match other {
            Some(other) if self.is_others_turn() => other,
            _ => likelier,
        }
    }

    fn is_others_turn(&mut self) -> bool {
        let digit = self.0 & 1;
        self.0 >>= 1;
        digit == 1
    }
}

impl UrlVariants<'_> {
    /// The variant of this rank; `None` where one of the choices is none.
    ///
    /// The order of the choices is that of the candidates: the first most often differs.
    pub(crate) fn nth(&self, rank: usize) -> Option<CandidateUrl<'_>> {
        let mut rank = Rank(rank);
        // HTTPS is what SignalWire asks for.
        let scheme = match self.scheme {
            Some(known) => known,
            None => rank.pick(Scheme::Https, Some(Scheme::Http)),
        };
        let port = self.port.as_deref();
        let port = rank.pick(port, Some(port.xor(Some(scheme.default_port()))));
        // A call is signed without the credentials, a message with them.
        let userinfo = rank.pick(None, self.userinfo.map(Some));
        // A URL without a path is requested as `/`.
        let path = rank.pick(self.path, other_path(self.path));
        let host = rank.pick(&*self.host.as_it_is, self.host.in_lower_case.as_deref());
        let candidate = CandidateUrl {
            scheme: Some(scheme),
            userinfo,
            host,
            port,
            prefix: self.prefix,
            path,
            query: self.query,
        };
        (rank.0 == 0).then_some(candidate)
    }
}

fn other_path(path: &str) -> Option<&'static str> {
    match path {
        "" => Some("/"),
        "/" => Some(""),
        _ => None,
    }
}

/// The URLs that a request may have been signed for.
#[derive(Debug)]
pub(crate) enum CandidateUrls<'a> {
    Verbatim(&'a str),
    One(UrlVariants<'a>),
    Several {
        /// Of the configured URLs, those with the host that the request names: where a proxy keeps
        /// `Host`, it tells the right one of several.
        of_named_host: Vec<UrlVariants<'a>>,
        others: Vec<UrlVariants<'a>>,
    },
}

impl CandidateUrls<'_> {
    /// What `attempt` yields for the first URL that it yields anything for. Likeliest first, at most
    /// [`MAX_CANDIDATES`], none twice. Each is made when it is its turn: the first is nearly always
    /// the one that was signed.
    pub(crate) fn find_map<'u, T>(
        &'u self,
        mut attempt: impl FnMut(CandidateUrl<'u>) -> Option<T>,
    ) -> Option<T> {
        match self {
            Self::Verbatim(text) => attempt(CandidateUrl::verbatim(text)),
            // No two variants of one URL are the same.
            Self::One(url) => in_turn(slice::from_ref(url))
                .take(MAX_CANDIDATES)
                .find_map(attempt),
            Self::Several {
                of_named_host,
                others,
            } => {
                let mut texts = Vec::new();
                let is_new = |url: &CandidateUrl<'_>| {
                    let text = url.text();
                    let known = texts.contains(&text);
                    texts.push(text);
                    !known
                };
                in_turn(of_named_host)
                    .chain(in_turn(others))
                    .filter(is_new)
                    .take(MAX_CANDIDATES)
                    .find_map(attempt)
            }
        }
    }

    pub(crate) fn likeliest(&self) -> Option<CandidateUrl<'_>> {
        self.find_map(Some)
    }
}

/// The likeliest variant of each URL, then the second of each.
fn in_turn<'u>(urls: &'u [UrlVariants<'_>]) -> impl Iterator<Item = CandidateUrl<'u>> {
    LIKELIEST_FIRST
        .iter()
        .flat_map(move |&rank| urls.iter().filter_map(move |url| url.nth(rank)))
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
            scheme: Some(Scheme::Https),
            userinfo: Some("user:secret"),
            host: Cow::from("h").into(),
            port: None,
            prefix: "",
            path: "/sms",
            query: "?token=secret",
        };
        let with_credentials = url.nth(0b10).unwrap();
        assert_eq!(
            with_credentials.text(),
            "https://user:secret@h/sms?token=secret"
        );
        assert_eq!(with_credentials.without_secrets().text(), "https://h/sms");
    }
}
