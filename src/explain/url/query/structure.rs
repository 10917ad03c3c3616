//! Queries that something took apart by other rules than those by which they were put together.

use super::encodings::each_pair;
use crate::explain::{
    charset::Charset,
    url::escapes::{QUERY_STYLES, decode},
};

/// Of more pairs than these not each is written otherwise by itself.
const MAX_PAIRS: usize = 6;

/// What the query may have been, with how unlikely that is.
pub(super) fn rewritings(pairs: &[&str]) -> Vec<(usize, String)> {
    let query = joined(pairs);
    let mut found = separators(&query, pairs);
    found.extend(lists(&query, pairs));
    found.extend(empty_pairs(&query, pairs));
    found.push((
        4,
        each_pair(&query, |pair| with_name(pair, str::to_ascii_lowercase)),
    ));
    found.push((4, each_pair(&query, |pair| with_name(pair, with_capital))));
    // What a person pastes after a URL, and its client removes.
    found.push((4, format!("{query} ")));
    found.push((4, format!("{query}%20")));
    for text in Charset::read_wrongly(&decode(&query[1..])) {
        found.push((4, each_pair_restyled(&text)));
    }
    found.retain(|(_, rewritten)| *rewritten != query);
    found
}

fn joined(pairs: &[&str]) -> String {
    format!("?{}", pairs.join("&"))
}

/// Go, and so Traefik, splits at `&` alone since 1.17, and others at `;` too.
fn separators(query: &str, pairs: &[&str]) -> Vec<(usize, String)> {
    let mut found = vec![
        (2, query.replace('&', ";")),
        (2, query.replace("&amp;", "&")),
        (2, query.replace(';', "&")),
        (3, query.replace('&', "&amp;")),
    ];
    for index in 1..pairs.len().min(MAX_PAIRS) {
        let (start, end) = (&pairs[..index], &pairs[index..]);
        found.push((3, format!("{};{}", joined(start), end.join("&"))));
        found.push((4, format!("{}&amp;{}", joined(start), end.join("&"))));
    }
    found
}

/// Equal names: joined by a comma, numbered, with brackets or without, once.
fn lists(query: &str, pairs: &[&str]) -> Vec<(usize, String)> {
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    let is_repeated = |pair: &str| pairs.iter().filter(|one| name(one) == name(pair)).count() > 1;
    let mut once: Vec<&str> = Vec::new();
    for pair in pairs {
        if !once.contains(pair) {
            once.push(pair);
        }
    }
    let unescaped = query.replace("%5B", "[").replace("%5D", "]");
    let unescaped = unescaped.replace("%5b", "[").replace("%5d", "]");
    let without =
        |brackets: fn(&str) -> String| each_pair(&unescaped, |pair| with_name(pair, brackets));
    vec![
        (2, joined(&once)),
        (3, each_pair(query, split_at_commas)),
        (3, without(|name| without_index(name, "[]"))),
        (4, without(|name| without_index(name, "%5B%5D"))),
        (3, without(|name| without_index(name, ""))),
        (3, without(|name| name.replace("[]", ""))),
        (
            3,
            each_pair(query, |pair| {
                if is_repeated(pair) {
                    with_name(pair, |name| format!("{name}[]"))
                } else {
                    pair.to_owned()
                }
            }),
        ),
    ]
}

fn split_at_commas(pair: &str) -> String {
    let Some((name, values)) = pair.split_once('=') else {
        return pair.to_owned();
    };
    let values = values.replace("%2C", ",").replace("%2c", ",");
    let pairs: Vec<String> = values
        .split(',')
        .map(|value| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// `id[0]` as `id` with these brackets.
fn without_index(name: &str, brackets: &str) -> String {
    let Some((start, index)) = name.split_once('[') else {
        return name.to_owned();
    };
    match index.split_once(']') {
        Some((digits, rest)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{start}{brackets}{rest}")
        }
        _ => name.to_owned(),
    }
}

/// With an `&` that separates nothing, or a second question mark.
fn empty_pairs(query: &str, pairs: &[&str]) -> Vec<(usize, String)> {
    let mut found = vec![
        (4, format!("{query}&")),
        (4, format!("?&{}", &query[1..])),
        (4, format!("?{query}")),
    ];
    for index in 1..pairs.len().min(MAX_PAIRS) {
        found.push((
            4,
            format!("{}&&{}", joined(&pairs[..index]), pairs[index..].join("&")),
        ));
    }
    found
}

fn with_name(pair: &str, change: impl Fn(&str) -> String) -> String {
    match pair.split_once('=') {
        Some((name, value)) => format!("{}={value}", change(name)),
        None => change(pair),
    }
}

fn with_capital(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// A query that was decoded whole.
fn each_pair_restyled(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    each_pair(&format!("?{text}"), |pair| {
        let parts = pair
            .split('=')
            .map(|part| QUERY_STYLES[0].encoded(part.as_bytes()));
        parts.collect::<Vec<_>>().join("=")
    })
}
