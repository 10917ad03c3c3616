use std::fmt;

use http::request::Parts;

use crate::explain::ranked::{Ranked, Variations, by_rank};
use crate::explain::url::headers::{hosts, ports, targets};
use crate::explain::url::path as path_variations;
use crate::explain::url::query as query_variations;
use crate::explain::url::text::{UrlText, default_port, host_and_port};
use crate::url::{RequestUrl, without_userinfo};

/// Of a public server that does not have the default one.
const USUAL_PORTS: [&str; 3] = ["8443", "8080", "3000"];

/// How many of each part of a URL are tried; together they bound what a request can ask for.
const MAX_AUTHORITIES: usize = 40;
const MAX_PATHS: usize = 24;
const MAX_QUERIES: usize = 24;
const MAX_USERINFOS: usize = 4;
/// A request that nothing explains may be a forged one that names a great many.
const MAX_HOSTS_NAMED: usize = 5;
/// A combination more unlikely than this is never reached within the budget.
const MAX_RANK: usize = 6;

/// Every URL that may have been signed, as the parts that it can be made of.
#[derive(Debug)]
pub(in crate::explain) struct UrlVariations {
    schemes: Variations<&'static str>,
    userinfos: Variations<Option<String>>,
    authorities: Variations<(String, Port)>,
    paths: Variations<String>,
    /// With their question mark, and their fragment.
    queries: Variations<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Port {
    Absent,
    /// Of the scheme, written out.
    Default,
    Written(String),
}

/// One combination; `Display` writes it as it is signed.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct UrlVariation<'a> {
    scheme: &'a str,
    userinfo: Option<&'a str>,
    authority: &'a (String, Port),
    path: &'a str,
    query: &'a str,
}

impl fmt::Display for UrlVariation<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.scheme)?;
        formatter.write_str("://")?;
        if let Some(userinfo) = self.userinfo {
            formatter.write_str(userinfo)?;
            formatter.write_str("@")?;
        }
        let (host, port) = self.authority;
        formatter.write_str(host)?;
        match port {
            Port::Absent => {}
            Port::Default => write!(formatter, ":{}", default_port(self.scheme))?,
            Port::Written(port) => write!(formatter, ":{port}")?,
        }
        formatter.write_str(self.path)?;
        formatter.write_str(self.query)
    }
}

impl UrlVariations {
    /// From what the layer tries, what the dashboard has, and what the request says of itself.
    pub(in crate::explain) fn of(
        parts: &Parts,
        body: &[u8],
        tried: &[String],
        dashboard: Option<&str>,
    ) -> Self {
        let mut variations = Self {
            schemes: Variations::at_most(2),
            userinfos: Variations::at_most(MAX_USERINFOS),
            authorities: Variations::at_most(MAX_AUTHORITIES),
            paths: Variations::at_most(MAX_PATHS),
            queries: Variations::at_most(MAX_QUERIES),
        };
        variations.userinfos.add(0, None);
        for url in dashboard
            .into_iter()
            .chain(tried.iter().map(String::as_str))
        {
            if let Some(url) = UrlText::parse(url) {
                variations.add_known(&url);
            }
        }
        let request = RequestUrl::new(&parts.uri, &parts.headers);
        variations.add_received(parts, &request, body, tried);
        if let Some(dashboard) = dashboard.and_then(UrlText::parse) {
            path_variations::add_with_rewritings(&mut variations.paths, 0, dashboard.path);
            query_variations::add_with_rewritings(&mut variations.queries, 0, dashboard.query);
        }
        variations
    }

    fn add_known(&mut self, url: &UrlText<'_>) {
        self.schemes.add(
            0,
            if url.scheme.eq_ignore_ascii_case("http") {
                "http"
            } else {
                "https"
            },
        );
        self.userinfos.add(0, url.userinfo.map(str::to_owned));
        self.add_authority(0, url.host, url.port);
        self.paths.add(0, url.path.to_owned());
        self.queries
            .add(0, format!("{}{}", url.query, url.fragment));
    }

    fn add_received(
        &mut self,
        parts: &Parts,
        request: &RequestUrl<'_>,
        body: &[u8],
        tried: &[String],
    ) {
        self.schemes.add(1, "https");
        self.schemes.add(1, "http");
        if let Some(credentials) = &request.credentials {
            self.userinfos.add(1, Some(credentials.clone()));
        }
        let named_by_uri = parts.uri.authority().map(without_userinfo);
        for authority in hosts(&parts.headers)
            .chain(named_by_uri)
            .chain(request.named_authority())
        {
            let (host, port) = host_and_port(authority);
            self.add_authority(1, host, port);
        }
        self.add_other_ports(parts);
        self.add_targets(parts);
        self.add_usual_ports();
        self.add_paths(parts, request.path, tried);
        query_variations::add_with_rewritings(&mut self.queries, 0, request.query);
        query_variations::add_with_body_digest(&mut self.queries, request.query, body);
    }

    fn add_authority(&mut self, rank: usize, host: &str, port: Option<&str>) {
        let written = port.map_or(Port::Absent, |port| Port::Written(port.to_owned()));
        self.authorities.add(rank, (host.to_owned(), written));
        self.authorities.add(rank, (host.to_owned(), Port::Absent));
        self.authorities
            .add(rank + rank.min(1), (host.to_owned(), Port::Default));
        let lower_case = host.to_ascii_lowercase();
        if lower_case != host {
            self.add_authority(rank + 1, &lower_case, port);
        }
    }

    /// Every known port on every known host: one header names the host, another the port.
    fn add_other_ports(&mut self, parts: &Parts) {
        let mut all_ports: Vec<Port> = ports(&parts.headers)
            .map(|port| Port::Written(port.to_owned()))
            .collect();
        all_ports.extend(self.authorities.values().map(|(_, port)| port.clone()));
        for (rank, host) in self.hosts() {
            for port in all_ports
                .iter()
                .filter(|port| matches!(port, Port::Written(_)))
            {
                self.authorities.add(rank + 1, (host.clone(), port.clone()));
            }
        }
    }

    /// A proxy that names the host without its port, as nginx' `$host` does, leaves it to guess.
    fn add_usual_ports(&mut self) {
        for (rank, host) in self.hosts() {
            for port in USUAL_PORTS {
                let port = Port::Written(port.to_owned());
                self.authorities.add(rank + 2, (host.clone(), port));
            }
        }
    }

    fn hosts(&self) -> Vec<(usize, String)> {
        self.authorities
            .iter()
            .filter(|authority| authority.value.1 == Port::Absent)
            .map(|authority| (authority.rank, authority.value.0.clone()))
            .collect()
    }

    /// What a proxy says that it was asked for: a path and query, or a whole URL.
    fn add_targets(&mut self, parts: &Parts) {
        for target in targets(&parts.headers) {
            let url = match target.strip_prefix('/') {
                Some(_) => UrlText::parse_target(target),
                None => UrlText::parse(target),
            };
            let Some(url) = url else { continue };
            self.paths.add(1, url.path.to_owned());
            self.queries.add(1, url.query.to_owned());
            if !url.host.is_empty() {
                self.add_authority(1, url.host, url.port);
            }
        }
    }

    fn add_paths(&mut self, parts: &Parts, path: &str, tried: &[String]) {
        let known_prefixes: Vec<&str> = tried
            .iter()
            .filter_map(|url| UrlText::parse(url)?.path.strip_suffix(path))
            .collect();
        path_variations::add_with_rewritings(&mut self.paths, 0, path);
        path_variations::add_with_prefixes(&mut self.paths, &parts.headers, path, &known_prefixes);
        if path == "/" {
            self.paths.add(0, String::new());
        }
    }

    /// Every combination, those of the lowest rank first.
    pub(in crate::explain) fn by_rank(&self) -> Vec<Vec<UrlVariation<'_>>> {
        let mut all = Vec::new();
        for path in self.paths.iter() {
            for query in self.queries.iter() {
                for userinfo in self.userinfos.iter() {
                    for authority in self.authorities.iter() {
                        for scheme in self.schemes.iter() {
                            let rank = path.rank
                                + query.rank
                                + userinfo.rank
                                + authority.rank
                                + scheme.rank;
                            if rank <= MAX_RANK {
                                all.push(Ranked {
                                    rank,
                                    value: UrlVariation {
                                        scheme: scheme.value,
                                        userinfo: userinfo.value.as_deref(),
                                        authority: &authority.value,
                                        path: &path.value,
                                        query: &query.value,
                                    },
                                });
                            }
                        }
                    }
                }
            }
        }
        by_rank(all)
    }

    /// Says what the URLs were made of, in a sentence without a query or credentials.
    pub(in crate::explain) fn describe(&self) -> String {
        let mut hosts: Vec<&str> = Vec::new();
        for (host, _) in self.authorities.values() {
            if !hosts.contains(&host.as_str()) {
                hosts.push(host);
            }
        }
        let more = match hosts.len().saturating_sub(MAX_HOSTS_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        hosts.truncate(MAX_HOSTS_NAMED);
        let schemes: Vec<&str> = self.schemes.values().copied().collect();
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
            self.paths.values().count(),
            self.queries.values().count(),
        )
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::url::PublicUrl;

    fn variations(parts: &Parts) -> UrlVariations {
        let tried = PublicUrl::from_request().candidates(parts);
        UrlVariations::of(parts, b"", &tried, None)
    }

    fn parts(target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn rank(parts: &Parts, url: &str) -> Option<usize> {
        variations(parts)
            .by_rank()
            .iter()
            .position(|urls| urls.iter().any(|tried| tried.to_string() == url))
    }

    #[test]
    fn what_is_likelier_is_tried_first_and_two_changes_after_each_alone() {
        let parts = parts(
            "/sms?a=b",
            &[
                ("host", "app:3000"),
                ("x-forwarded-host", "HOOKS.example.com"),
                ("x-forwarded-port", "8443"),
            ],
        );
        for (url, expected) in [
            ("https://app:3000/sms?a=b", Some(0)),
            ("http://app:3000/sms?a=b", Some(0)),
            ("https://app/sms?a=b", Some(0)),
            ("https://app:8443/sms?a=b", Some(1)),
            ("https://HOOKS.example.com/sms?a=b", Some(1)),
            ("https://HOOKS.example.com:443/sms?a=b", Some(2)),
            ("https://HOOKS.example.com:8443/sms?a=b", Some(2)),
            ("https://HOOKS.example.com:3000/sms?a=b", Some(2)),
            ("https://hooks.example.com/sms?a=b", Some(2)),
            ("https://hooks.example.com:443/sms?a=b", Some(3)),
            ("https://hooks.example.com:8443/sms?a=b", Some(3)),
            ("https://app:3000/sms/?a=b", Some(1)),
            ("https://app:3000/sms", Some(1)),
            ("https://app:3000/sms/", Some(2)),
            ("https://HOOKS.example.com/sms/", Some(3)),
            ("https://app:3000?a=b", None),
            ("https://other/sms?a=b", None),
        ] {
            assert_eq!(rank(&parts, url), expected, "{url}");
        }
    }

    #[test]
    fn where_nothing_is_known_everything_counts_as_a_change() {
        let parts = parts(
            "/sms?a=b",
            &[
                ("x-forwarded-host", "hooks.example.com"),
                ("authorization", "Basic dTpw"),
            ],
        );
        for (url, expected) in [
            ("https://hooks.example.com/sms?a=b", Some(2)),
            ("https://u:p@hooks.example.com/sms?a=b", Some(3)),
            ("https://u:p@hooks.example.com/sms/", Some(5)),
            ("https://u:p@hooks.example.com:443/sms/", Some(6)),
        ] {
            assert_eq!(rank(&parts, url), expected, "{url}");
        }
        let ranks = variations(&parts).by_rank().len();
        assert_eq!(ranks, 7);
    }

    #[test]
    fn the_paths_that_something_names_are_tried() {
        let host = ("host", "h");
        assert_eq!(rank(&parts("/", &[host]), "https://h"), Some(0));
        assert_eq!(rank(&parts("/sms", &[host]), "https://h"), None);

        let rewritten = [host, ("x-original-url", "https://i:1/p?q")];
        let rewritten = parts("/sms", &rewritten);
        for (url, expected) in [
            ("https://i:1/p?q", Some(3)),
            ("https://i/sms", Some(1)),
            ("https://h/p", Some(1)),
        ] {
            assert_eq!(rank(&rewritten, url), expected, "{url}");
        }
        let target = parts("/sms", &[host, ("x-original-uri", "/p?q")]);
        assert_eq!(rank(&target, "https://h/p?q"), Some(2));
        assert_eq!(rank(&target, "https:///p?q"), None);
    }

    #[test]
    fn what_was_tried_is_told_without_naming_a_host_twice_or_too_many() {
        let few = variations(&parts("/sms", &[("host", "a:1"), ("x-host", "a:2,b")]));
        assert!(
            few.describe()
                .starts_with("https and http with the host a, b; with and without the port, and with 8443, 8080, 3000; "),
            "{}",
            few.describe()
        );
        let many = variations(&parts("/sms", &[("host", "a"), ("x-host", "b,c,d,e,f,g")]));
        assert!(
            many.describe()
                .contains("the host a, b, c, d, e and 2 more;"),
            "{}",
            many.describe()
        );
        let none = variations(&parts("/sms", &[]));
        assert!(none.describe().contains("the host unknown;"));
    }
}
