//! What differs between two paths.

use super::fully_decoded;
use crate::explain::{
    cause::{Cause, Finding},
    url::path::{merge_slashes, resolve_dots},
};

pub(super) fn path_differences(signed: &str, seen: &str) -> Vec<Finding> {
    let causes = path_causes(signed, seen);
    if !causes.is_empty() {
        return causes.into_iter().map(Finding::from).collect();
    }
    let finding = if signed.eq_ignore_ascii_case(seen) {
        Cause::Path.told("the path's letters are in another case")
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
