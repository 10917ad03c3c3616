//! The ways in which a path may have been written when it was signed.

use std::borrow::Cow;

use super::escapes::{PATH_STYLES, decode, hex_in_other_case, toggled};
use crate::explain::ranked::Variations;

/// A longer one is not rewritten: nobody writes it into a dashboard.
pub(super) const MAX_LENGTH: usize = 1024;

/// Below these, applications are often mounted; the likeliest first.
const USUAL_PREFIXES: [&str; 20] = [
    "/hooks",
    "/api",
    "/webhooks",
    "/webhook",
    "/signalwire",
    "/hook",
    "/v1",
    "/app",
    "/public",
    "/prod",
    "/api/v1",
    "/callbacks",
    "/callback",
    "/backend",
    "/service",
    "/stage",
    "/dev",
    "/default",
    "/twilio",
    "/proxy",
];

/// More slashes than these are not doubled.
const MAX_SEGMENTS: usize = 6;

/// The path as it is, and as hops are known to change it.
pub(in crate::explain) fn add_with_rewritings(
    paths: &mut Variations<String>,
    rank: usize,
    path: &str,
) {
    paths.add(rank, path.to_owned());
    if path.len() > MAX_LENGTH {
        return;
    }
    paths.add(rank + 1, with_other_end(path));
    paths.add(rank + 2, merge_slashes(path).into_owned());
    add_encodings(paths, rank, path);
    add_slashes(paths, rank, path);
    add_end_and_encoding(paths, rank, path);
}

/// With its last slash, where it has none, and without it.
fn with_other_end(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    }
}

fn add_encodings(paths: &mut Variations<String>, rank: usize, path: &str) {
    for (number, rewritten) in toggled(path, b"/") {
        paths.add(rank + 1 + number.min(2), rewritten);
    }
    let decoded = decode(path);
    if let Ok(decoded) = str::from_utf8(&decoded) {
        paths.add(rank + 2, decoded.to_owned());
    }
    for style in PATH_STYLES {
        let mut encoded = String::with_capacity(path.len());
        style.encode(&decoded, &mut encoded);
        paths.add(rank + 2, encoded);
    }
    // An escape that was decoded once too often, or escaped once too often.
    paths.add(rank + 2, path.replace('%', "%25"));
    paths.add(rank + 2, path.replace("%25", "%"));
    paths.add(rank + 2, hex_in_other_case(path));
}

fn add_slashes(paths: &mut Variations<String>, rank: usize, path: &str) {
    for (index, _) in path.match_indices('/').take(MAX_SEGMENTS) {
        paths.add(rank + 2, format!("{}/{}", &path[..index], &path[index..]));
    }
    paths.add(rank + 3, path.replace('/', "//"));
    for (index, _) in path.match_indices('/').skip(1).take(MAX_SEGMENTS) {
        paths.add(
            rank + 3,
            format!("{}%2F{}", &path[..index], &path[index + 1..]),
        );
    }
}

fn add_end_and_encoding(paths: &mut Variations<String>, rank: usize, path: &str) {
    let other_end = with_other_end(path);
    paths.add(rank + 3, merge_slashes(&other_end).into_owned());
    for (number, rewritten) in toggled(&other_end, b"/") {
        paths.add(rank + 2 + number.min(2), rewritten);
    }
    paths.add(rank + 3, hex_in_other_case(&other_end));
}

/// The path after each prefix that something names, and without each: what a proxy takes away or
/// puts before it.
pub(in crate::explain) fn add_with_prefixes<'p>(
    paths: &mut Variations<String>,
    path: &str,
    named: impl Iterator<Item = &'p str>,
) {
    for prefix in named {
        let prefix = prefix.trim_matches('/');
        if prefix.is_empty() || prefix.len() > MAX_LENGTH {
            continue;
        }
        add_after_prefix(paths, 1, path, &format!("/{prefix}"));
        if let Some(rest) = path.strip_prefix(&format!("/{prefix}")) {
            paths.add(1, rest.to_owned());
        }
    }
}

fn add_after_prefix(paths: &mut Variations<String>, rank: usize, path: &str, prefix: &str) {
    let whole = format!("{prefix}{path}");
    // What takes `/hooks` away leaves `/` of it, and what takes `/hooks/` away may leave two slashes.
    if path == "/" {
        paths.add(rank, prefix.to_owned());
    }
    let merged = merge_slashes(&whole).into_owned();
    paths.add(rank, whole);
    paths.add(rank + 1, merged.clone());
    paths.add(rank + 1, with_other_end(&merged));
}

/// The path after what applications are often mounted below, and without its first segments, which
/// a proxy may have put there.
pub(in crate::explain) fn add_with_usual_prefixes(paths: &mut Variations<String>, path: &str) {
    if path.len() > MAX_LENGTH {
        return;
    }
    let mut rest = path;
    for number in 0..2 {
        let Some(slash) = rest.get(1..).and_then(|rest| rest.find('/')) else {
            break;
        };
        rest = &rest[slash + 1..];
        paths.add(2 + number, rest.to_owned());
    }
    if path.matches('/').count() == 1 && path.len() > 1 {
        paths.add(3, "/".to_owned());
        paths.add(3, String::new());
    }
    for prefix in USUAL_PREFIXES {
        add_after_prefix(paths, 3, path, prefix);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(fill: impl FnOnce(&mut Variations<String>)) -> Variations<String> {
        let mut paths = Variations::at_most(200, 100_000);
        fill(&mut paths);
        paths
    }

    fn rank(paths: &Variations<String>, path: &str) -> Option<usize> {
        let found = paths.iter().find(|ranked| ranked.value == path);
        found.map(|ranked| ranked.rank)
    }

    #[test]
    fn a_path_is_tried_as_it_is_then_with_its_last_slash_then_in_rarer_ways() {
        let found = paths(|paths| add_with_rewritings(paths, 0, "/a%2fb/~c:é"));
        for (path, expected) in [
            ("/a%2fb/~c:é", 0),
            ("/a%2fb/~c:é/", 1),
            ("/a/b/~c:é", 2),
            ("/a%2fb/%7Ec:é", 2),
            ("/a/b/~c:%C3%A9", 2),
            ("/a%252fb/~c:é", 2),
            ("//a%2fb/~c:é", 2),
            ("/a%2fb//~c:é", 2),
            ("/a%2Fb/~c:é", 2),
            ("/a/b/%7Ec:é", 3),
            ("/a%2fb/%7Ec:é/", 3),
        ] {
            assert_eq!(rank(&found, path), Some(expected), "{path}");
        }
        let merged = paths(|paths| add_with_rewritings(paths, 0, "/a//b/"));
        assert_eq!(rank(&merged, "/a/b/"), Some(2));
        assert_eq!(rank(&merged, "/a/b"), Some(3));
    }

    #[test]
    fn a_long_path_is_not_rewritten() {
        let long = "/~".repeat(MAX_LENGTH);
        assert_eq!(paths(|paths| add_with_rewritings(paths, 0, &long)).len(), 1);
    }

    #[test]
    fn a_prefix_is_put_before_the_path_and_taken_from_it() {
        let named = ["/hooks/", "app", "/v1", ""];
        let found = paths(|paths| add_with_prefixes(paths, "/app/sms", named.into_iter()));
        for (path, expected) in [
            ("/hooks/app/sms", Some(1)),
            ("/hooks/app/sms/", Some(2)),
            ("/sms", Some(1)),
            ("/v1/app/sms", Some(1)),
        ] {
            assert_eq!(rank(&found, path), expected, "{path}");
        }
        let root = paths(|paths| add_with_prefixes(paths, "/", ["/hooks"].into_iter()));
        assert_eq!(rank(&root, "/hooks"), Some(1));
        assert_eq!(rank(&root, "/hooks/"), Some(1));
        let slash = paths(|paths| add_with_prefixes(paths, "//sms", ["/hooks"].into_iter()));
        assert_eq!(rank(&slash, "/hooks/sms"), Some(2));
    }

    #[test]
    fn usual_prefixes_and_the_path_without_its_first_segment_are_tried() {
        let found = paths(|paths| add_with_usual_prefixes(paths, "/internal/app/sms"));
        assert_eq!(rank(&found, "/app/sms"), Some(2));
        assert_eq!(rank(&found, "/sms"), Some(3));
        assert_eq!(rank(&found, "/hooks/internal/app/sms"), Some(3));
        let root = paths(|paths| add_with_usual_prefixes(paths, "/"));
        assert_eq!(rank(&root, "/hooks"), Some(3));
    }
}
