//! Every URL that may have been signed, as the parts that it can be made of.

use std::ops::ControlFlow;

use http::request::Parts;

use super::{
    hosts::{HostAndPort, USUAL_PORTS, host_variations},
    parts::{path_variations, query_variations, scheme_variations},
    text::UrlText,
    userinfo::userinfo_variations,
};
use crate::{
    explain::ranked::{Left, Variations, Weight},
    log_text::log_text,
    url::RequestUrl,
};

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
            paths: path_variations(parts, &request, tried, dashboard),
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

    /// Visits the URLs of this rank and with so many changes, each written into `url`. Where `query` is
    /// given, every URL has that one.
    pub(in crate::explain) fn visit<B>(
        &self,
        left: Left,
        query: Option<&str>,
        url: &mut String,
        mut visit: impl FnMut(&str) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for (host, left) in self.hosts.within(left) {
            for (path, left) in self.paths.within(left) {
                for (userinfo, left) in self.userinfos.within(left) {
                    for (scheme, left) in self.schemes.within(left) {
                        let queries = match query {
                            Some(_) if left.rank > 0 => continue,
                            Some(_) => &[],
                            None if left.is_one_part() => self.queries.of(left.rank),
                            None => continue,
                        };
                        let queries = queries.iter().map(|query| query.value.as_str());
                        for query in query.into_iter().chain(queries) {
                            url.clear();
                            url.push_str(scheme);
                            url.push_str("://");
                            if let Some(userinfo) = userinfo {
                                url.push_str(userinfo);
                                url.push('@');
                            }
                            host.append_to(url, scheme);
                            url.push_str(path);
                            url.push_str(query);
                            visit(url)?;
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
        (0..=MAX_RANK).find(|&rank| {
            (0..=rank).any(|changes| {
                let left = Left { rank, changes };
                let found = urls.visit(left, None, &mut String::new(), |tried| {
                    if tried == signed {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                found.is_break()
            })
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
            let left = Left {
                rank,
                changes: rank,
            };
            let _ = variations(&parts).visit(left, Some("?c"), &mut String::new(), |url| {
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
