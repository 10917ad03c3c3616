//! JSON that holds the body, as the event of a gateway or the message of a queue.

use crate::explain::body::json::{MAX_DEPTH as MAX_JSON_DEPTH, Reader, decoded, looks_sent};

/// The names under which gateways, queues and automations put a body.
const NAMES: [&str; 22] = [
    "body", "Body", "data", "message", "Message", "payload", "event", "detail", "content",
    "rawBody", "raw_body", "text", "request", "json", "form", "params", "fields", "Records",
    "records", "messages", "events", "value",
];
/// Deeper ones are not looked at: `message.data`, of a push.
const MAX_DEPTH: usize = 2;
/// More members are not looked at.
const MAX_MEMBERS: usize = 64;

/// The text of the one of this index.
pub(super) fn content(text: &str, index: usize) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    collect(text, MAX_DEPTH, &mut found);
    if found.is_empty() && !looks_sent(text) {
        found.extend(most_of(text));
    }
    let value = *found.get(index)?;
    Some(if value.starts_with('"') {
        decoded(value).into_bytes()
    } else {
        value.as_bytes().to_vec()
    })
}

/// The values that may be a body: texts that look like one, then objects.
fn collect<'a>(text: &'a str, depth: usize, found: &mut Vec<&'a str>) {
    let mut objects = Vec::new();
    for value in members(text) {
        if value.starts_with('"') && looks_like_body(value) {
            found.push(value);
        } else if value.starts_with('{') {
            objects.push(value);
        } else if value.starts_with('[') {
            objects.extend(members(value));
        }
    }
    for object in &objects {
        if depth > 1 {
            collect(object, depth - 1, found);
        }
    }
    found.extend(objects);
}

/// Under other names, what makes up the most of the text, a member inside a member and so on.
fn most_of(text: &str) -> Option<&str> {
    const MAX_DEPTH: usize = 4;
    let mut inside = text;
    for _ in 0..MAX_DEPTH {
        let mut longest = "";
        visit_members(inside, |_, value| {
            if value.len() > longest.len() {
                longest = value;
            }
        });
        if longest.len() * 2 < text.len() {
            break;
        }
        inside = longest;
        if inside.starts_with('"') {
            return looks_like_body(inside).then_some(inside);
        }
        if looks_sent(inside) {
            return Some(inside);
        }
    }
    None
}

/// In quotes: JSON, a form or base64.
fn looks_like_body(string: &str) -> bool {
    const SHORTEST: usize = 16;
    let inside = string.trim_matches('"').trim_start();
    let is_json = inside.starts_with(['{', '[']);
    let has_form = inside.contains('=');
    let is_base64 = !inside.contains(' ');
    string.len() >= SHORTEST && (is_json || has_form || is_base64)
}

/// The values with one of the names, or the only item of an array.
fn members(text: &str) -> Vec<&str> {
    let mut reader = Reader::new(text);
    reader.skip_white_space();
    if reader.take('[') {
        reader.skip_white_space();
        let only = reader.skip_value(MAX_JSON_DEPTH);
        reader.skip_white_space();
        return only.filter(|_| reader.take(']')).into_iter().collect();
    }
    let mut found = Vec::new();
    visit_members(text, |name, value| {
        if NAMES.contains(&name.trim_matches('"')) {
            found.push(value);
        }
    });
    found
}

/// Of an object, or of the only one of an array.
fn visit_members<'a>(text: &'a str, mut visit: impl FnMut(&'a str, &'a str)) {
    let mut reader = Reader::new(text);
    reader.skip_white_space();
    if reader.take('[') {
        reader.skip_white_space();
    }
    if !reader.take('{') {
        return;
    }
    for _ in 0..MAX_MEMBERS {
        let Some((name, value)) = member(&mut reader) else {
            break;
        };
        visit(name, value);
        reader.skip_white_space();
        if !reader.take(',') {
            break;
        }
    }
}

fn member<'a>(reader: &mut Reader<'a>) -> Option<(&'a str, &'a str)> {
    reader.skip_white_space();
    let name = reader.string()?;
    reader.skip_white_space();
    reader.take(':').then_some(())?;
    reader.skip_white_space();
    let value = reader.skip_value(MAX_JSON_DEPTH)?;
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_found_in_what_holds_it() {
        for (envelope, body) in [
            (
                r#"{"a":1,"body":"{\"from\":\"+1555\"}"}"#,
                r#"{"from":"+1555"}"#,
            ),
            (
                r#"{"message":{"data":"eyJhIjoxfWFiYw=="}}"#,
                "eyJhIjoxfWFiYw==",
            ),
            (
                r#"{"Records":[{"id":1,"body":"From=%2B1555&To=2"}]}"#,
                "From=%2B1555&To=2",
            ),
            (r#"{"event": {"a": 1} }"#, r#"{"a": 1}"#),
            (r#"[ {"a":1} ]"#, r#"{"a":1}"#),
            (
                r#"{"specversion":"1.0","data_base64":"eyJhIjoxfWFiYwabcdefghijklmnopqrstuvwxyz"}"#,
                "eyJhIjoxfWFiYwabcdefghijklmnopqrstuvwxyz",
            ),
            (
                r#"{"variables":{"input":{"call":{"call_id":"1-2-3-4"}}}}"#,
                r#"{"call":{"call_id":"1-2-3-4"}}"#,
            ),
        ] {
            let found = content(envelope, 0).unwrap();
            assert_eq!(String::from_utf8(found).unwrap(), body);
        }
        for text in [
            r#"{"a":{"b":1}}"#,
            r#"{"body":"Hi"}"#,
            "[1,2]",
            "{",
            "[",
            "",
            "{\"body\":",
        ] {
            assert_eq!(content(text, 0), None, "{text}");
        }
    }
}
