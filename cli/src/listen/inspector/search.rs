//! Which requests have a text in them, wherever.

use std::sync::Arc;

use percent_encoding::percent_decode;

use super::super::record::{Outcome, Record};

/// The numbers of the requests in which the text stands that the query has, percent-encoded.
/// Upper and lower case count as the same.
pub(super) fn matching(records: &[Arc<Record>], query: &str) -> Vec<u64> {
    let wanted: Vec<u8> = percent_decode(query.as_bytes()).collect();
    let wanted = lower(&wanted);
    records
        .iter()
        .filter(|record| matches(record, &wanted))
        .map(|record| record.number)
        .collect()
}

fn matches(record: &Record, wanted: &[u8]) -> bool {
    let headers = record.head.headers.iter();
    let answer = match &record.outcome {
        Outcome::Answered(answer) => &answer.body[..],
        Outcome::Failed { sentence, .. } => sentence.as_bytes(),
        Outcome::AnsweredHere | Outcome::Refused => b"",
    };
    has(&record.body, wanted)
        || has(&decoded(&record.body), wanted)
        || has(record.head.uri.as_bytes(), wanted)
        || has(&decoded(record.head.uri.as_bytes()), wanted)
        || has(answer, wanted)
        || headers
            .into_iter()
            .any(|(name, value)| has(name.as_bytes(), wanted) || has(value, wanted))
}

/// As a form has it.
fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_decode(&spaced).collect()
}

fn has(text: &[u8], wanted: &[u8]) -> bool {
    let text = lower(text);
    let Some((&first, rest)) = wanted.split_first() else {
        return true;
    };
    let mut from = 0;
    while let Some(found) = text[from..].iter().position(|&byte| byte == first) {
        from += found + 1;
        if text[from..].starts_with(rest) {
            return true;
        }
    }
    false
}

fn lower(text: &[u8]) -> Vec<u8> {
    match str::from_utf8(text) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(_) => text.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands_and_however_it_is_written() {
        for (text, wanted, expected) in [
            ("Body=Hello+World", "hello world", true),
            ("Body=Hello%20World", "hello world", true),
            ("Name=Zo%C3%8B", "zoë", true),
            ("aaab", "aab", true),
            ("aaab", "abb", false),
            ("", "a", false),
            ("a", "", true),
        ] {
            let found = has(&decoded(text.as_bytes()), &lower(wanted.as_bytes()));
            assert_eq!(found, expected, "{text} {wanted}");
        }
    }
}
