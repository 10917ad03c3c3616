use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest as _, Sha256};

use crate::encoding::encode_hex;
use crate::explain::ranked::Variations;
use crate::explain::url::path::hex_in_other_case;

/// The `unreserved` of RFC 3986 stay as they are.
const ENCODED_IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// More pairs than this are not sorted: a query is written by hand in the dashboard.
const MAX_PAIRS: usize = 256;

/// A query, with its question mark, and the ways in which it may have been written when it was
/// signed.
pub(in crate::explain) fn add_with_rewritings(
    queries: &mut Variations<String>,
    rank: usize,
    query: &str,
) {
    queries.add(rank, query.to_owned());
    let Some(pairs) = query.strip_prefix('?') else {
        queries.add(rank + 2, "?".to_owned());
        return;
    };
    queries.add(rank + 1, String::new());
    queries.add(rank + 1, query.replace('+', "%20"));
    queries.add(rank + 1, query.replace("%20", "+"));
    queries.add(rank + 2, hex_in_other_case(query));
    if let Ok(decoded) = percent_decode_str(query).decode_utf8() {
        queries.add(rank + 2, decoded.into_owned());
    }
    let pairs: Vec<&str> = pairs.split('&').collect();
    if pairs.len() > MAX_PAIRS {
        return;
    }
    let joined = |pairs: &[&str]| format!("?{}", pairs.join("&"));
    let encoded: Vec<String> = pairs.iter().map(|pair| encode(pair)).collect();
    queries.add(rank + 2, format!("?{}", encoded.join("&")));
    let mut reordered = pairs.clone();
    reordered.sort_unstable();
    queries.add(rank + 1, joined(&reordered));
    reordered.reverse();
    queries.add(rank + 2, joined(&reordered));
    reordered.clone_from(&pairs);
    reordered.reverse();
    queries.add(rank + 2, joined(&reordered));
    if (2..=4).contains(&pairs.len()) {
        for without in 0..pairs.len() {
            reordered.clone_from(&pairs);
            reordered.remove(without);
            queries.add(rank + 2, joined(&reordered));
        }
    }
    queries.add(
        rank + 2,
        joined(
            &pairs
                .into_iter()
                .filter(|pair| !pair.is_empty())
                .collect::<Vec<_>>(),
        ),
    );
}

/// The query that SignalWire adds to a cXML request whose body is no form, where a proxy dropped
/// it.
pub(in crate::explain) fn add_with_body_digest(
    queries: &mut Variations<String>,
    query: &str,
    body: &[u8],
) {
    if !body.is_empty() && !query.contains("bodySHA256=") {
        let separator = if query.is_empty() { '?' } else { '&' };
        let digest = encode_hex(&Sha256::digest(body));
        queries.add(1, format!("{query}{separator}bodySHA256={digest}"));
    }
}

fn encode(pair: &str) -> String {
    let encode = |text: &str| {
        let decoded: Vec<u8> = percent_decode_str(&text.replace('+', " ")).collect();
        percent_encode(&decoded, ENCODED_IN_QUERY).to_string()
    };
    match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", encode(name), encode(value)),
        None => encode(pair),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritings(query: &str) -> Vec<(usize, String)> {
        let mut queries = Variations::at_most(100);
        add_with_rewritings(&mut queries, 0, query);
        let found = queries.iter();
        found
            .map(|query| (query.rank, query.value.clone()))
            .collect()
    }

    #[test]
    fn a_query_is_tried_as_it_is_then_dropped_sorted_or_with_other_spaces_then_in_rarer_ways() {
        let mut found = rewritings("?b=1+2&a=%2f%20x&&c=3");
        found.sort();
        let mut expected = vec![
            (0, "?b=1+2&a=%2f%20x&&c=3"),
            (1, ""),
            (1, "?b=1%202&a=%2f%20x&&c=3"),
            (1, "?b=1+2&a=%2f+x&&c=3"),
            (1, "?&a=%2f%20x&b=1+2&c=3"),
            (2, "?b=1+2&a=%2F%20x&&c=3"),
            (2, "?b=1+2&a=/ x&&c=3"),
            (2, "?b=1%202&a=%2F%20x&&c=3"),
            (2, "?c=3&b=1+2&a=%2f%20x&"),
            (2, "?c=3&&a=%2f%20x&b=1+2"),
            (2, "?a=%2f%20x&&c=3"),
            (2, "?b=1+2&&c=3"),
            (2, "?b=1+2&a=%2f%20x&c=3"),
            (2, "?b=1+2&a=%2f%20x&"),
        ]
        .into_iter()
        .map(|(rank, query)| (rank, query.to_owned()))
        .collect::<Vec<_>>();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_query_that_is_absent_may_have_been_a_question_mark() {
        assert_eq!(rewritings(""), [(0, String::new()), (2, "?".to_owned())]);
    }

    #[test]
    fn of_many_pairs_none_is_left_out_but_an_empty_one() {
        let found = rewritings("?a&&b&c&d");
        assert!(found.contains(&(2, "?a&b&c&d".to_owned())));
        assert!(!found.contains(&(2, "?a&&b&c".to_owned())));
    }

    #[test]
    fn two_hundred_and_fifty_six_pairs_are_sorted_and_one_more_is_not() {
        for (pairs, is_sorted) in [(256, true), (257, false)] {
            let query = format!("?b{}", "&a".repeat(pairs - 1));
            let sorted = format!("?{}b", "a&".repeat(pairs - 1));
            assert_eq!(rewritings(&query).contains(&(1, sorted)), is_sorted);
        }
    }

    #[test]
    fn a_digest_is_added_where_a_body_has_none() {
        // printf %s '{}' | sha256sum
        let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        for (query, body, added) in [
            ("", "{}", Some(format!("?bodySHA256={digest}"))),
            ("?a=b", "{}", Some(format!("?a=b&bodySHA256={digest}"))),
            ("?bodySHA256=1", "{}", None),
            ("", "", None),
        ] {
            let mut queries = Variations::at_most(100);
            add_with_body_digest(&mut queries, query, body.as_bytes());
            let found: Vec<_> = queries.iter().collect();
            assert_eq!(found.first().map(|found| found.value.clone()), added);
            assert!(found.iter().all(|found| found.rank == 1));
        }
    }
}
