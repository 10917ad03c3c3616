//! Every URL that may have been signed, as the parts that it can be made of.

use std::ops::ControlFlow;

use http::request::Parts;

use super::{
    escapes::decode,
    headers,
    hosts::{HostAndPort, USUAL_PORTS, host_variations},
    path as path_variations, query as query_variations,
    text::UrlText,
    userinfo::userinfo_variations,
};
use crate::{
    explain::ranked::{Variations, Weight},
    log_text::log_text,
    url::RequestUrl,
};

/// How many of each part of a URL are tried, and how many bytes they hold.
const MAX_PATHS: usize = 480;
const MAX_PATH_BYTES: usize = 64 * 1024;
const MAX_QUERIES: usize = 1_000;
const MAX_QUERY_BYTES: usize = 128 * 1024;
/// A request that nothing explains may be a forged one that names a great many.
const MAX_HOSTS_NAMED: usize = 5;
/// A URL more unlikely than this is not tried.
pub(in crate::explain) const MAX_RANK: usize = 9;

impl Weight for &'static str {
    fn weight(&self) -> usize {
        self.len()
    }
}

/// Every URL that may have been signed, as the parts that it can be made of.
#[derive(Debug)]
pub(in crate::explain) struct UrlVariations {
    schemes: Variations<&'static str>,
    userinfos: Variations<Option<String>>,
    hosts: Variations<HostAndPort>,
    /// Those that something names.
    host_names: Vec<String>,
    paths: Variations<String>,
    /// With their question mark, and their fragment.
    queries: Variations<String>,
}

impl UrlVariations {
    /// From what the layer tries, what the dashboard has, and what the request says of itself.
    pub(in crate::explain) fn of(parts: &Parts, tried: &[String], dashboard: Option<&str>) -> Self {
        let dashboard = dashboard.and_then(UrlText::parse);
        let dashboard = dashboard.as_ref();
        let request = RequestUrl::new(&parts.uri, &parts.headers);
        let (hosts, host_names) = host_variations(parts, tried, dashboard);
        Self {
            schemes: scheme_variations(tried, dashboard),
            userinfos: userinfo_variations(parts, tried, dashboard),
            hosts,
            host_names,
            paths: path_variations(parts, request.path, tried, dashboard),
            queries: query_variations(parts, request.query, tried, dashboard),
        }
    }

    /// The query that SignalWire adds to a cXML request whose body is not a form, where something
    /// dropped it.
    pub(in crate::explain) fn add_body_digest(&mut self, rank: usize, digest: &str) {
        let bare: Vec<(usize, String)> = self
            .queries
            .iter()
            .filter(|query| query.rank <= 1 && !query.value.contains("bodySHA256="))
            .map(|query| (query.rank, query.value.clone()))
            .collect();
        for (added, query) in bare {
            let separator = if query.is_empty() { '?' } else { '&' };
            let query = format!("{query}{separator}bodySHA256={digest}");
            self.queries.add(rank + added, query);
        }
        self.queries.sort();
    }

    /// Visits the URLs of this rank, each written into `url`. Where `query` is given, every URL has
    /// that one.
    pub(in crate::explain) fn visit<B>(
        &self,
        rank: usize,
        query: Option<&str>,
        url: &mut String,
        mut visit: impl FnMut(&str) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for host in self.hosts.up_to(rank) {
            let rank = rank - host.rank;
            for path in self.paths.up_to(rank) {
                let rank = rank - path.rank;
                for userinfo in self.userinfos.up_to(rank) {
                    let rank = rank - userinfo.rank;
                    for scheme in self.schemes.up_to(rank) {
                        let rank = rank - scheme.rank;
                        let mut visit = |query: &str, url: &mut String| {
                            url.clear();
                            url.push_str(scheme.value);
                            url.push_str("://");
                            if let Some(userinfo) = &userinfo.value {
                                url.push_str(userinfo);
                                url.push('@');
                            }
                            host.value.append_to(url, scheme.value);
                            url.push_str(&path.value);
                            url.push_str(query);
                            visit(url)
                        };
                        if let Some(query) = query {
                            if rank == 0 {
                                visit(query, url)?;
                            }
                            continue;
                        }
                        for query in self.queries.of(rank) {
                            visit(&query.value, url)?;
                        }
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Says what the URLs were made of, in a sentence without a query or credentials.
    pub(in crate::explain) fn describe(&self) -> String {
        let mut hosts: Vec<&str> = self.host_names.iter().map(String::as_str).collect();
        let more = match hosts.len().saturating_sub(MAX_HOSTS_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        hosts.truncate(MAX_HOSTS_NAMED);
        let hosts: Vec<_> = hosts.into_iter().map(log_text).collect();
        let likely = self.schemes.iter().filter(|scheme| scheme.rank <= 1);
        let schemes: Vec<&str> = likely.map(|scheme| scheme.value).collect();
        format!(
            "{} with the host {}{more}; with and without the port, and with {}; {} ways to write the \
             path and {} to write the query",
            schemes.join(" and "),
            if hosts.is_empty() {
                "unknown".to_owned()
            } else {
                hosts.join(", ")
            },
            USUAL_PORTS.join(", "),
            self.paths.len(),
            self.queries.len(),
        )
    }
}

/// The one of the dashboard, or else of what the layer tries first; and in capitals, as a telephone or
/// a person writes it, though no layer tries that.
fn scheme_variations(
    tried: &[String],
    dashboard: Option<&UrlText<'_>>,
) -> Variations<&'static str> {
    const CAPITALS: [&str; 3] = ["HTTPS", "Https", "HTTP"];
    let mut schemes = Variations::at_most(6, usize::MAX);
    let first = dashboard
        .map(|url| url.scheme)
        .or_else(|| UrlText::parse(tried.first()?).map(|url| url.scheme));
    let first = first.unwrap_or("https");
    let likeliest = first.to_ascii_lowercase();
    if let Some(capitals) = CAPITALS.into_iter().find(|scheme| *scheme == first) {
        schemes.add(0, capitals);
    }
    let (first, second) = match likeliest.as_str() {
        "http" | "ws" => ("http", "https"),
        _ => ("https", "http"),
    };
    schemes.add(0, first);
    schemes.add(1, second);
    match likeliest.as_str() {
        "wss" => schemes.add(0, "wss"),
        "ws" => schemes.add(0, "ws"),
        _ => {}
    }
    for capitals in &CAPITALS[..2] {
        schemes.add(4, capitals);
    }
    schemes.sort();
    schemes
}

fn path_variations(
    parts: &Parts,
    received: &str,
    tried: &[String],
    dashboard: Option<&UrlText<'_>>,
) -> Variations<String> {
    let mut paths = Variations::at_most(MAX_PATHS, MAX_PATH_BYTES);
    paths.add(0, received.to_owned());
    if let Some(url) = dashboard {
        path_variations::add_with_rewritings(&mut paths, 0, url.path);
    }
    let in_tried: Vec<UrlText<'_>> = tried.iter().filter_map(|url| UrlText::parse(url)).collect();
    for url in &in_tried {
        paths.add(0, url.path.to_owned());
    }
    if received == "/" {
        paths.add(0, String::new());
    }
    let in_headers: Vec<UrlText<'_>> = headers::targets(&parts.headers)
        .filter_map(UrlText::parse_any)
        .collect();
    for url in &in_headers {
        paths.add(1, url.path.to_owned());
    }
    let configured = in_tried
        .iter()
        .filter_map(|url| url.path.strip_suffix(received));
    let prefixes = headers::prefixes(&parts.headers);
    let named = prefixes.iter().map(String::as_str).chain(configured);
    path_variations::add_with_prefixes(&mut paths, received, named);
    if let Some((path, _)) = split_at_escaped_mark(received) {
        paths.add(1, path.to_owned());
    }
    path_variations::add_with_rewritings(&mut paths, 0, received);
    path_variations::add_with_usual_prefixes(&mut paths, received);
    for url in &in_headers {
        path_variations::add_with_rewritings(&mut paths, 1, url.path);
    }
    paths.sort();
    paths
}

/// A path with the query in it, since something escaped the question mark.
fn split_at_escaped_mark(path: &str) -> Option<(&str, &str)> {
    let upper = path.split_once("%3F");
    upper
        .or_else(|| path.split_once("%3f"))
        .filter(|(_, query)| !query.is_empty())
}

fn query_variations(
    parts: &Parts,
    received: &str,
    tried: &[String],
    dashboard: Option<&UrlText<'_>>,
) -> Variations<String> {
    let mut queries = Variations::at_most(MAX_QUERIES, MAX_QUERY_BYTES);
    queries.add(0, received.to_owned());
    let with_fragment = |url: &UrlText<'_>| format!("{}{}", url.query, url.fragment);
    if let Some(url) = dashboard {
        queries.add(0, with_fragment(url));
        query_variations::add_with_rewritings(&mut queries, 0, url.query);
        // What SignalWire adds to the query stands before the fragment.
        queries.add(0, format!("{received}{}", url.fragment));
    }
    for url in tried.iter().filter_map(|url| UrlText::parse(url)) {
        queries.add(0, with_fragment(&url));
    }
    for url in headers::targets(&parts.headers).filter_map(UrlText::parse_any) {
        queries.add(1, url.query.to_owned());
    }
    for query in headers::queries(&parts.headers) {
        queries.add(1, format!("?{query}"));
    }
    if let Some((_, query)) = split_at_escaped_mark(parts.uri.path()) {
        queries.add(1, format!("?{query}"));
        queries.add(1, format!("?{}", String::from_utf8_lossy(&decode(query))));
    }
    query_variations::add_with_rewritings(&mut queries, 0, received);
    queries.sort();
    queries
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::url::PublicUrl;

    fn parts(target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn variations(parts: &Parts) -> UrlVariations {
        let tried = PublicUrl::from_request().candidates(parts);
        UrlVariations::of(parts, &tried, None)
    }

    fn rank_of(urls: &UrlVariations, signed: &str) -> Option<usize> {
        (0..=MAX_RANK).find(|rank| {
            let mut url = String::new();
            let found = urls.visit(*rank, None, &mut url, |tried| {
                if tried == signed {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            found.is_break()
        })
    }

    fn rank(parts: &Parts, signed: &str) -> Option<usize> {
        rank_of(&variations(parts), signed)
    }

    #[test]
    fn what_is_likelier_is_tried_first_and_two_changes_after_each_alone() {
        let parts = parts(
            "/sms?a=b",
            &[
                ("host", "app:3000"),
                ("x-forwarded-host", "hooks.example.com"),
            ],
        );
        for (url, expected) in [
            ("https://hooks.example.com/sms?a=b", Some(0)),
            ("http://hooks.example.com/sms?a=b", Some(1)),
            ("https://hooks.example.com/sms/?a=b", Some(1)),
            ("https://hooks.example.com/sms", Some(1)),
            ("https://hooks.example.com/sms/", Some(2)),
            ("https://app:3000/sms?a=b", Some(2)),
            ("https://hooks.example.com:443/hooks/sms?a=b", Some(4)),
            ("https://other/sms?a=b", None),
        ] {
            assert_eq!(rank(&parts, url), expected, "{url}");
        }
    }

    #[test]
    fn the_paths_that_something_names_are_tried() {
        let host = ("host", "h.example");
        assert_eq!(rank(&parts("/", &[host]), "https://h.example"), Some(0));
        let rewritten = parts(
            "/sms",
            &[host, ("x-original-url", "https://i.example:1/p?q")],
        );
        for (url, expected) in [
            ("https://i.example:1/p?q", Some(2)),
            ("https://h.example/p", Some(1)),
        ] {
            assert_eq!(rank(&rewritten, url), expected, "{url}");
        }
        let target = parts("/sms", &[host, ("x-replaced-path", "/p?q")]);
        assert_eq!(rank(&target, "https://h.example/p?q"), Some(2));
    }

    #[test]
    fn a_digest_is_added_where_there_is_none() {
        for (target, signed, expected) in [
            ("/sms", "https://h.example/sms?bodySHA256=00", Some(1)),
            (
                "/sms?a=b",
                "https://h.example/sms?a=b&bodySHA256=00",
                Some(1),
            ),
            (
                "/sms?bodySHA256=1",
                "https://h.example/sms?bodySHA256=1&bodySHA256=00",
                None,
            ),
        ] {
            let parts = parts(target, &[("host", "h.example")]);
            let mut urls = variations(&parts);
            urls.add_body_digest(1, "00");
            assert_eq!(rank_of(&urls, signed), expected, "{target}");
        }
    }

    #[test]
    fn a_url_that_has_its_query_given_has_no_other() {
        let parts = parts("/sms?a=b", &[("host", "h.example")]);
        let mut seen = Vec::new();
        for rank in 0..2 {
            let _ = variations(&parts).visit(rank, Some("?c"), &mut String::new(), |url| {
                seen.push(url.to_owned());
                ControlFlow::<()>::Continue(())
            });
        }
        assert_eq!(seen[0], "https://h.example/sms?c");
        assert!(seen.iter().all(|url| url.ends_with("?c")));
    }

    #[test]
    fn what_was_tried_is_told_without_naming_a_host_twice_or_too_many() {
        let few = variations(&parts("/sms", &[("host", "a:1"), ("x-host", "a:2,b")]));
        assert!(
            few.describe()
                .starts_with("https and http with the host a, b; with and without the port"),
            "{}",
            few.describe()
        );
        let none = variations(&parts("/sms", &[]));
        assert!(none.describe().contains("the host unknown;"));
    }
}
