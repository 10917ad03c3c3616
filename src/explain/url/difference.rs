use percent_encoding::percent_decode_str;

use crate::explain::cause::Cause;
use crate::explain::url::path::merge_slashes;
use crate::explain::url::text::UrlText;

/// What differs between the URL that was signed and the one that was seen.
pub(in crate::explain) fn url_differences(signed: &UrlText<'_>, seen: &UrlText<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    let mut note = |differs: bool, cause| {
        if differs {
            causes.push(cause);
        }
    };
    note(
        !signed.scheme.eq_ignore_ascii_case(seen.scheme),
        Cause::Scheme,
    );
    note(!signed.host.eq_ignore_ascii_case(seen.host), Cause::Host);
    let both_default = signed.effective_port() == signed.default_port()
        && seen.effective_port() == seen.default_port();
    note(
        !both_default && signed.effective_port() != seen.effective_port(),
        Cause::Port,
    );
    note(
        signed.userinfo.is_some() && signed.userinfo != seen.userinfo,
        Cause::Credentials,
    );
    note(
        signed.path != seen.path,
        path_difference(signed.path, seen.path),
    );
    note(
        signed.query != seen.query,
        query_difference(signed.query, seen.query),
    );
    note(!signed.fragment.is_empty(), Cause::Fragment);
    causes
}

fn path_difference(signed: &str, seen: &str) -> Cause {
    if signed.trim_end_matches('/') == seen.trim_end_matches('/') {
        Cause::TrailingSlash
    } else if percent_decode_str(signed).eq(percent_decode_str(seen)) {
        Cause::PathEncoding
    } else if merge_slashes(signed) == merge_slashes(seen) {
        Cause::MergedSlashes
    } else if signed.ends_with(seen) || seen.ends_with(signed) {
        Cause::PathPrefix
    } else {
        Cause::Path
    }
}

fn query_difference(signed: &str, seen: &str) -> Cause {
    let signed_pairs = sorted_pairs(signed, str::to_owned);
    let seen_pairs = sorted_pairs(seen, str::to_owned);
    if seen_pairs.is_empty() && !signed_pairs.is_empty() {
        Cause::QueryDropped
    } else if signed_pairs == seen_pairs {
        Cause::QueryOrder
    } else if sorted_pairs(signed, decoded) == sorted_pairs(seen, decoded) {
        Cause::QueryEncoding
    } else {
        Cause::Query
    }
}

fn sorted_pairs(query: &str, read: fn(&str) -> String) -> Vec<String> {
    let mut pairs: Vec<String> = query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(read)
        .collect();
    pairs.sort_unstable();
    pairs
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_has_its_cause() {
        for (signed, seen, expected) in [
            ("https://h/a", "https://h:443/a", &[][..]),
            ("https://h/a", "http://h/a", &[Cause::Scheme]),
            ("https://h/a", "https://i:1/a", &[Cause::Host, Cause::Port]),
            ("HTTPS://H/a", "https://h/a", &[]),
            ("https://h:1/a", "https://h:1/a", &[]),
            ("https://h:1/a", "https://h:2/a", &[Cause::Port]),
            ("https://h:1/a", "https://h/a", &[Cause::Port]),
            ("http://h:443/a", "https://h:443/a", &[Cause::Scheme]),
            ("https://h/a", "https://u@h/a", &[]),
            ("https://u@h/a", "https://u@h/a", &[]),
            ("https://u@h/a", "https://v@h/a", &[Cause::Credentials]),
            ("https://h/a", "https://h/a?b", &[Cause::Query]),
            ("https://h/a?", "https://h/a", &[Cause::QueryOrder]),
            ("https://h/a?b&&c", "https://h/a?b&c", &[Cause::QueryOrder]),
            ("https://h/a", "https://h/a/", &[Cause::TrailingSlash]),
            ("https://h/p/a", "https://h/a", &[Cause::PathPrefix]),
            ("https://h/a", "https://h/p/a", &[Cause::PathPrefix]),
            ("https://h/a%20b", "https://h/a b", &[Cause::PathEncoding]),
            ("https://h//a", "https://h/a", &[Cause::MergedSlashes]),
            ("https://h/a", "https://h/b", &[Cause::Path]),
            ("https://h/a?b", "https://h/a", &[Cause::QueryDropped]),
            ("https://h/a?b&c", "https://h/a?c&b", &[Cause::QueryOrder]),
            (
                "https://h/a?b=%20",
                "https://h/a?b=+",
                &[Cause::QueryEncoding],
            ),
            ("https://h/a?b=1", "https://h/a?b=2", &[Cause::Query]),
            (
                "https://u@h/a#b",
                "https://h/a",
                &[Cause::Credentials, Cause::Fragment],
            ),
        ] {
            let read = |url| UrlText::parse(url).unwrap();
            assert_eq!(
                url_differences(&read(signed), &read(seen)),
                expected,
                "{signed} {seen}"
            );
        }
    }
}
