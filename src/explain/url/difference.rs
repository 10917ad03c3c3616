//! What differs between the URL that was signed and one that the layer tries.

use std::borrow::Cow;

use super::{
    escapes::decode,
    path::{merge_slashes, resolve_dots},
    punycode,
    text::UrlText,
};
use crate::explain::cause::{Cause, Finding};

/// How often a text may have been escaped.
const MAX_ESCAPED: usize = 3;

pub(in crate::explain) fn url_differences(
    signed: &UrlText<'_>,
    seen: &UrlText<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if signed.host != seen.host {
        found.push(host_difference(signed.host, seen.host));
    }
    if signed.scheme != seen.scheme {
        found.push(scheme_difference(signed.scheme));
    }
    let has_other_port = signed.effective_port() != seen.effective_port();
    let is_only_written = signed.scheme != seen.scheme || signed.host != seen.host;
    let both_default = signed.effective_port() == signed.default_port()
        && seen.effective_port() == seen.default_port();
    if signed.port != seen.port
        && !(both_default && is_only_written)
        && (has_other_port || !is_only_written)
    {
        found.push(Cause::Port.into());
    }
    if signed.userinfo.is_some() && signed.userinfo != seen.userinfo {
        found.push(credentials_difference(signed.userinfo, seen.userinfo));
    }
    if signed.path != seen.path {
        found.extend(path_differences(signed.path, seen.path));
    }
    if signed.query != seen.query {
        found.extend(query_differences(signed.query, seen.query));
    }
    if !signed.fragment.is_empty() {
        found.push(Cause::Fragment.into());
    }
    found
}

fn scheme_difference(signed: &str) -> Finding {
    if signed.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cause::Scheme.told("the scheme of the signed url is written in capitals");
    }
    if signed.starts_with("ws") {
        return Cause::Scheme.told(
            "the signed url is of a WebSocket, as of a <Stream>: route it outside the layer and check its \
             bearer token",
        );
    }
    Cause::Scheme.into()
}

fn host_difference(signed: &str, seen: &str) -> Finding {
    if signed.eq_ignore_ascii_case(seen) {
        return Cause::Host.told("the host is written in upper and lower case otherwise");
    }
    if punycode::to_ascii(signed).is_some_and(|ascii| ascii.eq_ignore_ascii_case(seen)) {
        return Cause::Host.told("the host was signed with its letters that are not ASCII");
    }
    Cause::Host.into()
}

fn credentials_difference(signed: Option<&str>, seen: Option<&str>) -> Finding {
    let decoded = |userinfo: Option<&str>| userinfo.map(|text| decode(text).into_owned());
    if seen.is_some() && decoded(signed) == decoded(seen) {
        return Cause::Credentials.told("the credentials are escaped otherwise in the signed url");
    }
    Cause::Credentials.into()
}

fn path_differences(signed: &str, seen: &str) -> Vec<Finding> {
    let causes = path_causes(signed, seen);
    if !causes.is_empty() {
        return causes.into_iter().map(Finding::from).collect();
    }
    let finding = if signed.eq_ignore_ascii_case(seen) {
        Cause::Path.told("the path is written in upper and lower case otherwise")
    } else if signed.trim_end_matches("%20").trim_end() == seen {
        Cause::Path.told("the signed url has a space at its end")
    } else {
        Cause::Path.into()
    };
    vec![finding]
}

/// What changed the path without losing anything of it.
fn path_causes(signed: &str, seen: &str) -> Vec<Cause> {
    let trimmed = |path: &str| path.trim_end_matches('/').to_owned();
    let spaced = |path: &str| fully_decoded(&path.replace('+', "%20")).into_owned();
    let merged = |path: &str| merge_slashes(path).into_owned();
    if trimmed(signed) == trimmed(seen) {
        return vec![Cause::TrailingSlash];
    }
    if fully_decoded(signed) == fully_decoded(seen) || spaced(signed) == spaced(seen) {
        return vec![Cause::PathEncoding];
    }
    if merged(signed) == merged(seen) {
        return vec![Cause::MergedSlashes];
    }
    if resolve_dots(signed) == resolve_dots(seen) {
        return vec![Cause::DotSegments];
    }
    if fully_decoded(&trimmed(signed)) == fully_decoded(&trimmed(seen)) {
        return vec![Cause::TrailingSlash, Cause::PathEncoding];
    }
    let (short_signed, short_seen) = (merged(&trimmed(signed)), merged(&trimmed(seen)));
    if short_signed == short_seen {
        return vec![Cause::TrailingSlash, Cause::MergedSlashes];
    }
    if signed.ends_with(seen) || seen.ends_with(signed) || short_seen.is_empty() {
        return vec![Cause::PathPrefix];
    }
    if short_signed.ends_with(&short_seen) || short_seen.ends_with(&short_signed) {
        let other_end = signed.ends_with('/') != seen.ends_with('/');
        let second = if other_end {
            Cause::TrailingSlash
        } else {
            Cause::MergedSlashes
        };
        return vec![Cause::PathPrefix, second];
    }
    Vec::new()
}

fn query_differences(signed: &str, seen: &str) -> Vec<Finding> {
    let pairs = |query: &str| -> Vec<String> {
        let text = query.trim_start_matches('?');
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs.map(str::to_owned).collect()
    };
    let (signed_pairs, seen_pairs) = (pairs(signed), pairs(seen));
    if signed_pairs == seen_pairs {
        return vec![Cause::Query.told(
            "the query's question mark, or an `&` without a parameter, was added or removed",
        )];
    }
    if seen_pairs.is_empty() {
        return vec![Cause::QueryDropped.into()];
    }
    let sorted = |pairs: &[String]| {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        pairs
    };
    if sorted(&signed_pairs) == sorted(&seen_pairs) {
        return vec![Cause::QueryOrder.into()];
    }
    let decoded = |pairs: &[String]| -> Vec<String> {
        let decode = |pair: &String| {
            fully_decoded(&pair.replace('+', " "))
                .trim_end_matches('=')
                .replace('+', " ")
        };
        pairs.iter().map(decode).collect()
    };
    let (signed_decoded, seen_decoded) = (decoded(&signed_pairs), decoded(&seen_pairs));
    if signed_decoded == seen_decoded {
        return vec![Cause::QueryEncoding.into()];
    }
    if sorted(&signed_decoded) == sorted(&seen_decoded) {
        return vec![Cause::QueryOrder.into(), Cause::QueryEncoding.into()];
    }
    if signed_pairs.iter().all(|pair| seen_pairs.contains(pair)) {
        return vec![Cause::Query.told("parameters were added to the query")];
    }
    if seen_pairs.iter().all(|pair| signed_pairs.contains(pair)) {
        return vec![Cause::Query.told("parameters of the query were dropped")];
    }
    vec![Cause::Query.into()]
}

fn fully_decoded(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_ESCAPED {
        let decoded = String::from_utf8_lossy(&decode(&text)).into_owned();
        if decoded == text {
            break;
        }
        text = Cow::Owned(decoded);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_has_its_cause() {
        for (signed, seen, expected) in [
            ("https://h/a", "http://h/a", &[Cause::Scheme][..]),
            ("https://h/a", "https://i:1/a", &[Cause::Host, Cause::Port]),
            ("https://H/a", "https://h/a", &[Cause::Host]),
            (
                "https://bücher.example/a",
                "https://xn--bcher-kva.example/a",
                &[Cause::Host],
            ),
            ("https://h:1/a", "https://h:1/a", &[]),
            ("https://h:1/a", "https://h:2/a", &[Cause::Port]),
            ("https://h:1/a", "https://h/a", &[Cause::Port]),
            ("https://h:443/a", "https://h:8080/a", &[Cause::Port]),
            ("https://h/a", "https://u@h/a", &[]),
            ("https://u@h/a", "https://u@h/a", &[]),
            ("https://u@h/a", "https://v@h/a", &[Cause::Credentials]),
            ("https://h/a", "https://h/a?b", &[Cause::Query]),
            ("https://h/a?", "https://h/a", &[Cause::Query]),
            ("https://h/a?b&&c", "https://h/a?b&c", &[Cause::Query]),
            ("https://h/a", "https://h/a/", &[Cause::TrailingSlash]),
            ("https://h/p/a", "https://h/a", &[Cause::PathPrefix]),
            ("https://h/a", "https://h/p/a", &[Cause::PathPrefix]),
            ("https://h/hooks", "https://h/", &[Cause::PathPrefix]),
            (
                "https://h/hooks/a/",
                "https://h/a",
                &[Cause::PathPrefix, Cause::TrailingSlash],
            ),
            (
                "https://h/hooks/a",
                "https://h//a",
                &[Cause::PathPrefix, Cause::MergedSlashes],
            ),
            ("https://h/a%20b", "https://h/a b", &[Cause::PathEncoding]),
            (
                "https://h/a%20b",
                "https://h/a%2520b",
                &[Cause::PathEncoding],
            ),
            (
                "https://h/~a/",
                "https://h/%7Ea",
                &[Cause::TrailingSlash, Cause::PathEncoding],
            ),
            ("https://h//a", "https://h/a", &[Cause::MergedSlashes]),
            (
                "https://h//a/",
                "https://h/a",
                &[Cause::TrailingSlash, Cause::MergedSlashes],
            ),
            ("https://h/a", "https://h/b", &[Cause::Path]),
            ("https://h/a?b", "https://h/a", &[Cause::QueryDropped]),
            ("https://h/a?b&c", "https://h/a?c&b", &[Cause::QueryOrder]),
            (
                "https://h/a?b=%20",
                "https://h/a?b=+",
                &[Cause::QueryEncoding],
            ),
            (
                "https://h/a?b=%252B",
                "https://h/a?b=%2B",
                &[Cause::QueryEncoding],
            ),
            (
                "https://h/a?debug",
                "https://h/a?debug=",
                &[Cause::QueryEncoding],
            ),
            (
                "https://h/a?c=%20&b",
                "https://h/a?b&c=+",
                &[Cause::QueryOrder, Cause::QueryEncoding],
            ),
            ("https://h/a?b=1", "https://h/a?b=2", &[Cause::Query]),
            (
                "https://u@h/a#b",
                "https://h/a",
                &[Cause::Credentials, Cause::Fragment],
            ),
        ] {
            let read = |url| UrlText::parse(url).unwrap();
            let found = url_differences(&read(signed), &read(seen));
            let causes: Vec<Cause> = found.iter().map(|finding| finding.cause).collect();
            assert_eq!(causes, expected, "{signed} {seen}");
        }
    }

    #[test]
    fn credentials_that_differ_in_escapes_are_not_called_absent() {
        let found = credentials_difference(Some("u:p%21x"), Some("u:p!x"));
        assert!(found.phrase().contains("escaped otherwise"));
        assert!(
            credentials_difference(Some("u:p"), None)
                .phrase()
                .contains("does not carry")
        );
    }
}
