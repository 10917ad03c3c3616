//! Any target, headers and configured URL: the candidates are few, distinct and made of parts
//! that no header can stretch.

use std::collections::HashSet;

use axum::http::{HeaderName, HeaderValue, Request, request::Parts};
use signalwire_webhook::PublicUrl;

const MAX_CANDIDATES: usize = 16;

const FORWARDED: [&str; 5] = [
    "forwarded",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
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
    is_blind_to_proxies(&direct, &parts);
    let trusting = direct.clone().trust_forwarded_headers();
    let urls = few_and_distinct(&trusting, &parts);
    assert!(urls.iter().all(|url| ends_with_target(url, &parts)));

    let mut all = direct.or(trusting);
    if let Ok(base) = PublicUrl::base(&configured) {
        is_blind_to_proxies(&base, &parts);
        let urls = few_and_distinct(&base, &parts);
        assert!(urls.iter().all(|url| ends_with_target(url, &parts)));
        assert!(urls.iter().all(|url| is_on_host_of(url, &configured)));
        all = all.or(base);
    }
    if let Ok(exact) = PublicUrl::exact(&configured) {
        is_blind_to_proxies(&exact, &parts);
        let urls = few_and_distinct(&exact, &parts);
        assert!(urls.iter().all(|url| is_on_host_of(url, &configured)));
        all = all.or(exact);
    }
    few_and_distinct(&all, &parts);
}

fn insert(parts: &mut Parts, line: &[u8]) {
    let names = [&["host", "authorization"], &FORWARDED[..]].concat();
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

fn is_on_host_of(url: &str, configured: &str) -> bool {
    let configured = configured.trim();
    let lower = configured.to_ascii_lowercase();
    let host = |url| {
        split(url)
            .1
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    host(url).eq_ignore_ascii_case(&host(&lower))
}

/// Where forwarding headers are not trusted, none of them changes anything.
fn is_blind_to_proxies(url: &PublicUrl, parts: &Parts) {
    let mut without = parts.clone();
    for name in FORWARDED {
        without.headers.remove(name);
    }
    assert_eq!(url.candidates(parts), url.candidates(&without));
}
