//! The ways in which a path may have been written when it was signed.

mod encodings;
mod from_query;
mod names;
mod prefixes;
mod segments;

pub(in crate::explain) use self::segments::{merge_slashes, resolve_dots};
pub(super) use self::{
    from_query::add_from_query,
    prefixes::{add_with_prefixes, add_with_usual_prefixes},
};
use crate::explain::ranked::Variations;

/// A longer one is not rewritten: nobody writes it into a dashboard.
pub(super) const MAX_LENGTH: usize = 1024;

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
    encodings::add(paths, rank, path);
    segments::add(paths, rank, path);
    encodings::add_with_other_end(paths, rank, path);
    names::add(paths, rank, path);
}

/// With its last slash, where it has none, and without it.
fn with_other_end(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    }
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
            ("/a%2fb/./~c:é", 4),
            ("/a%2fb//~c:é/", 3),
            ("//a%2fb//~c:é", 3),
            ("/a%2fb///~c:é", 3),
            ("/A%2fb/~c:é", 4),
            ("/a%2fb/~c:é.php", 4),
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
