//! A URL of the configuration, taken apart.

use std::{borrow::Cow, fmt};

use http::uri::PathAndQuery;

use super::{
    authority::Authority,
    candidates::{Scheme, UrlVariants},
};
use crate::config_error::ConfigError;

/// Some of what reads a file of variables leaves them around the value, and a document pastes them.
pub(crate) const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

/// A URL of the configuration, taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ConfiguredUrl {
    scheme: Scheme,
    userinfo: Option<String>,
    host: String,
    port: Option<String>,
    path: String,
    /// With its question mark; empty where there is none.
    query: String,
}

impl ConfiguredUrl {
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let url = url.trim();
        Self::take_apart(url).map_err(|problem| ConfigError::InvalidUrl {
            url: without_secrets(url),
            problem,
        })
    }

    /// A URL that comes before a request's path and query.
    pub(crate) fn parse_base(url: &str) -> Result<Self, ConfigError> {
        let mut base = Self::parse(url)?;
        if !base.query.is_empty() {
            return Err(ConfigError::InvalidUrl {
                url: without_secrets(url.trim()),
                problem: "has a query, which comes from the request: write the part before the \
                          question mark, or give the whole url to `PublicUrl::exact`",
            });
        }
        base.path.truncate(base.path.trim_end_matches('/').len());
        Ok(base)
    }

    fn take_apart(url: &str) -> Result<Self, &'static str> {
        if url.starts_with(QUOTES) {
            return Err("has quotes around it: write it without them");
        }
        let (scheme, rest) = url
            .split_once("://")
            .ok_or("is not absolute: write it with its scheme, as in https://hooks.example.com")?;
        let scheme = parse_scheme(scheme)?;
        let rest = without_fragment(rest);
        let (authority, path_and_query) =
            rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (userinfo, authority) = match authority.rsplit_once('@') {
            Some((userinfo, authority)) => (Some(userinfo.to_owned()), authority),
            None => (None, authority),
        };
        let query_start = path_and_query.find('?').unwrap_or(path_and_query.len());
        let (path, query) = path_and_query.split_at(query_start);
        // A comma is allowed in both, but no name of a server has one.
        if authority.contains(',') || path.contains(",http") {
            return Err(
                "looks like several urls: give one, and join the others to it in code with `PublicUrl::or`",
            );
        }
        let Authority { host, port } = parse_authority(authority)?;
        if !path_and_query.is_empty() && path_and_query.parse::<PathAndQuery>().is_err() {
            return Err(
                "has a character that no request line can hold: percent-encode it, as in %20 for a space",
            );
        }
        Ok(Self {
            scheme,
            userinfo,
            host: host.to_owned(),
            port: port.map(str::to_owned),
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }

    pub(crate) fn has_host(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    /// The variants of the URL itself.
    pub(crate) fn exact<'a>(&'a self, credentials: Option<&'a str>) -> UrlVariants<'a> {
        UrlVariants {
            is_exact: true,
            ..self.variants(credentials, "", &self.path, &self.query)
        }
    }

    /// The variants of the URL with a request's path and query after it.
    pub(crate) fn base<'a>(
        &'a self,
        credentials: Option<&'a str>,
        path: &'a str,
        query: &'a str,
    ) -> UrlVariants<'a> {
        self.variants(credentials, &self.path, path, query)
    }

    fn variants<'a>(
        &'a self,
        credentials: Option<&'a str>,
        prefix: &'a str,
        path: &'a str,
        query: &'a str,
    ) -> UrlVariants<'a> {
        UrlVariants {
            scheme: self.scheme,
            may_have_other_scheme: false,
            userinfo: self.userinfo.as_deref().or(credentials),
            host: Cow::from(&self.host),
            port: self.port.as_deref().map(Into::into),
            prefix,
            path,
            query,
            is_exact: false,
        }
    }
}

fn parse_scheme(scheme: &str) -> Result<Scheme, &'static str> {
    let is_websocket = ["wss", "ws"]
        .iter()
        .any(|websocket| scheme.eq_ignore_ascii_case(websocket));
    if is_websocket {
        return Err(
            "is of a WebSocket, as of <Stream>, whose handshake SignalWire does not sign: route it \
             outside the layer and check its bearer token",
        );
    }
    Scheme::parse(scheme)
        .ok_or("has a scheme that SignalWire does not call: write https:// or http://")
}

/// SignalWire reads options in the fragment of a configured URL, as in `#rt=5000`, and never sends
/// it.
fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

fn parse_authority(authority: &str) -> Result<Authority<'_>, &'static str> {
    if !authority.is_ascii() {
        return Err(
            "has an internationalised host: write it in punycode, as in xn--bcher-kva.example",
        );
    }
    let parsed = Authority::parse(authority.as_bytes())
        .ok_or("has no valid host: write it as in https://hooks.example.com")?;
    match parsed.port.map(str::parse::<u16>) {
        Some(Err(_) | Ok(0)) => Err("has a port that is not a number from 1 to 65535"),
        _ => Ok(parsed),
    }
}

/// For messages: neither a password nor a query belongs in a log, nor does a Signing Key that was
/// put where the URL belongs. What is malformed may have its password anywhere before the last
/// `@`, and where that is after a question mark, it may as well be in the query.
pub(crate) fn without_secrets(url: &str) -> String {
    if url.contains("PSK") {
        return "***".to_owned();
    }
    let (scheme, rest) = url.split_at(scheme_length(url));
    let (public, query) = match rest.split_once('?') {
        Some((_, query)) if query.contains('@') => return format!("{scheme}***"),
        Some((public, _)) => (public, "?***"),
        None => (rest, ""),
    };
    match public.rsplit_once('@') {
        Some((_, public)) => format!("{scheme}***@{public}{query}"),
        None => format!("{scheme}{public}{query}"),
    }
}

/// With what follows it; zero where there is none, though `://` may stand in the query.
fn scheme_length(url: &str) -> usize {
    match url.split_once("://") {
        Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            scheme.len() + "://".len()
        }
        _ => 0,
    }
}

/// Without the credentials and the query.
impl fmt::Debug for ConfiguredUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variants = self.exact(None);
        let as_it_is = variants
            .variants()
            .next()
            .map(|url| without_secrets(&url.text()));
        fmt::Debug::fmt(&as_it_is.unwrap_or_default(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(parse: fn(&str) -> Result<ConfiguredUrl, ConfigError>, url: &str) -> String {
        parse(url).unwrap_err().to_string()
    }

    #[test]
    fn an_unusable_url_is_named_with_what_to_write_instead() {
        for (url, remedy) in [
            ("hooks.example.com", "write it with its scheme"),
            ("/voice", "write it with its scheme"),
            ("", "write it with its scheme"),
            ("ftp://hooks.example.com", "write https:// or http://"),
            ("wss://hooks.example.com/stream", "<Stream>"),
            ("WS://hooks.example.com/stream", "bearer token"),
            ("https://", "write it as in https://hooks.example.com"),
            (
                "https://hooks example.com",
                "write it as in https://hooks.example.com",
            ),
            ("https://bücher.example", "punycode"),
            ("https://hooks.example.com:0", "1 to 65535"),
            ("https://hooks.example.com:65536", "1 to 65535"),
            ("https://hooks.example.com/a b", "percent-encode it"),
            ("\"https://hooks.example.com\"", "write it without them"),
            ("'https://hooks.example.com'", "write it without them"),
            ("https://a.example,https://b.example", "`PublicUrl::or`"),
            ("https://a.example:443,https://b.example", "`PublicUrl::or`"),
            ("https://a.example/x,http://b.example", "`PublicUrl::or`"),
        ] {
            for parse in [ConfiguredUrl::parse, ConfiguredUrl::parse_base] {
                let sentence = problem(parse, url);
                assert!(sentence.contains(&format!("{url:?}")), "{sentence}");
                assert!(sentence.contains(remedy), "{sentence}");
            }
        }
        let sentence = problem(ConfiguredUrl::parse_base, "https://hooks.example.com/?a=b");
        assert!(
            sentence.contains("write the part before the question mark"),
            "{sentence}"
        );
    }

    #[test]
    fn no_message_and_no_debug_output_shows_a_secret() {
        for url in [
            "https://user:secret@h/a b",
            "user:secret@h",
            "https://user:a@secret/b@h/c d",
            "https://h/a?token=secret b",
            "PSKsecret",
            "\"PSKsecret\"",
            "SIGNALWIRE_SIGNING_KEY=PSKsecret",
            "https://user:secret?secret@h/",
            "https://h/a?to=b@secret b",
            "h/a?token=secret&next=https://h/",
            "user:secret@h/a?next=https://h/",
            "user:secret@h/https://h",
            "https:/user:secret@h/?next=http://h",
            "https//user:secret@h/a?next=http://h",
        ] {
            let sentence = problem(ConfiguredUrl::parse, url);
            assert!(!sentence.contains("secret"), "{sentence}");
        }
        for (url, shown) in [
            ("https://user:secret@h/a?b c", "https://***@h/a?***"),
            ("http://a@b@h/c@d e", "http://***@d e"),
            ("user:secret@h", "***@h"),
        ] {
            let sentence = problem(ConfiguredUrl::parse, url);
            assert!(sentence.contains(&format!("{shown:?}")), "{sentence}");
        }
        let url = ConfiguredUrl::parse(" https://user:secret@h:1/a?secret\n").unwrap();
        assert_eq!(format!("{url:?}"), r#""https://h:1/a?***""#);
    }
}
