use http::HeaderMap;

/// Where proxies, gateways and tunnels leave the host that they were called by, likeliest first.
const HOST_HEADERS: [&str; 8] = [
    "x-forwarded-host",
    "x-original-host",
    "x-envoy-original-host",
    "x-host",
    "x-real-host",
    "x-forwarded-server",
    "x-http-host-override",
    "host",
];

/// Where they leave the path and query, or the whole URL.
const TARGET_HEADERS: [&str; 6] = [
    "x-original-uri",
    "x-original-url",
    "x-forwarded-uri",
    "x-rewrite-url",
    "x-envoy-original-path",
    "x-request-uri",
];

const PORT_HEADERS: [&str; 2] = ["x-forwarded-port", "x-original-port"];

/// More than a chain of proxies writes into one header.
const MAX_VALUES: usize = 8;

/// The entries of every line of a header that holds a list.
pub(in crate::explain) fn values<'a>(
    headers: &'a HeaderMap,
    name: &str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(|entry| entry.trim().trim_matches('"'))
        .filter(|entry| !entry.is_empty())
        .take(MAX_VALUES)
}

pub(in crate::explain) fn hosts(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    HOST_HEADERS
        .into_iter()
        .flat_map(|name| values(headers, name))
        .chain(forwarded_hosts(headers))
        .filter(|host| is_host(host))
}

pub(in crate::explain) fn targets(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    TARGET_HEADERS
        .into_iter()
        .filter_map(|name| headers.get(name)?.to_str().ok())
}

pub(in crate::explain) fn ports(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    PORT_HEADERS
        .into_iter()
        .flat_map(|name| values(headers, name))
        .filter(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Every `host` of RFC 7239's header, an inner proxy's too.
fn forwarded_hosts(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    values(headers, "forwarded")
        .flat_map(|element| element.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("host"))
        .map(|(_, host)| host.trim().trim_matches('"'))
}

fn is_host(text: &str) -> bool {
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
            ("host", "[::1]:3000"),
            ("x-forwarded-host", "a-b_c~1.example, ,b.example:8443"),
            ("x-host", "not a host,h/p,h@i,h?q,\"\""),
            ("x-forwarded-server", &format!("{longest},{longest}a")),
        ]);
        let found: Vec<&str> = hosts(&headers).collect();
        assert_eq!(
            found,
            [
                "a-b_c~1.example",
                "b.example:8443",
                &longest,
                "[::1]:3000",
                "c.example",
                "d.example"
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
        ]);
        assert_eq!(ports(&headers).collect::<Vec<_>>(), ["8443", "1", "65535"]);
        assert_eq!(targets(&headers).collect::<Vec<_>>(), ["/a, b", "/b?c"]);
    }

    #[test]
    fn of_a_list_eight_entries_count() {
        let headers = headers(&[("x-host", "a,b,c,d,e,f,g,h,i"), ("x-host", "j")]);
        let found: Vec<&str> = values(&headers, "x-host").collect();
        assert_eq!(found.concat(), "abcdefgh");
    }
}
