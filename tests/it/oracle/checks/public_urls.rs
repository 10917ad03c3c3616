//! Any target, headers and configured URL: the candidates are few, distinct and made of parts
//! that no header can stretch.

use std::collections::HashSet;

use axum::http::{HeaderName, HeaderValue, Request, request::Parts};
use signalwire_webhook::{ForwardingHeader, PublicUrl};

use super::oracle::named_hosts;

const MAX_CANDIDATES: usize = 16;

const FORWARDING: [(&str, ForwardingHeader); 5] = [
    ("forwarded", ForwardingHeader::Forwarded),
    ("x-forwarded-proto", ForwardingHeader::XForwardedProto),
    ("x-forwarded-host", ForwardingHeader::XForwardedHost),
    ("x-forwarded-port", ForwardingHeader::XForwardedPort),
    ("x-forwarded-prefix", ForwardingHeader::XForwardedPrefix),
];

/// The first line is the target, the second a URL to configure; every further line is a header,
/// whose first byte chooses the name.
pub(crate) fn check(input: &[u8]) {
    let mut lines = input.split(|&byte| byte == b'\n');
    let target = lines.next().unwrap_or_default();
    let configured = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let Ok(request) = Request::post(target).body(()) else {
        return;
    };
    let mut parts = request.into_parts().0;
    if parts.uri.path() == "*" {
        return; // of OPTIONS alone, and in no URL
    }
    for line in lines {
        insert(&mut parts, line);
    }

    let direct = PublicUrl::from_request();
    let urls = few_and_distinct(&direct, &parts);
    assert!(urls.iter().all(|url| ends_with_target(url, &parts)));
    assert!(urls.is_empty() || named_hosts(&parts).len() == 1);
    is_blind_to_all_but(&[], &direct, &parts);
    for (name, header) in FORWARDING {
        let trusting = PublicUrl::from_headers([header]);
        let urls = few_and_distinct(&trusting, &parts);
        assert!(urls.iter().all(|url| ends_with_target(url, &parts)));
        is_blind_to_all_but(&[name], &trusting, &parts);
    }
    excludes_no_scheme(&parts);
    let trusting = PublicUrl::from_headers(FORWARDING.map(|(_, header)| header));
    let urls = few_and_distinct(&trusting, &parts);
    assert!(urls.iter().all(|url| ends_with_target(url, &parts)));

    let mut all = direct.or(trusting);
    if let Ok(base) = PublicUrl::base(&configured) {
        is_blind_to_all_but(&[], &base, &parts);
        let urls = few_and_distinct(&base, &parts);
        assert!(urls.iter().all(|url| ends_with_target(url, &parts)));
        assert!(urls.iter().all(|url| is_on_host_of(url, &configured)));
        all = all.or(base);
    }
    if let Ok(exact) = PublicUrl::exact(&configured) {
        is_blind_to_all_but(&[], &exact, &parts);
        let urls = few_and_distinct(&exact, &parts);
        assert!(urls.iter().all(|url| is_on_host_of(url, &configured)));
        all = all.or(exact);
    }
    few_and_distinct(&all, &parts);
}

fn insert(parts: &mut Parts, line: &[u8]) {
    let forwarding = FORWARDING.map(|(name, _)| name);
    let names = [&["host", "authorization"], &forwarding[..]].concat();
    let Some((name, value)) = line.split_first() else {
        return;
    };
    let name = HeaderName::from_static(names[usize::from(*name) % names.len()]);
    if let Ok(value) = HeaderValue::from_bytes(value) {
        parts.headers.append(name, value);
    }
}

fn few_and_distinct(url: &PublicUrl, parts: &Parts) -> Vec<String> {
    let urls = url.candidates(parts);
    assert!(urls.len() <= MAX_CANDIDATES);
    assert_eq!(urls.iter().collect::<HashSet<_>>().len(), urls.len());
    for url in &urls {
        let (_, host, _) = split(url);
        assert!(!host.is_empty() && !host.contains(['@', '#', '\\', ' ']));
        // It would have the beginning of a form in it.
        assert!(!host.contains("AccountSid"));
    }
    urls
}

/// The scheme, the host with its port, and what follows.
fn split(url: &str) -> (&str, &str, &str) {
    let (scheme, rest) = url.split_once("://").expect("a candidate is absolute");
    assert!(["http", "https"].contains(&scheme));
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    (scheme, host, rest)
}

/// A URL whose path is `/` is also tried without it.
fn ends_with_target(url: &str, parts: &Parts) -> bool {
    let target = parts
        .uri
        .path_and_query()
        .map_or("", |target| target.as_str());
    let without_slash = target
        .strip_prefix('/')
        .filter(|rest| rest.is_empty() || rest.starts_with('?'));
    url.ends_with(target) || without_slash.is_some_and(|target| url.ends_with(target))
}

/// What follows a `#` is SignalWire's.
fn is_on_host_of(url: &str, configured: &str) -> bool {
    let lower = configured.trim().to_ascii_lowercase();
    let configured = lower.split('#').next().unwrap_or_default();
    let host = |url| {
        let (_, host, _) = split(url);
        host.split(':').next().unwrap_or_default().to_owned()
    };
    host(url).eq_ignore_ascii_case(&host(configured))
}

/// A forwarding header that is not trusted changes nothing.
fn is_blind_to_all_but(trusted: &[&str], url: &PublicUrl, parts: &Parts) {
    let mut without = parts.clone();
    for (name, _) in FORWARDING {
        if !trusted.contains(&name) {
            without.headers.remove(name);
        }
    }
    assert_eq!(url.candidates(parts), url.candidates(&without));
}

/// A scheme that a header names changes the order and nothing else, where all are tried.
fn excludes_no_scheme(parts: &Parts) {
    let set = |url: PublicUrl| -> HashSet<String> { url.candidates(parts).into_iter().collect() };
    let direct = set(PublicUrl::from_request());
    let trusting = set(PublicUrl::from_headers([ForwardingHeader::XForwardedProto]));
    assert!(direct == trusting || direct.len() == MAX_CANDIDATES);
}
