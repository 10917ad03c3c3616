//! The schemes, paths and queries that the signed URL may have had.

use http::request::Parts;

use super::{
    escapes::decode, headers, path as path_variations, query as query_variations, text::UrlText,
};
use crate::{
    explain::{next_request::CALL_PARAMETERS, ranked::Variations},
    url::RequestUrl,
};

/// How many of each part of a URL are tried, and how many bytes they hold.
const MAX_PATHS: usize = 480;
const MAX_PATH_BYTES: usize = 64 * 1024;
const MAX_QUERIES: usize = 1_000;
const MAX_QUERY_BYTES: usize = 128 * 1024;

/// The one of the dashboard, or else of what the layer tries first; and in capitals, as a telephone or
/// a person writes it, though no layer tries that.
pub(super) fn scheme_variations(
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

pub(super) fn path_variations(
    parts: &Parts,
    received: &RequestUrl<'_>,
    tried: &[String],
    dashboard: Option<&UrlText<'_>>,
) -> Variations<String> {
    let (received, query) = (received.path, received.query);
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
    path_variations::add_from_query(&mut paths, received, query);
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

pub(super) fn query_variations(
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
        if let Some(parameters) = call_parameters(received) {
            let separator = if url.query.is_empty() { '?' } else { '&' };
            let query = format!("{}{separator}{parameters}", url.query);
            query_variations::add_encoded(&mut queries, 1, &query);
        }
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

/// What SignalWire adds to the query of a GET.
fn call_parameters(query: &str) -> Option<&str> {
    let mut start = query.len() - query.trim_start_matches('?').len();
    for pair in query[start..].split('&') {
        let name = pair.split('=').next().unwrap_or_default();
        if CALL_PARAMETERS.contains(&name) {
            return Some(&query[start..]);
        }
        start += pair.len() + 1;
    }
    None
}
