//! Queries whose parameters were decoded, written anew.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The `unreserved` of RFC 3986.
const LEFT_AS_IT_IS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn query_of(pairs: Vec<(Cow<'_, str>, Cow<'_, str>)>) -> String {
    let encode = |text: &str| utf8_percent_encode(text, LEFT_AS_IT_IS).to_string();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{}={}", encode(&name), encode(&value)))
        .collect();
    pairs.join("&")
}
