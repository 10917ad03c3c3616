//! The ways in which a query may have been written when it was signed.

use super::escapes::{QUERY_STYLES, Style, decode, hex_in_other_case, toggled};
use crate::explain::ranked::Variations;

/// A longer one is tried as it is, dropped, and sorted.
pub(super) const MAX_LENGTH: usize = 1024;
/// More pairs than this are not sorted: a query is written by hand in the dashboard.
const MAX_PAIRS: usize = 64;
/// Of so many every order is tried.
const MAX_PERMUTED: usize = 4;
/// Of so many some may have been added on the way.
const MAX_REDUCED: usize = 6;
/// What delimits a query's names and values.
const SEPARATORS: &[u8] = b"?&=";

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
    for (added, ordered) in orders(&pairs) {
        if queries.is_full() {
            return;
        }
        queries.add(rank + added, ordered.clone());
        for (encoding, encoded) in encodings(&ordered) {
            queries.add(rank + added + encoding, encoded);
        }
    }
    for (added, reduced) in without_some(&pairs) {
        queries.add(rank + added, reduced);
    }
}

/// The same parameters, each order and each encoding by itself.
pub(in crate::explain) fn same_pairs(query: &str) -> Vec<(usize, String)> {
    let pairs: Vec<&str> = query.trim_start_matches('?').split('&').collect();
    let mut found = encodings(query);
    found.extend(orders(&pairs));
    found
}

/// The same parameters in the same order.
fn encodings(query: &str) -> Vec<(usize, String)> {
    let mut found = vec![
        (1, query.replace('+', "%20")),
        (1, query.replace("%20", "+")),
        (2, hex_in_other_case(query)),
        (2, query.replace("%25", "%")),
        (2, query.replace('%', "%25")),
        (2, with_equals_signs(query)),
        (2, without_equals_signs(query)),
        (2, without_empty_pairs(query)),
    ];
    for (number, rewritten) in toggled(query, SEPARATORS) {
        found.push((1 + number.min(2), rewritten));
    }
    for style in QUERY_STYLES {
        found.push((2, restyled(query, style, false)));
        if query.contains('+') {
            found.push((2, restyled(query, style, true)));
        }
    }
    if let Ok(decoded) = str::from_utf8(&decode(query)) {
        found.push((2, decoded.to_owned()));
        found.push((3, decoded.replace('+', " ")));
    }
    found.retain(|(_, rewritten)| rewritten != query);
    found
}

/// Written by another encoder. A plus sign is a space to some, and itself to others.
fn restyled(query: &str, style: Style, keeps_plus: bool) -> String {
    let mut rewritten = String::with_capacity(query.len());
    let write = |text: &str, rewritten: &mut String| {
        if keeps_plus {
            style.encode(&decode(text), rewritten);
        } else {
            style.encode(&decode(&text.replace('+', " ")), rewritten);
        }
    };
    for (index, pair) in query.trim_start_matches('?').split('&').enumerate() {
        rewritten.push(if index == 0 { '?' } else { '&' });
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (pair, None),
        };
        write(name, &mut rewritten);
        if let Some(value) = value {
            rewritten.push('=');
            write(value, &mut rewritten);
        }
    }
    rewritten
}

/// `debug=` for `debug`.
fn with_equals_signs(query: &str) -> String {
    each_pair(query, |pair| {
        if pair.is_empty() || pair.contains('=') {
            pair.to_owned()
        } else {
            format!("{pair}=")
        }
    })
}

/// `debug` for `debug=`.
fn without_equals_signs(query: &str) -> String {
    each_pair(query, |pair| {
        pair.strip_suffix('=').unwrap_or(pair).to_owned()
    })
}

fn each_pair(query: &str, change: impl Fn(&str) -> String) -> String {
    let text = query.trim_start_matches('?');
    let pairs: Vec<String> = text.split('&').map(change).collect();
    format!("?{}", pairs.join("&"))
}

fn without_empty_pairs(query: &str) -> String {
    let text = query.trim_start_matches('?');
    let pairs: Vec<&str> = text.split('&').filter(|pair| !pair.is_empty()).collect();
    format!("?{}", pairs.join("&"))
}

/// The same parameters in other orders: of a few every one, of many those that sorting makes.
fn orders(pairs: &[&str]) -> Vec<(usize, String)> {
    let joined = |pairs: &[&str]| format!("?{}", pairs.join("&"));
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let mut by_name = pairs.to_vec();
    by_name.sort_by_key(|pair| pair.split('=').next());
    let mut found = vec![(1, joined(&sorted)), (1, joined(&by_name))];
    sorted.reverse();
    found.push((2, joined(&sorted)));
    let reversed: Vec<&str> = pairs.iter().rev().copied().collect();
    found.push((2, joined(&reversed)));
    if (2..=MAX_PERMUTED).contains(&pairs.len()) {
        for order in permutations(pairs.len()) {
            let ordered: Vec<&str> = order.iter().map(|&index| pairs[index]).collect();
            found.push((2, joined(&ordered)));
        }
    }
    found.retain(|(_, ordered)| ordered[1..] != pairs.join("&"));
    found
}

fn permutations(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for shorter in permutations(length - 1) {
        for place in (0..length).rev() {
            let mut longer = shorter.clone();
            longer.insert(place, length - 1);
            found.push(longer);
        }
    }
    found
}

/// Without each of a few parameters, and without the last two or three.
fn without_some(pairs: &[&str]) -> Vec<(usize, String)> {
    if !(2..=MAX_REDUCED).contains(&pairs.len()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for without in (0..pairs.len()).rev() {
        let mut rest = pairs.to_vec();
        rest.remove(without);
        found.push((2, format!("?{}", rest.join("&"))));
    }
    for kept in 1..pairs.len() {
        found.push((3, format!("?{}", pairs[..kept].join("&"))));
        found.push((3, format!("?{}", pairs[kept..].join("&"))));
    }
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
            ("?b=1%202&a=x", "?a=x&b=1+2", 2),
            ("?c=x:y&a=1&b=2", "?b=2&c=x%3Ay&a=1", 4),
            ("", "?", 2),
        ] {
            assert_eq!(rank(query, signed), Some(expected), "{query} {signed}");
        }
        assert_eq!(rank("?a=1", "?a=2"), None);
    }

    #[test]
    fn a_long_query_or_one_of_many_pairs_is_not_rewritten() {
        let long = format!("?b={}&a=1", "x".repeat(MAX_LENGTH));
        assert_eq!(rank(&long, &without_equals_signs(&long)), Some(0));
        assert_eq!(rank(&long, ""), Some(1));
        assert_eq!(
            rank(&long, &format!("?a=1&{}", &long[1..long.len() - 4])),
            None
        );
        let many = format!("?b{}", "&a".repeat(MAX_PAIRS));
        assert_eq!(rank(&many, &format!("?{}b", "a&".repeat(MAX_PAIRS))), None);
    }
}
