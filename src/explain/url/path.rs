use std::borrow::Cow;

use http::HeaderMap;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::explain::ranked::Variations;
use crate::explain::url::headers::values;

/// What a browser escapes in a path (WHATWG URL standard, path percent-encode set).
const ENCODED_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// What some clients escape besides.
const ENCODED_BY_CAREFUL_CLIENTS: &AsciiSet = &ENCODED_IN_PATH
    .add(b'@')
    .add(b':')
    .add(b'+')
    .add(b',')
    .add(b'[')
    .add(b']')
    .add(b'|')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'!')
    .add(b'$')
    .add(b'&')
    .add(b'*')
    .add(b';')
    .add(b'=');

/// Where a proxy that strips a prefix says which.
const PREFIX_HEADERS: [&str; 4] = [
    "x-forwarded-prefix",
    "x-script-name",
    "x-forwarded-path",
    "x-ingress-path",
];

/// A path with the ways in which it may have been written when it was signed.
pub(in crate::explain) fn add_with_rewritings(
    paths: &mut Variations<String>,
    rank: usize,
    path: &str,
) {
    paths.add(rank, path.to_owned());
    let toggled = match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    };
    paths.add(rank + 1, toggled);
    for rewritten in [
        percent_decode_str(path).decode_utf8().ok(),
        Some(utf8_percent_encode(path, ENCODED_IN_PATH).into()),
        Some(utf8_percent_encode(path, ENCODED_BY_CAREFUL_CLIENTS).into()),
        // A path whose escapes were decoded once too often has its percent signs escaped again.
        Some(path.replace('%', "%25").into()),
        Some(merge_slashes(path)),
        Some(format!("/{path}").into()),
        Some(hex_in_other_case(path).into()),
    ]
    .into_iter()
    .flatten()
    {
        paths.add(rank + 2, rewritten.into_owned());
    }
}

/// The path behind each prefix that a header names, and without each that the layer adds.
pub(in crate::explain) fn add_with_prefixes(
    paths: &mut Variations<String>,
    headers: &HeaderMap,
    path: &str,
    known_prefixes: &[&str],
) {
    let named = PREFIX_HEADERS
        .into_iter()
        .flat_map(|name| values(headers, name));
    for prefix in named.chain(known_prefixes.iter().copied()) {
        let prefix = prefix.trim_matches('/');
        if !prefix.is_empty() {
            paths.add(1, format!("/{prefix}{path}"));
            if let Some(rest) = path.strip_prefix(&format!("/{prefix}")) {
                paths.add(1, rest.to_owned());
            }
        }
    }
}

pub(in crate::explain) fn merge_slashes(path: &str) -> Cow<'_, str> {
    if !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let mut merged = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !merged.ends_with('/') {
            merged.push(character);
        }
    }
    Cow::Owned(merged)
}

/// `%2f` for `%2F`, and the other way round.
pub(in crate::explain) fn hex_in_other_case(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut rewritten = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = if piece.is_char_boundary(2) { 2 } else { 0 };
        let (digits, rest) = piece.split_at(digits.min(piece.len()));
        let upper = digits.to_ascii_uppercase();
        rewritten.push('%');
        rewritten.push_str(&if upper == digits {
            digits.to_ascii_lowercase()
        } else {
            upper
        });
        rewritten.push_str(rest);
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_tried_as_it_is_then_with_its_last_slash_then_in_rarer_ways() {
        let mut paths = Variations::at_most(100);
        add_with_rewritings(&mut paths, 0, "/a%2fb//c:é");
        let found: Vec<(usize, &str)> = paths
            .iter()
            .map(|path| (path.rank, path.value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (0, "/a%2fb//c:é"),
                (1, "/a%2fb//c:é/"),
                (2, "/a/b//c:é"),
                (2, "/a%2fb//c:%C3%A9"),
                (2, "/a%2fb//c%3A%C3%A9"),
                (2, "/a%252fb//c:é"),
                (2, "/a%2fb/c:é"),
                (2, "//a%2fb//c:é"),
                (2, "/a%2Fb//c:é"),
            ]
        );
        let mut paths = Variations::at_most(100);
        add_with_rewritings(&mut paths, 0, "/a/");
        assert!(
            paths
                .iter()
                .any(|path| path.rank == 1 && path.value == "/a")
        );
    }

    #[test]
    fn a_prefix_is_put_before_the_path_and_taken_from_it() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-prefix", "/hooks/, /".parse().unwrap());
        headers.insert("x-script-name", "app".parse().unwrap());
        let mut paths = Variations::at_most(100);
        add_with_prefixes(&mut paths, &headers, "/app/sms", &["/v1", ""]);
        let found: Vec<(usize, &str)> = paths
            .iter()
            .map(|path| (path.rank, path.value.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (1, "/hooks/app/sms"),
                (1, "/app/app/sms"),
                (1, "/sms"),
                (1, "/v1/app/sms"),
            ]
        );
    }

    #[test]
    fn slashes_are_merged_and_hex_changes_its_case() {
        assert_eq!(merge_slashes("//a///b/"), "/a/b/");
        assert_eq!(hex_in_other_case("%2Fa%c3%A9%"), "%2fa%C3%a9%");
        assert_eq!(hex_in_other_case("%é%2"), "%é%2");
    }
}
