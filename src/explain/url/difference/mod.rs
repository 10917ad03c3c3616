//! What differs between the URL that was signed and one that the layer tries.

mod path;
mod query;

use std::borrow::Cow;

use self::{path::path_differences, query::query_differences};
use super::{escapes::decode, punycode, text::UrlText};
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
