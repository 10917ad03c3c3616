//! The settings with which the layer tries the URL that was signed, and the URLs that it could try
//! in its place.

use http::{HeaderMap, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{difference::url_differences, punycode, text::UrlText};
use crate::{
    explain::{
        cause::Cause,
        remedy::{Admitted, Remedy},
    },
    log_text::log_text,
    url::{ForwardingHeader, PublicUrl},
};

/// A URL that was signed, and how its remedies are shown.
pub(in crate::explain) struct Signed<'a> {
    pub(in crate::explain) url: &'a str,
    pub(in crate::explain) shows_queries: bool,
    pub(in crate::explain) admits: Option<Admitted>,
}

impl Signed<'_> {
    /// The first setting that works: the widest, since it is right for other routes too.
    pub(in crate::explain) fn public_url(
        &self,
        headers: &HeaderMap,
        mut works: impl FnMut(&PublicUrl) -> bool,
    ) -> Option<Remedy> {
        let url = UrlText::parse(self.url)?;
        let (public_url, code, variable) =
            working_base(&url, &mut works).or_else(|| self.working_exact(&url, &mut works))?;
        let request_suffices = works(&PublicUrl::from_request());
        let sufficient_headers = if request_suffices {
            Vec::new()
        } else {
            sufficient_headers(headers, works)
        };
        Some(Remedy::PublicUrl {
            public_url,
            code,
            variable,
            request_suffices,
            sufficient_headers,
            admits: self.admits,
        })
    }

    fn working_exact(
        &self,
        url: &UrlText<'_>,
        works: &mut impl FnMut(&PublicUrl) -> bool,
    ) -> Option<(PublicUrl, String, Option<String>)> {
        let without_port = without_default_port(self.url, url);
        [without_port.as_deref(), Some(self.url)]
            .into_iter()
            .flatten()
            .find_map(|exact| {
                let public_url = PublicUrl::exact(exact).ok().filter(&mut *works)?;
                let shown = shown(exact, self.shows_queries);
                Some((public_url, format!("PublicUrl::exact(\"{shown}\")?"), None))
            })
    }

    pub(in crate::explain) fn dashboard_url(&self) -> Remedy {
        Remedy::DashboardUrl {
            url: self.url.to_owned(),
            shown: shown(self.url, self.shows_queries),
        }
    }
}

fn working_base(
    url: &UrlText<'_>,
    works: &mut impl FnMut(&PublicUrl) -> bool,
) -> Option<(PublicUrl, String, Option<String>)> {
    bases(url).into_iter().find_map(|base| {
        let public_url = PublicUrl::base(&base).ok().filter(&mut *works)?;
        let shown = shown(&base, false);
        let code = format!("PublicUrl::base(\"{shown}\")?");
        Some((public_url, code, Some(shown)))
    })
}

/// The fewest headers with which the layer tries the URL: those that are there, without each that it
/// does not need.
fn sufficient_headers(
    headers: &HeaderMap,
    mut works: impl FnMut(&PublicUrl) -> bool,
) -> Vec<ForwardingHeader> {
    let mut sufficient: Vec<ForwardingHeader> = [
        (ForwardingHeader::XForwardedProto, "x-forwarded-proto"),
        (ForwardingHeader::XForwardedHost, "x-forwarded-host"),
        (ForwardingHeader::XForwardedPort, "x-forwarded-port"),
        (ForwardingHeader::XForwardedPrefix, "x-forwarded-prefix"),
        (ForwardingHeader::Forwarded, "forwarded"),
    ]
    .into_iter()
    .filter(|(_, name)| headers.contains_key(*name))
    .map(|(header, _)| header)
    .collect();
    if sufficient.is_empty() || !works(&PublicUrl::from_headers(&sufficient)) {
        return Vec::new();
    }
    for candidate in sufficient.clone() {
        let mut fewer = sufficient.clone();
        fewer.retain(|header| *header != candidate);
        if works(&PublicUrl::from_headers(&fewer)) {
            sufficient = fewer;
        }
    }
    sufficient
}

/// The signed URL cut off after its host, and after each part of its path; without its
/// credentials first, since the request may carry them.
fn bases(url: &UrlText<'_>) -> Vec<String> {
    const MAX_PREFIXES: usize = 8;
    let port = url.port.filter(|&port| port != url.default_port());
    let authority = UrlText { port, ..*url }.authority();
    let slashes = url.path.match_indices('/').map(|(index, _)| index);
    let ends = [0].into_iter().chain(slashes).chain([url.path.len()]);
    let mut prefixes: Vec<&str> = ends.map(|end| &url.path[..end]).collect();
    prefixes.retain(|prefix| !prefix.ends_with("/..") && !prefix.ends_with("/."));
    prefixes.dedup();
    prefixes.truncate(MAX_PREFIXES);
    let mut bases = Vec::new();
    for userinfo in [None, url.userinfo] {
        let userinfo = userinfo.map_or(String::new(), |userinfo| format!("{userinfo}@"));
        for prefix in &prefixes {
            let base = format!("{}://{userinfo}{authority}{prefix}", url.scheme);
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
    }
    bases
}

fn without_default_port(signed: &str, url: &UrlText<'_>) -> Option<String> {
    let port = url.port.filter(|&port| port == url.default_port())?;
    Some(signed.replacen(&format!("{}:{port}", url.host), url.host, 1))
}

/// URLs to configure at SignalWire in place of the signed one, which arrive as the present request does:
/// first the same without what no request can have, then the one that the request has. Where SignalWire
/// itself writes a part of the query, a changed one cannot be configured.
pub(in crate::explain) fn dashboard_corrections(
    signed: &str,
    uri: &Uri,
    is_query_written: bool,
) -> Vec<String> {
    let Some(url) = UrlText::parse(signed) else {
        return Vec::new();
    };
    let mut found = vec![sendable(&trimmed(&url)), sendable(&url)];
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    if let Some(arrived) = UrlText::parse_target(target) {
        let query = if is_query_written {
            url.query
        } else {
            arrived.query
        };
        let as_arrived = UrlText {
            path: arrived.path,
            query,
            ..url
        };
        if is_rewritten_alike(&url, &as_arrived) {
            found.push(sendable(&as_arrived));
        }
    }
    found.retain(|corrected| corrected != signed);
    found
}

/// Whether what changed the path and query leaves the changed ones as they are.
fn is_rewritten_alike(signed: &UrlText<'_>, arrived: &UrlText<'_>) -> bool {
    let arrived = UrlText {
        scheme: signed.scheme,
        userinfo: signed.userinfo,
        host: signed.host,
        port: signed.port,
        ..*arrived
    };
    let is_escaped_again = [signed.path, signed.query, arrived.path, arrived.query]
        .iter()
        .any(|text| text.contains("%25"));
    url_differences(signed, &arrived)
        .iter()
        .all(|finding| match finding.cause {
            // What adds a slash or an escape may add it once more.
            Cause::TrailingSlash => !arrived.path.ends_with('/'),
            Cause::MergedSlashes => !arrived.path.contains("//"),
            Cause::DotSegments => !arrived.path.contains("/."),
            Cause::PathEncoding | Cause::QueryEncoding => !is_escaped_again,
            Cause::QueryOrder | Cause::Fragment => true,
            _ => false,
        })
}

/// Without white space at its end.
fn trimmed<'a>(url: &UrlText<'a>) -> UrlText<'a> {
    let trim = |text: &'a str| text.trim_end_matches("%20").trim_end();
    let (path, query) = match url.query {
        "" => (trim(url.path), ""),
        query => (url.path, trim(query)),
    };
    UrlText {
        path,
        query,
        ..*url
    }
}

/// What no configuration of the layer can express: capitals in the scheme, a fragment, letters that are not ASCII, and what a
/// request line cannot hold.
fn sendable(url: &UrlText<'_>) -> String {
    let userinfo = url
        .userinfo
        .map_or(String::new(), |userinfo| format!("{userinfo}@"));
    let host = punycode::to_ascii(url.host).unwrap_or_else(|| url.host.to_owned());
    let port = url.port.map_or(String::new(), |port| format!(":{port}"));
    format!(
        "{}://{userinfo}{host}{port}{}{}",
        url.scheme.to_ascii_lowercase(),
        utf8_percent_encode(url.path, NOT_IN_A_URL),
        utf8_percent_encode(url.query, NOT_IN_A_URL),
    )
}

/// What a request line cannot hold.
const NOT_IN_A_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\');

/// A URL for a text: without credentials, and with its query only where that is asked for.
pub(in crate::explain) fn shown(url: &str, shows_queries: bool) -> String {
    let Some(url) = UrlText::parse(url) else {
        return "an unknown url".to_owned();
    };
    if !shows_queries {
        return log_text(&url.masked()).into_owned();
    }
    let plain = UrlText {
        query: "",
        fragment: "",
        ..url
    };
    let text = format!("{}{}{}", plain.masked(), url.query, url.fragment);
    log_text(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_request_can_have_is_corrected_in_the_dashboard() {
        for (signed, target, expected) in [
            ("https://h/sms#top", "/sms", &["https://h/sms"][..]),
            ("https://h/my sms", "/my%20sms", &["https://h/my%20sms"]),
            (
                "https://bücher.example/x",
                "/x",
                &["https://xn--bcher-kva.example/x"],
            ),
            ("https://h/sms/", "/sms", &["https://h/sms"]),
            (
                "https://h/sms?b=1&a=2",
                "/sms?a=2&b=1",
                &["https://h/sms?a=2&b=1"],
            ),
            ("https://h/api/sms", "/internal", &[]),
            ("https://h/sms", "/sms/", &[]),
            ("https://h/my%20sms", "/my%2520sms", &[]),
        ] {
            let uri: Uri = target.parse().unwrap();
            let mut found = dashboard_corrections(signed, &uri, false);
            found.dedup();
            assert_eq!(found, expected, "{signed}");
        }
    }
}
