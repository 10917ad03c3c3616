//! Paths whose slashes and dots were normalised.

use std::borrow::Cow;

use super::with_other_end;
use crate::explain::ranked::Variations;

/// More slashes than these are not doubled.
const MAX_SLASHES: usize = 6;

pub(super) fn add(paths: &mut Variations<String>, rank: usize, path: &str) {
    paths.add(rank + 2, merge_slashes(path).into_owned());
    paths.add(rank + 2, resolve_dots(path).into_owned());
    paths.add(rank + 2, without_parameters(path));
    for (index, _) in slashes(path) {
        let doubled = with_inserted(path, &[(index, "/")]);
        paths.add(rank + 3, with_other_end(&doubled));
        paths.add(rank + 2, doubled);
        paths.add(rank + 3, with_inserted(path, &[(index, "//")]));
        paths.add(rank + 4, with_inserted(path, &[(index, "/.")]));
    }
    if let Some((start, last)) = path.rsplit_once('/').filter(|(start, _)| !start.is_empty()) {
        paths.add(rank + 4, format!("{start}\\{last}"));
    }
    paths.add(rank + 3, path.replace('/', "//"));
    paths.add(rank + 3, format!("{}//", path.trim_end_matches('/')));
    paths.add(rank + 4, format!("{}/.", path.trim_end_matches('/')));
    for (first, _) in slashes(path) {
        for (second, _) in slashes(path).filter(|(second, _)| *second > first) {
            paths.add(
                rank + 3,
                with_inserted(path, &[(first, "/"), (second, "/")]),
            );
        }
    }
}

fn slashes(path: &str) -> impl Iterator<Item = (usize, &str)> {
    path.match_indices('/').take(MAX_SLASHES)
}

/// Each text before what stands at its index; the indices ascend.
fn with_inserted(path: &str, inserted: &[(usize, &str)]) -> String {
    let mut rewritten = String::with_capacity(path.len() + 4);
    let mut written = 0;
    for (index, text) in inserted {
        rewritten.push_str(&path[written..*index]);
        rewritten.push_str(text);
        written = *index;
    }
    rewritten.push_str(&path[written..]);
    rewritten
}

/// Without what follows a semicolon in a segment, as `;jsessionid=…`.
fn without_parameters(path: &str) -> String {
    let segments = path.split('/');
    let bare = segments.map(|segment| segment.split(';').next().unwrap_or_default());
    bare.collect::<Vec<_>>().join("/")
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

/// As RFC 3986, section 5.2.4 removes `.` and `..`.
pub(in crate::explain) fn resolve_dots(path: &str) -> Cow<'_, str> {
    if !path.contains("/.") {
        return Cow::Borrowed(path);
    }
    let mut resolved: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        match *segment {
            "." => {}
            ".." => drop(resolved.pop()),
            segment => resolved.push(segment),
        }
        let is_last = index + 1 == segments.len();
        if is_last && [".", ".."].contains(segment) {
            resolved.push("");
        }
    }
    Cow::Owned(format!("/{}", resolved.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_as_the_standard_says() {
        for (path, resolved) in [
            ("/a/b/c/./../../g", "/a/g"),
            ("/a/./b", "/a/b"),
            ("/a/.", "/a/"),
            ("/a/b/..", "/a/"),
            ("/../a", "/a"),
            ("/a//./b", "/a//b"),
            ("/.well-known/a", "/.well-known/a"),
            ("/a", "/a"),
            ("", ""),
        ] {
            assert_eq!(resolve_dots(path), resolved, "{path}");
        }
    }
}
