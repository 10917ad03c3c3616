//! Queries whose bytes are escaped otherwise.

use crate::explain::url::escapes::{QUERY_STYLES, Style, decode, hex_in_other_case, toggled};

/// What delimits a query's names and values.
pub(super) const SEPARATORS: &[u8] = b"?&=";

/// The same parameters in the same order.
pub(super) fn encodings(query: &str) -> Vec<(usize, String)> {
    let mut found = vec![
        (1, query.replace('+', "%20")),
        (1, query.replace("%20", "+")),
        (2, hex_in_other_case(query)),
        // A plus sign that was taken for a space.
        (2, query.replace("=%20", "=%2B")),
        (2, query.replace("%25", "%")),
        (2, query.replace('%', "%25")),
        (2, with_equals_signs(query)),
        (2, without_equals_signs(query)),
        (2, without_empty_pairs(query)),
        (2, with_escaped_equals_signs(query)),
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

/// `a=b%3D%3D` for `a=b==`.
fn with_escaped_equals_signs(query: &str) -> String {
    each_pair(query, |pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", value.replace('=', "%3D")),
        None => pair.to_owned(),
    })
}

pub(super) fn each_pair(query: &str, change: impl Fn(&str) -> String) -> String {
    let text = query.trim_start_matches('?');
    let pairs: Vec<String> = text.split('&').map(change).collect();
    format!("?{}", pairs.join("&"))
}

fn without_empty_pairs(query: &str) -> String {
    let text = query.trim_start_matches('?');
    let pairs: Vec<&str> = text.split('&').filter(|pair| !pair.is_empty()).collect();
    format!("?{}", pairs.join("&"))
}
