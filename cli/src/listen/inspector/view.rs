//! What the page is told of a request: a line for the list, and everything for the request that is
//! open.

use std::time::UNIX_EPOCH;

use percent_encoding::percent_decode;
use serde_json::{Value, json};

use super::super::{
    line::milliseconds,
    record::{Headers, Outcome, Record},
};
use crate::explain::explanation_as_json;

/// Longer ones say no more in a list.
const PATH_AT_MOST: usize = 256;

/// More would slow the page. The download has all of it.
const BODY_AT_MOST: usize = 256 * 1024;

/// As many as the library reads.
const PARAMETERS_AT_MOST: usize = 1_000;

pub(super) fn summary(record: &Record) -> Value {
    let verdict = &record.verdict;
    let rejection = verdict.rejection.as_ref();
    let explanation = verdict.explanation.as_ref();
    let path: String = record.head.path().chars().take(PATH_AT_MOST).collect();
    let time = record.head.time.duration_since(UNIX_EPOCH);
    json!({
        "number": record.number,
        "seconds": time.unwrap_or_default().as_secs_f64(),
        "method": record.head.method,
        "path": path,
        "verified": record.is_verified(),
        "scheme": verdict.proof.as_ref().map(|proof| proof.scheme.to_string()),
        "reason": rejection.map(|rejection| format!("{:?}", rejection.reason())),
        "cause": explanation.map(|explanation| format!("{:?}", explanation.cause())),
        "from": record.parties.from,
        "to": record.parties.to,
        "duplicate_of": record.duplicate_of,
        "again_of": record.again_of,
        "status": record.status.as_u16(),
        "outcome": outcome(record),
    })
}

pub(super) fn details(record: &Record, target: Option<&str>) -> Value {
    let verdict = &record.verdict;
    let rejection = verdict.rejection.as_ref();
    let body = &record.body[..record.body.len().min(BODY_AT_MOST)];
    json!({
        "summary": summary(record),
        "target": target,
        "sentence": rejection.map(|rejection| rejection.reason().to_string()),
        "key": verdict.proof.as_ref().map(|proof| &proof.key_id),
        "delivery": verdict.proof.as_ref().map(|proof| proof.delivery.to_string()),
        "url": record.head.uri,
        "tried": record.urls.tried.as_deref().map(without_credentials),
        "signed": record.urls.signed.as_deref().map(without_credentials),
        "explanation": verdict.explanation.as_ref().map(explanation_as_json),
        "parameters": parameters(record),
        "headers": texts(&record.head.headers),
        "body": String::from_utf8_lossy(body),
        "body_length": record.body.len(),
        "body_is_text": str::from_utf8(&record.body).is_ok(),
        "answer": answer(record),
    })
}

fn outcome(record: &Record) -> Value {
    match &record.outcome {
        Outcome::AnsweredHere => json!({ "kind": "here" }),
        Outcome::Refused => json!({ "kind": "refused" }),
        Outcome::Answered(answer) => json!({
            "kind": "answered",
            "status": answer.status.as_u16(),
            "milliseconds": milliseconds(answer.time),
        }),
        Outcome::Failed { sentence, time } => json!({
            "kind": "failed",
            "sentence": sentence,
            "milliseconds": milliseconds(*time),
        }),
    }
}

fn answer(record: &Record) -> Value {
    let Outcome::Answered(answer) = &record.outcome else {
        return Value::Null;
    };
    json!({
        "status": answer.status.to_string(),
        "headers": texts(&answer.headers),
        "body": String::from_utf8_lossy(&answer.body),
        "left_out": answer.length - answer.body.len(),
        "milliseconds": milliseconds(answer.time),
    })
}

/// Those of a form in the canonical order, in which they are signed; those of a query in their own.
fn parameters(record: &Record) -> Value {
    let (text, is_form) = match (is_form(record), record.head.query()) {
        (true, _) if !record.body.is_empty() => (&record.body[..], true),
        (_, Some(query)) if record.body.is_empty() => (query.as_bytes(), false),
        _ => return Value::Null,
    };
    let pairs = text.split(|&byte| byte == b'&').filter(|it| !it.is_empty());
    let number = pairs.clone().count();
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = pairs.take(PARAMETERS_AT_MOST).map(pair).collect();
    if is_form {
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
    let left_out = number - pairs.len();
    let rows: Vec<[String; 2]> = pairs
        .iter()
        .map(|(name, value)| [lossy(name), lossy(value)])
        .collect();
    json!({ "is_form": is_form, "rows": rows, "left_out": left_out })
}

fn pair(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut halves = text.splitn(2, |&byte| byte == b'=');
    let mut half = || {
        let spaced: Vec<u8> = halves
            .next()
            .unwrap_or_default()
            .iter()
            .map(|&byte| if byte == b'+' { b' ' } else { byte })
            .collect();
        percent_decode(&spaced).collect()
    };
    (half(), half())
}

/// As the library has it: what says nothing else is a form.
fn is_form(record: &Record) -> bool {
    let mut headers = record.head.headers.iter();
    let content_type = headers.find(|(name, _)| name == "content-type");
    content_type.is_none_or(|(_, value)| {
        let value = lossy(value).to_ascii_lowercase();
        value.starts_with("application/x-www-form-urlencoded")
    })
}

fn texts(headers: &Headers) -> Vec<[String; 2]> {
    headers
        .iter()
        .map(|(name, value)| [name.clone(), lossy(value)])
        .collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// That there are some is of interest, and not what they are.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}{}", &rest[end..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        for (url, expected) in [
            ("https://u:p@h/a@b", "https://***@h/a@b"),
            ("https://h/a@b", "https://h/a@b"),
            ("https://u@h?a", "https://***@h?a"),
            ("h", "h"),
        ] {
            assert_eq!(without_credentials(url), expected);
        }
    }

    #[test]
    fn a_pair_is_decoded_as_a_form_has_it() {
        let owned = |name: &str, value: &str| (name.into(), value.into());
        for (text, expected) in [
            ("From=%2B1+2", owned("From", "+1 2")),
            ("a=b=c", owned("a", "b=c")),
            ("a", owned("a", "")),
            ("=b", owned("", "b")),
        ] {
            assert_eq!(pair(text.as_bytes()), expected);
        }
    }
}
