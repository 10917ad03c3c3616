//! The hosts that SignalWire may have called, each with the ports that may have stood after it.

use http::request::Parts;

use super::{
    headers,
    host_kind::HostKind,
    punycode,
    text::{UrlText, default_port, host_and_port},
};
use crate::{
    explain::ranked::{Variations, Weight},
    url::{RequestUrl, without_userinfo},
};

/// Of a public server that does not have the default one.
pub(super) const USUAL_PORTS: [&str; 7] = ["8443", "8080", "3000", "5000", "8000", "80", "443"];

/// How many hosts, each with one port, are tried; and their bytes.
const MAX_AUTHORITIES: usize = 128;
const MAX_BYTES: usize = 16 * 1024;
/// How many hosts that something names are tried with other ports and other names.
const MAX_HOSTS: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::explain) struct HostAndPort {
    pub(in crate::explain) host: String,
    pub(in crate::explain) port: Port,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Port {
    Absent,
    /// Of the scheme, written out.
    Default,
    Written(String),
}

impl Weight for HostAndPort {
    fn weight(&self) -> usize {
        self.host.len() + 5
    }
}

impl HostAndPort {
    pub(in crate::explain) fn append_to(&self, url: &mut String, scheme: &str) {
        url.push_str(&self.host);
        match &self.port {
            Port::Absent => {}
            Port::Default => {
                url.push(':');
                url.push_str(default_port(scheme));
            }
            Port::Written(port) => {
                url.push(':');
                url.push_str(port);
            }
        }
    }
}

/// A host that something names.
struct Named {
    rank: usize,
    host: String,
    port: Option<String>,
}

impl Named {
    /// Whether it is tried with other ports and under other names.
    fn is_likely(&self) -> bool {
        self.rank <= 1
    }
}

/// Every host that the dashboard, the configuration or the request names, and then the names alone.
pub(in crate::explain) fn host_variations(
    parts: &Parts,
    tried: &[String],
    dashboard: Option<&UrlText<'_>>,
) -> (Variations<HostAndPort>, Vec<String>) {
    let named = named_hosts(parts, tried, dashboard);
    let mut all = Variations::at_most(MAX_AUTHORITIES, MAX_BYTES);
    for one in &named {
        add(&mut all, one.rank, &one.host, one.port.as_deref());
    }
    add_ports(&mut all, &named, parts);
    add_other_names(&mut all, &named);
    all.sort();
    let mut alone: Vec<String> = Vec::new();
    for one in named {
        if !alone.contains(&one.host) {
            alone.push(one.host);
        }
    }
    (all, alone)
}

fn named_hosts(parts: &Parts, tried: &[String], dashboard: Option<&UrlText<'_>>) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    let mut note = |rank: usize, host: &str, port: Option<&str>| {
        let is_known = named
            .iter()
            .any(|one| one.host == host && one.port.as_deref() == port);
        if !host.is_empty() && !is_known && named.len() < MAX_HOSTS {
            named.push(Named {
                rank,
                host: host.to_owned(),
                port: port.map(str::to_owned),
            });
        }
    };
    if let Some(url) = dashboard {
        note(0, url.host, url.port);
    }
    let after_dashboard = usize::from(dashboard.is_some());
    let rank = |host: &str| after_dashboard + HostKind::of(host).rank();
    for url in tried.iter().filter_map(|url| UrlText::parse(url)) {
        note(rank(url.host), url.host, url.port);
    }
    let in_targets = headers::targets(&parts.headers)
        .filter_map(UrlText::parse)
        .filter(|url| headers::is_host(url.host));
    for url in in_targets {
        note(rank(url.host), url.host, url.port);
    }
    let request = RequestUrl::new(&parts.uri, &parts.headers);
    let in_uri = parts.uri.authority().map(without_userinfo);
    for authority in headers::hosts(&parts.headers)
        .chain(in_uri)
        .chain(request.named_authority())
    {
        let (host, port) = host_and_port(authority);
        note(rank(host), host, port);
    }
    let likeliest = named.iter().map(|one| one.rank).min().unwrap_or_default();
    for one in &mut named {
        one.rank -= likeliest;
    }
    named
}

fn add(all: &mut Variations<HostAndPort>, rank: usize, host: &str, port: Option<&str>) {
    let mut add = |rank, port| {
        let host = host.to_owned();
        all.add(rank, HostAndPort { host, port });
    };
    if let Some(port) = port {
        add(rank, Port::Written(port.to_owned()));
    }
    add(rank + usize::from(port.is_some()), Port::Absent);
    add(rank + 1, Port::Default);
}

/// Every known port on every known host: one header names the host, another the port. And a proxy
/// that names the host without its port, as nginx' `$host` does, leaves it to guess.
fn add_ports(all: &mut Variations<HostAndPort>, named: &[Named], parts: &Parts) {
    let in_headers: Vec<&str> = headers::ports(&parts.headers).collect();
    let after_hosts = named.iter().filter_map(|one| one.port.as_deref());
    let known = in_headers
        .into_iter()
        .chain(after_hosts)
        .map(|port| (1, port));
    let usual = USUAL_PORTS.into_iter().enumerate();
    let usual = usual.map(|(index, port)| (if index == 0 { 2 } else { 3 }, port));
    for (added, port) in known.chain(usual) {
        for one in named.iter().filter(|one| one.is_likely()) {
            all.add(
                one.rank + added,
                HostAndPort {
                    host: one.host.clone(),
                    port: Port::Written(port.to_owned()),
                },
            );
        }
    }
}

/// In lower case, in punycode and out of it, with and without `www.` and a dot at the end.
fn add_other_names(all: &mut Variations<HostAndPort>, named: &[Named]) {
    for one in named.iter().filter(|one| one.is_likely()) {
        let host = one.host.as_str();
        let lower = host.to_lowercase();
        let other_names = [
            (1, (lower != host).then_some(lower)),
            (1, punycode::to_ascii(host)),
            (1, punycode::to_unicode(host)),
            (1, Some(with_capitals(host))),
            (2, with_or_without(host, "www.")),
            (2, Some(with_or_without_dot(host))),
            (2, Some(with_all_capitals(host))),
            (3, Some(host.to_ascii_uppercase())),
            (3, parent(host)),
            (3, before_origin(host)),
        ];
        for (added, name) in other_names {
            if let Some(name) = name {
                add(all, one.rank + added, &name, one.port.as_deref());
            }
        }
    }
}

fn with_or_without(host: &str, label: &str) -> Option<String> {
    if HostKind::of(host) == HostKind::Private {
        return None;
    }
    Some(match host.strip_prefix(label) {
        Some(rest) => rest.to_owned(),
        None => format!("{label}{host}"),
    })
}

/// `Hooks.Example.com`, as it may be written in a dashboard; no client sends it so.
fn with_capitals(host: &str) -> String {
    let labels = host.split('.').count();
    with_so_many_capitals(host, labels.saturating_sub(1).max(1))
}

/// Of the last label too.
fn with_all_capitals(host: &str) -> String {
    with_so_many_capitals(host, usize::MAX)
}

fn with_so_many_capitals(host: &str, count: usize) -> String {
    let mut labels: Vec<String> = host.split('.').map(str::to_owned).collect();
    for label in labels.iter_mut().take(count) {
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
    }
    labels.join(".")
}

/// The name after the first label, as of `origin.hooks.example.com`, which a network calls in its
/// place.
fn parent(host: &str) -> Option<String> {
    let (_, rest) = host.split_once('.')?;
    let is_public = rest.contains('.') && HostKind::of(host) != HostKind::Private;
    is_public.then(|| rest.to_owned())
}

fn before_origin(host: &str) -> Option<String> {
    let rest = ["origin-", "backend-", "internal-", "lb-"];
    let rest = rest
        .into_iter()
        .find_map(|label| host.strip_prefix(label))?;
    Some(rest.to_owned())
}

fn with_or_without_dot(host: &str) -> String {
    match host.strip_suffix('.') {
        Some(rest) => rest.to_owned(),
        None => format!("{host}."),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::url::PublicUrl;

    fn ranks(headers: &[(&str, &str)], dashboard: Option<&str>) -> Vec<(usize, String)> {
        let mut request = Request::post("/sms");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let tried = PublicUrl::from_request().candidates(&parts);
        let dashboard = dashboard.and_then(UrlText::parse);
        host_variations(&parts, &tried, dashboard.as_ref())
            .0
            .iter()
            .map(|ranked| {
                let mut url = String::new();
                ranked.value.append_to(&mut url, "https");
                (ranked.rank, url)
            })
            .collect()
    }

    fn rank(all: &[(usize, String)], authority: &str) -> Option<usize> {
        let found = all.iter().find(|(_, known)| known == authority);
        found.map(|(rank, _)| *rank)
    }

    #[test]
    fn a_public_host_comes_before_the_private_one_that_the_request_names() {
        let all = ranks(
            &[
                ("host", "app:3000"),
                ("x-forwarded-host", "HOOKS.example.com"),
                ("x-forwarded-port", "9443"),
            ],
            None,
        );
        for (authority, expected) in [
            ("HOOKS.example.com", 0),
            ("HOOKS.example.com:443", 1),
            ("hooks.example.com", 1),
            ("HOOKS.example.com:9443", 1),
            ("HOOKS.example.com:3000", 1),
            ("HOOKS.example.com:8443", 2),
            ("www.HOOKS.example.com", 2),
            ("HOOKS.example.com.", 2),
            ("app:3000", 2),
            ("app", 2),
        ] {
            assert_eq!(rank(&all, authority), Some(expected), "{authority}");
        }
    }

    #[test]
    fn without_a_public_host_the_private_one_comes_first() {
        let all = ranks(&[("host", "app:3000")], None);
        assert_eq!(all[0], (0, "app:3000".to_owned()));
    }

    #[test]
    fn the_dashboard_comes_before_what_the_request_names() {
        let url = "https://bücher.example/sms";
        let all = ranks(&[("host", "hooks.example.com")], Some(url));
        assert_eq!(rank(&all, "bücher.example"), Some(0));
        assert_eq!(rank(&all, "xn--bcher-kva.example"), Some(1));
        assert_eq!(rank(&all, "hooks.example.com"), Some(1));
        assert_eq!(rank(&all, "Hooks.Example.com"), Some(2));
        let decoded = ranks(&[("host", "xn--bcher-kva.example")], None);
        assert_eq!(rank(&decoded, "bücher.example"), Some(1));
    }
}
