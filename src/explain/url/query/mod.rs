//! The ways in which a query may have been written when it was signed.

mod encodings;
mod orders;
mod structure;

use self::{
    encodings::{SEPARATORS, encodings},
    orders::{orders, without_some},
};
use super::escapes::{hex_in_other_case, toggled, with_one_in_other_case};
use crate::explain::ranked::Variations;

/// A longer one is tried as it is, dropped, and sorted.
pub(super) const MAX_LENGTH: usize = 1024;
/// More pairs than this are not sorted: a query is written by hand in the dashboard.
const MAX_PAIRS: usize = 64;

/// A query, with its question mark, and the ways in which it may have been written.
pub(in crate::explain) fn add_with_rewritings(
    queries: &mut Variations<String>,
    rank: usize,
    query: &str,
) {
    queries.add(rank, query.to_owned());
    let Some(text) = query.strip_prefix('?') else {
        queries.add(rank + 2, "?".to_owned());
        return;
    };
    queries.add(rank + 1, String::new());
    queries.add(rank + 3, "?".to_owned());
    let pairs: Vec<&str> = text.split('&').collect();
    if pairs.len() > MAX_PAIRS || query.len() > MAX_LENGTH {
        return;
    }
    for (added, encoded) in encodings(query) {
        queries.add(rank + added, encoded);
    }
    for (added, parsed) in structure::rewritings(&pairs) {
        queries.add(rank + added, parsed);
    }
    for (added, reduced) in without_some(&pairs) {
        add_encoded(queries, rank + added, &reduced);
        let kept: Vec<&str> = reduced[1..].split('&').collect();
        for (order, ordered) in orders(&kept) {
            queries.add(rank + added + order, ordered);
        }
    }
    for rewritten in with_one_in_other_case(query, SEPARATORS) {
        queries.add(rank + 3, rewritten);
    }
    for (_, rewritten) in toggled(query, SEPARATORS) {
        queries.add(rank + 4, hex_in_other_case(&rewritten));
    }
    for (added, ordered) in orders(&pairs) {
        add_encoded(queries, rank + added, &ordered);
    }
}

/// In each encoding, as long as there is room.
pub(super) fn add_encoded(queries: &mut Variations<String>, rank: usize, query: &str) {
    if queries.is_full() {
        return;
    }
    queries.add(rank, query.to_owned());
    for (added, encoded) in encodings(query) {
        queries.add(rank + added, encoded);
    }
}

/// The same parameters, each order and each encoding by itself.
pub(in crate::explain) fn same_pairs(query: &str) -> Vec<(usize, String)> {
    let pairs: Vec<&str> = query.trim_start_matches('?').split('&').collect();
    let mut found = encodings(query);
    found.extend(orders(&pairs));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(query: &str, signed: &str) -> Option<usize> {
        let mut queries = Variations::at_most(1_000, 1_000_000);
        add_with_rewritings(&mut queries, 0, query);
        let found = queries.iter().find(|ranked| ranked.value == signed);
        found.map(|ranked| ranked.rank)
    }

    #[test]
    fn a_query_is_tried_as_it_is_then_in_likely_ways_then_in_rarer_ones() {
        for (query, signed, expected) in [
            ("?b=1+2&a=%2f%20x", "?b=1+2&a=%2f%20x", 0),
            ("?b=1+2&a=%2f%20x", "", 1),
            ("?b=1+2&a=x", "?b=1%202&a=x", 1),
            ("?b=1%202&a=x", "?b=1+2&a=x", 1),
            ("?b=1&a=2", "?a=2&b=1", 1),
            ("?a=%2f", "?a=%2F", 2),
            ("?a=%2F%20", "?a=/ ", 2),
            ("?a=Sull%27Adda", "?a=Sull'Adda", 2),
            ("?a=sip%3A1001%40192.0.2.9", "?a=sip:1001@192.0.2.9", 2),
            ("?a=sip:1001%40h", "?a=sip:1001@h", 2),
            ("?a=+1555", "?a=%2B1555", 2),
            ("?a=%2B1555", "?a=+1555", 2),
            ("?debug", "?debug=", 2),
            ("?debug=", "?debug", 2),
            ("?a=%2520", "?a=%20", 2),
            ("?a=%20", "?a=%2520", 2),
            ("?a&&b", "?a&b", 2),
            ("?id=5&lang=en&tenant=7", "?lang=en&tenant=7&id=5", 2),
            ("?a=1&b=2&via=p", "?a=1&b=2", 2),
            ("?a=1&x=2&y=3", "?a=1", 3),
            ("?a&b&c&d&e&f&g&via=p", "?a&b&c&d&e&f&g", 2),
            ("?via=p&a&b&c&d&e&f&g", "?a&b&c&d&e&f&g", 2),
            ("?b=1%202&a=x", "?a=x&b=1+2", 2),
            ("?c=x:y&a=1&b=2", "?b=2&c=x%3Ay&a=1", 4),
            ("?a=1&b=2", "?a=1;b=2", 2),
            ("?a=1&b=2&c=3", "?a=1;b=2&c=3", 3),
            ("?a=1;b=2", "?a=1&b=2", 2),
            ("?a=1&amp;b=2", "?a=1&b=2", 2),
            ("?a=1&b=2", "?a=1&amp;b=2", 3),
            ("?a=1,2&b=3", "?a=1&a=2&b=3", 3),
            ("?a%5B0%5D=1&a%5B1%5D=2", "?a[]=1&a[]=2", 3),
            ("?a[]=1&a[]=2", "?a=1&a=2", 3),
            ("?a=1&a=2", "?a[]=1&a[]=2", 3),
            ("?a=1&a=1", "?a=1", 2),
            ("?a=1&b=2&c=3", "?a=1&amp;b=2&c=3", 4),
            ("?a=%20155&b=%7E", "?a=%2B155&b=%7E", 2),
            ("?a=%7E&b=%2B", "?a=%7e&b=%2B", 3),
            ("?a=1", "?a=1&", 4),
            ("?a=1&b=2", "?a=1&&b=2", 4),
            ("?a=b%3D%3D&c=%2B", "?a=b==&c=%2B", 2),
            ("?a=b==&c=%2B", "?a=b%3D%3D&c=%2B", 2),
            ("?a=Sull%27&via=p", "?a=Sull'", 4),
            ("?a=1&b=2&c=3&d=4&e=5", "?e=5&a=1&b=2&c=3&d=4", 3),
            ("?a=1&b=2&c=3&d=4&e=5", "?a=1&d=4&c=3&b=2&e=5", 3),
            ("", "?", 2),
        ] {
            assert_eq!(rank(query, signed), Some(expected), "{query} {signed}");
        }
        assert_eq!(rank("?a=1", "?a=2"), None);
    }

    #[test]
    fn a_long_query_or_one_of_many_pairs_is_not_rewritten() {
        let long = format!("?b={}&a=1", "x".repeat(MAX_LENGTH));
        assert_eq!(rank(&long, &long), Some(0));
        assert_eq!(rank(&long, ""), Some(1));
        assert_eq!(
            rank(&long, &format!("?a=1&{}", &long[1..long.len() - 4])),
            None
        );
        let many = format!("?b{}", "&a".repeat(MAX_PAIRS));
        assert_eq!(rank(&many, &format!("?{}b", "a&".repeat(MAX_PAIRS))), None);
    }
}
