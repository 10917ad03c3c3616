//! What differs between two queries.

use super::fully_decoded;
use crate::explain::cause::{Cause, Finding};

pub(super) fn query_differences(signed: &str, seen: &str) -> Vec<Finding> {
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
    vec![parsed_otherwise(signed, seen)]
}

/// What takes a query apart by other rules.
fn parsed_otherwise(signed: &str, seen: &str) -> Finding {
    let separated = |query: &str| query.replace("&amp;", "&").replace(';', "&");
    if separated(signed) == separated(seen) {
        return Cause::Query
            .told("the query's separators were changed, as `;` or `&amp;` that became `&`");
    }
    if signed.eq_ignore_ascii_case(seen) {
        return Cause::Query.told("the query's letters are in another case");
    }
    if values(signed) == values(seen) {
        return Cause::Query.told(
            "equal names of the query were joined by commas, numbered, or got or lost brackets",
        );
    }
    Cause::Query.into()
}

/// Each value with its name, which has no brackets; in order.
fn values(query: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for pair in query.trim_start_matches('?').split('&') {
        let decoded = fully_decoded(pair).into_owned();
        let (name, values) = decoded.split_once('=').unwrap_or((&decoded, ""));
        let name = name.split('[').next().unwrap_or_default();
        found.extend(
            values
                .split(',')
                .map(|value| (name.to_owned(), value.to_owned())),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_was_parsed_by_other_rules_is_told_as_such() {
        for (signed, seen, words) in [
            ("?a=1;b=2", "?a=1&b=2", "separators"),
            ("?a=1&amp;b=2", "?a=1&b=2", "separators"),
            ("?Tenant=7", "?tenant=7", "another case"),
            ("?id=1&id=2", "?id=1,2", "joined by commas"),
            ("?id[]=1&id[]=2", "?id%5B0%5D=1&id%5B1%5D=2", "numbered"),
            ("?a=1", "?a=2", "the query differs"),
        ] {
            let found = query_differences(signed, seen);
            assert!(found[0].phrase().contains(words), "{signed}: {found:?}");
            assert_eq!(found[0].cause, Cause::Query);
        }
    }
}
