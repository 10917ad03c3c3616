use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest as _, Sha256};

use super::{path_variations::hex_in_other_case, ranked::Variations};
use crate::signature::encode_hex;

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
pub(super) fn add_with_rewritings(queries: &mut Variations<String>, rank: usize, query: &str) {
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
pub(super) fn add_with_body_digest(queries: &mut Variations<String>, query: &str, body: &[u8]) {
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
