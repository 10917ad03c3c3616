//! What the headers say of the URL that was called.
//!
//! No standard says where proxies leave it, so the names that are in use come first, and then every
//! header whose name says that it holds such a thing.

use http::HeaderMap;

/// Where proxies, gateways and tunnels leave the host that they were called by, likeliest first.
const HOST_HEADERS: [&str; 12] = [
    "x-forwarded-host",
    "x-original-host",
    "x-envoy-original-host",
    "disguised-host",
    "x-ms-original-host",
    "x-host",
    "x-real-host",
    "x-forwarded-server",
    "x-http-host-override",
    "x-vercel-forwarded-host",
    "x-origin-host",
    "host",
];

/// Where they leave the path and query, or the whole URL.
const TARGET_HEADERS: [&str; 11] = [
    "x-original-uri",
    "x-original-url",
    "x-forwarded-uri",
    "x-forwarded-url",
    "x-rewrite-url",
    "x-envoy-original-path",
    "x-replaced-path",
    "x-ms-original-url",
    "x-request-uri",
    "x-forwarded-path",
    "x-waws-unencoded-url",
];

/// Where they leave the beginning of the path that they took away.
const PREFIX_HEADERS: [&str; 6] = [
    "x-forwarded-prefix",
    "x-script-name",
    "x-forwarded-path",
    "x-forwarded-context",
    "x-ingress-path",
    "x-base-path",
];

/// Where they leave the query alone.
const QUERY_HEADERS: [&str; 3] = ["x-original-query", "x-forwarded-query", "x-query-string"];

const PORT_HEADERS: [&str; 3] = ["x-forwarded-port", "x-original-port", "x-real-port"];

/// Where they leave the credentials that they checked.
pub(in crate::explain) const AUTHORIZATION_HEADERS: [&str; 3] = [
    "authorization",
    "x-forwarded-authorization",
    "x-original-authorization",
];

/// More than a chain of proxies writes into one header.
const MAX_VALUES: usize = 8;
/// A longer one is not a host or a URL that SignalWire calls.
const MAX_VALUE_LENGTH: usize = 4 * 1024;
/// A request has no more headers than this that say something of its URL.
const MAX_NAMES: usize = 24;

/// The entries of every line of a header that holds a list.
pub(in crate::explain) fn values<'a>(
    headers: &'a HeaderMap,
    name: &str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    lines(headers, name)
        .flat_map(|list| list.split(','))
        .map(|entry| entry.trim().trim_matches('"'))
        .filter(|entry| !entry.is_empty())
        .take(MAX_VALUES)
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| str::from_utf8(value.as_bytes()).ok())
        .filter(|value| value.len() <= MAX_VALUE_LENGTH)
        .take(MAX_VALUES)
}

/// The known names, and then those that are there and have one of the words in them.
fn names<'a>(
    headers: &'a HeaderMap,
    known: &'static [&'static str],
    words: &'static [&'static str],
) -> impl Iterator<Item = &'a str> {
    let others = headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(move |name| !known.contains(name) && words.iter().any(|word| name.contains(word)))
        .take(MAX_NAMES);
    known.iter().copied().chain(others)
}

pub(in crate::explain) fn hosts(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    const WORDS: [&str; 9] = [
        "host",
        "fqdn",
        "domain",
        "authority",
        "server-name",
        "origin",
        "site",
        "sni",
        "worker",
    ];
    names(headers, &HOST_HEADERS, &WORDS)
        .flat_map(|name| values(headers, name))
        .map(authority_of)
        .chain(forwarded_hosts(headers))
        .chain(hosts_on_the_way(headers))
        .filter(|host| is_host(host))
}

/// Of a value that has a scheme before it, or a path after it.
fn authority_of(value: &str) -> &str {
    let (_, value) = value.split_once("://").unwrap_or(("", value));
    value.split(['/', '?']).next().unwrap_or_default()
}

/// What a proxy calls itself in `Via` is mostly the name that it was called by, or a pseudonym.
fn hosts_on_the_way(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    values(headers, "via").filter_map(|hop| hop.split_whitespace().nth(1))
}

/// Each begins with a slash or is a whole URL.
pub(in crate::explain) fn targets(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    names(headers, &TARGET_HEADERS, &["uri", "url", "path"])
        .flat_map(|name| lines(headers, name))
        .map(str::trim)
        .filter(|target| target.starts_with('/') || target.contains("://"))
        .chain(whole_urls(headers))
}

/// In headers of any name.
fn whole_urls(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.values().filter_map(|value| value.to_str().ok());
    values
        .filter(|value| value.len() <= MAX_VALUE_LENGTH)
        .filter(|value| value.starts_with("https://") || value.starts_with("http://"))
        .take(MAX_VALUES)
}

/// Each without a question mark.
pub(in crate::explain) fn queries(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    names(headers, &QUERY_HEADERS, &["query"])
        .flat_map(|name| lines(headers, name))
        .map(|query| query.trim().trim_start_matches('?'))
        .filter(|query| !query.is_empty())
}

/// Each begins with a slash and does not end with one. Several lines are of several proxies, of which
/// each took its own away.
pub(in crate::explain) fn prefixes(headers: &HeaderMap) -> Vec<String> {
    let mut found = Vec::new();
    for name in names(headers, &PREFIX_HEADERS, &["prefix", "stripped"]) {
        let parts: Vec<&str> = values(headers, name)
            .map(|prefix| prefix.trim_matches('/'))
            .filter(|prefix| !prefix.is_empty() && !prefix.contains(['?', '#']))
            .collect();
        let all = parts.join("/");
        let inside_out: Vec<&str> = parts.iter().rev().copied().collect();
        let alone = parts.iter().map(ToString::to_string);
        let together = [all, inside_out.join("/")];
        for prefix in alone.chain(together).filter(|prefix| !prefix.is_empty()) {
            let prefix = format!("/{prefix}");
            if !found.contains(&prefix) && found.len() < MAX_VALUES {
                found.push(prefix);
            }
        }
    }
    found
}

pub(in crate::explain) fn ports(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    names(headers, &PORT_HEADERS, &["port"])
        .flat_map(|name| values(headers, name))
        .filter(|port| is_port(port))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Every `host` of RFC 7239's header, an inner proxy's too.
fn forwarded_hosts(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    values(headers, "forwarded")
        .flat_map(|element| element.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("host"))
        .map(|(_, host)| host.trim().trim_matches('"'))
}

pub(in crate::explain) fn is_host(text: &str) -> bool {
    text.len() <= 255
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn every_host_that_something_names_is_found_likeliest_first() {
        let longest = "a".repeat(255);
        let headers = headers(&[
            (
                "forwarded",
                "for=1;host=\"c.example\";proto=https, HOST = d.example",
            ),
            ("x-tunnel-hostname", "t.example"),
            ("host", "[::1]:3000"),
            ("x-forwarded-host", "a-b_c~1.example, ,b.example:8443"),
            ("x-host", "not a host,h@i,\"\",https://e.example/p?q"),
            ("x-forwarded-server", &format!("{longest},{longest}a")),
            ("via", "1.1 v.example (Caddy), 2 proxy"),
        ]);
        let found: Vec<&str> = hosts(&headers).collect();
        assert_eq!(
            found,
            [
                "a-b_c~1.example",
                "b.example:8443",
                "e.example",
                &longest,
                "[::1]:3000",
                "t.example",
                "c.example",
                "d.example",
                "v.example",
                "proxy"
            ]
        );
    }

    #[test]
    fn every_port_and_target_is_found() {
        let headers = headers(&[
            ("x-forwarded-port", "8443, 0, 65536, a, 1"),
            ("x-original-port", "65535"),
            ("x-rewrite-url", "/b?c"),
            ("x-original-uri", "/a, b"),
            ("x-my-request-path", "/d"),
            ("x-urls", "none"),
            ("x-audience", "https://e.example/f"),
        ]);
        assert_eq!(ports(&headers).collect::<Vec<_>>(), ["8443", "1", "65535"]);
        assert_eq!(
            targets(&headers).collect::<Vec<_>>(),
            ["/a, b", "/b?c", "/d", "https://e.example/f"]
        );
    }

    #[test]
    fn several_prefixes_are_tried_alone_and_together() {
        let headers = headers(&[
            ("x-forwarded-prefix", "/a/"),
            ("x-forwarded-prefix", "b"),
            ("x-stripped-prefix", "/c"),
            ("x-script-name", "/"),
        ]);
        assert_eq!(prefixes(&headers), ["/a", "/b", "/a/b", "/b/a", "/c"]);
    }

    #[test]
    fn of_a_list_eight_entries_count_and_a_long_line_does_not() {
        let long = "a".repeat(MAX_VALUE_LENGTH + 1);
        let headers = headers(&[
            ("x-host", "a,b,c,d,e,f,g,h,i"),
            ("x-host", "j"),
            ("x-real-host", &long),
        ]);
        let found: Vec<&str> = values(&headers, "x-host").collect();
        assert_eq!(found.concat(), "abcdefgh");
        assert_eq!(values(&headers, "x-real-host").count(), 0);
    }
}
