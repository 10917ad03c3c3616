//! A URL taken apart.

/// A URL taken apart without judging it, so that what was signed can be held against what was
/// seen part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) struct UrlText<'a> {
    pub(in crate::explain) scheme: &'a str,
    pub(in crate::explain) userinfo: Option<&'a str>,
    pub(in crate::explain) host: &'a str,
    pub(in crate::explain) port: Option<&'a str>,
    pub(in crate::explain) path: &'a str,
    /// With its question mark; empty where there is none.
    pub(in crate::explain) query: &'a str,
    /// With its number sign; empty where there is none.
    pub(in crate::explain) fragment: &'a str,
}

impl<'a> UrlText<'a> {
    /// `None` without `://`.
    pub(in crate::explain) fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (rest, fragment) = split_before(rest, '#');
        let (rest, query) = split_before(rest, '?');
        let (authority, path) = split_before(rest, '/');
        let (userinfo, authority) = match authority.rsplit_once('@') {
            Some((userinfo, authority)) => (Some(userinfo), authority),
            None => (None, authority),
        };
        let (host, port) = host_and_port(authority);
        Some(Self {
            scheme,
            userinfo,
            host,
            port,
            path,
            query,
            fragment,
        })
    }

    /// A path and query alone, as they stand in a request line.
    pub(in crate::explain) fn parse_target(target: &'a str) -> Option<Self> {
        let (target, fragment) = split_before(target, '#');
        let (path, query) = split_before(target, '?');
        path.starts_with('/').then_some(Self {
            scheme: "",
            userinfo: None,
            host: "",
            port: None,
            path,
            query,
            fragment,
        })
    }

    /// A whole URL, or a path and query alone.
    pub(in crate::explain) fn parse_any(target: &'a str) -> Option<Self> {
        if target.starts_with('/') {
            Self::parse_target(target)
        } else {
            Self::parse(target)
        }
    }

    /// The port that is called where none is written.
    pub(in crate::explain) fn default_port(&self) -> &'static str {
        default_port(self.scheme)
    }

    pub(in crate::explain) fn effective_port(&self) -> &'a str {
        self.port.unwrap_or(default_port(self.scheme))
    }

    /// For a log: no credentials and no query in it.
    pub(in crate::explain) fn masked(&self) -> String {
        let userinfo = self.userinfo.map_or("", |_| "***@");
        let query = if self.query.is_empty() { "" } else { "?…" };
        let fragment = if self.fragment.is_empty() { "" } else { "#…" };
        format!(
            "{}://{userinfo}{}{}{query}{fragment}",
            self.scheme,
            self.authority(),
            self.path
        )
    }

    /// Without credentials.
    pub(in crate::explain) fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_owned(),
        }
    }
}

pub(in crate::explain) fn default_port(scheme: &str) -> &'static str {
    if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws") {
        "80"
    } else {
        "443"
    }
}

/// Cuts off the port; what follows the brackets of an IPv6 address, or the last colon.
pub(in crate::explain) fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            (host, Some(port).filter(|port| !port.is_empty()))
        }
        _ => (authority, None),
    }
}

fn split_before(text: &str, separator: char) -> (&str, &str) {
    text.split_at(text.find(separator).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found() {
        let url = UrlText::parse("https://a:b@[::1]:8443/p/q?r=/s?#t?").unwrap();
        assert_eq!(
            (url.scheme, url.userinfo, url.host, url.port),
            ("https", Some("a:b"), "[::1]", Some("8443"))
        );
        assert_eq!(
            (url.path, url.query, url.fragment),
            ("/p/q", "?r=/s?", "#t?")
        );
        assert_eq!(url.masked(), "https://***@[::1]:8443/p/q?…#…");
    }

    #[test]
    fn a_port_stands_after_the_last_colon_outside_brackets() {
        for (authority, host, port) in [
            ("h", "h", None),
            ("h:80", "h", Some("80")),
            ("h:", "h", None),
            ("[::1]", "[::1]", None),
            ("[::1]:80", "[::1]", Some("80")),
            ("[::1]:", "[::1]", None),
        ] {
            assert_eq!(host_and_port(authority), (host, port), "{authority}");
        }
    }

    #[test]
    fn a_target_is_a_path_and_a_query() {
        let target = UrlText::parse_target("/p?q=/?#f").unwrap();
        assert_eq!(
            (target.path, target.query, target.fragment),
            ("/p", "?q=/?", "#f")
        );
        assert_eq!((target.host, target.port), ("", None));
        assert_eq!(UrlText::parse_target("p?q"), None);
    }

    #[test]
    fn what_is_left_out_is_empty() {
        let url = UrlText::parse("http://h").unwrap();
        assert_eq!((url.port, url.effective_port(), url.path), (None, "80", ""));
        assert_eq!(UrlText::parse("http://[::1]").unwrap().host, "[::1]");
        assert_eq!(UrlText::parse("/path"), None);
    }
}
