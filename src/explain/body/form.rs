use std::borrow::Cow;

use crate::explain::body::decompression::decompress;
use crate::explain::body::variations::{with_carriage_returns, with_line_feeds};
use crate::explain::cause::Cause;
use crate::form::{CanonicalForm, MAX_PARAMETERS};

/// Adds to `found` every message that the form may have contributed when it was signed: its rank,
/// what has happened since, and the bytes that follow the URL.
pub(in crate::explain) fn form_variations(body: &[u8]) -> Vec<(usize, Option<Cause>, Vec<u8>)> {
    let mut found: Vec<(usize, Option<Cause>, Vec<u8>)> = Vec::new();
    let mut add = |rank, cause, message: Vec<u8>| {
        if !message.is_empty() && found.iter().all(|(_, _, known)| *known != message) {
            found.push((rank, cause, message));
        }
    };
    let Some(pairs) = pairs(body) else {
        return found;
    };
    if let Ok(form) = CanonicalForm::parse(body) {
        add(0, None, form.into_text());
    }
    for (rank, cause, rewritten) in rewritings(body, &pairs) {
        add(
            rank,
            Some(cause),
            CanonicalForm::from_decoded(rewritten).into_text(),
        );
    }
    for message in unusual_orders(&pairs) {
        add(2, Some(Cause::FormOrder), message);
    }
    found
}

type Pair = (Vec<u8>, Vec<u8>);

fn rewritings(body: &[u8], pairs: &[Pair]) -> Vec<(usize, Cause, Vec<Pair>)> {
    let each = |change: fn(&[u8]) -> Vec<u8>| -> Vec<Pair> {
        let changed = |(name, value): &Pair| (change(name), change(value));
        pairs.iter().map(changed).collect()
    };
    let mut found = vec![
        (1, Cause::LineBreak, trimmed(pairs)),
        (1, Cause::EmptyFormValues, with_values(pairs)),
        (1, Cause::FormEncoding, each(decode_once_more)),
        (1, Cause::FormEncoding, each(with_plus_signs)),
        (2, Cause::LineEndings, each(with_line_feeds)),
        (
            2,
            Cause::LineEndings,
            each(|text| with_carriage_returns(&with_line_feeds(text))),
        ),
        (2, Cause::FormCharset, each(latin_1_to_utf_8)),
        (2, Cause::FormCharset, each(utf_8_to_latin_1)),
        (2, Cause::FormEncoding, undecoded(body)),
    ];
    if let Some(inside) = decompress(body).as_deref().and_then(self::pairs) {
        found.push((1, Cause::Compressed, inside));
    }
    found
}

/// `None` beyond the number of parameters that the layer reads.
fn pairs(body: &[u8]) -> Option<Vec<Pair>> {
    let decode = |text: &[u8]| decode_once_more(text);
    let found: Vec<Pair> = raw_pairs(body)
        .take(MAX_PARAMETERS + 1)
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    (found.len() <= MAX_PARAMETERS).then_some(found)
}

fn raw_pairs(body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    body.split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.iter().position(|&byte| byte == b'=') {
            Some(position) => (&pair[..position], &pair[position + 1..]),
            None => (pair, &[][..]),
        })
}

fn unusual_orders(pairs: &[Pair]) -> Vec<Vec<u8>> {
    let joined = |pairs: &[Pair]| {
        let parts = pairs
            .iter()
            .flat_map(|(name, value)| [&name[..], &value[..]]);
        parts.collect::<Vec<_>>().concat()
    };
    let as_sent = joined(pairs);
    let mut sorted = pairs.to_vec();
    sorted.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let without_case = joined(&sorted);
    sorted.sort();
    vec![as_sent, without_case, joined(&sorted)]
}

fn trimmed(pairs: &[Pair]) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    if let Some((name, value)) = pairs.last_mut() {
        let last = if value.is_empty() { name } else { value };
        last.truncate(last.trim_ascii_end().len());
    }
    pairs
}

fn with_values(pairs: &[Pair]) -> Vec<Pair> {
    let has_value = |(_, value): &&Pair| !value.is_empty();
    pairs.iter().filter(has_value).cloned().collect()
}

fn undecoded(body: &[u8]) -> Vec<Pair> {
    raw_pairs(body)
        .map(|(name, value)| (name.to_vec(), value.to_vec()))
        .collect()
}

fn decode_once_more(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    Cow::from(percent_encoding::percent_decode(&spaced)).into_owned()
}

/// A space that was a plus sign, as in a number's `+1555…` that was not escaped.
fn with_plus_signs(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    if let Some(first) = text.first_mut().filter(|first| **first == b' ') {
        *first = b'+';
    }
    text
}

fn latin_1_to_utf_8(text: &[u8]) -> Vec<u8> {
    text.iter()
        .map(|&byte| char::from(byte))
        .collect::<String>()
        .into_bytes()
}

fn utf_8_to_latin_1(text: &[u8]) -> Vec<u8> {
    let narrow = |text: &str| {
        text.chars()
            .map(|character| u8::try_from(character).ok())
            .collect()
    };
    std::str::from_utf8(text)
        .ok()
        .and_then(narrow)
        .unwrap_or_else(|| text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_on_the_way_is_undone() {
        for (arrived, signed, cause) in [
            ("b=2&a=1", "a1b2", None),
            ("a=1%0A", "a1", Some(Cause::LineBreak)),
            ("a=1\n", "a1", Some(Cause::LineBreak)),
            ("a=1&b=", "a1", Some(Cause::EmptyFormValues)),
            ("a=%252B1", "a+1", Some(Cause::FormEncoding)),
            ("a=+1", "a+1", Some(Cause::FormEncoding)),
            ("a=+1%2B2", "a+1+2", Some(Cause::FormEncoding)),
            ("a=x+%2B2", "ax +2", None),
            ("a=%2B1", "a%2B1", Some(Cause::FormEncoding)),
            ("a=1%0D%0A2", "a1\n2", Some(Cause::LineEndings)),
            ("a=1%0A2", "a1\r\n2", Some(Cause::LineEndings)),
            ("a=%E9", "aé", Some(Cause::FormCharset)),
            ("b=2&a=1", "b2a1", Some(Cause::FormOrder)),
            ("a=1&B=2", "a1B2", Some(Cause::FormOrder)),
        ] {
            let found = form_variations(arrived.as_bytes());
            let found = found
                .iter()
                .find(|(_, _, message)| message == signed.as_bytes());
            let found = found.unwrap_or_else(|| panic!("{signed} is not tried for {arrived}"));
            assert_eq!(found.1, cause, "{arrived}");
        }
    }

    #[test]
    fn text_that_became_utf_8_is_tried_in_latin_1() {
        let found = form_variations(b"a=%C3%A9");
        let before = found.iter().find(|(_, _, message)| message == b"a\xe9");
        assert_eq!(before.unwrap().1, Some(Cause::FormCharset));
    }

    #[test]
    fn a_form_over_the_limit_is_not_tried() {
        assert!(form_variations(b"").is_empty());
        assert!(form_variations("a=1&".repeat(MAX_PARAMETERS + 1).as_bytes()).is_empty());
        assert!(!form_variations("a=1&".repeat(MAX_PARAMETERS).as_bytes()).is_empty());
    }
}
