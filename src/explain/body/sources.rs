//! What the body that arrived may be a wrapping of.

use std::borrow::Cow;

use super::{
    json,
    wrapping::{WRAPPINGS, Wrapping},
};
use crate::explain::{budget::Budget, cause::Cause};

/// What all unwrapped bodies may hold together, beside as much as the body itself.
const ROOM: usize = 256 * 1024;
/// More are not kept.
const MAX_SOURCES: usize = 8;
/// More wrappings are not taken off one after the other.
const MAX_DEPTH: usize = 3;

/// A body, and what was done to it to make it the one that arrived.
#[derive(Debug)]
pub(in crate::explain) struct Source<'a> {
    pub(in crate::explain) content: Cow<'a, [u8]>,
    pub(in crate::explain) rank: usize,
    pub(in crate::explain) causes: Vec<Cause>,
    /// How many wrappings were taken off.
    depth: usize,
}

/// The body as it arrived, and what it unwraps to.
pub(super) fn sources<'a>(body: &'a [u8], budget: &mut Budget) -> Vec<Source<'a>> {
    let mut found = vec![Source {
        content: Cow::Borrowed(body),
        rank: 0,
        causes: Vec::new(),
        depth: 0,
    }];
    let mut room = body.len() + ROOM;
    // What is unwrapped may be wrapped once more: gzip in base64.
    let mut next = 0;
    while next < found.len() && found[next].depth < MAX_DEPTH {
        for wrapping in WRAPPINGS {
            if found.len() == MAX_SOURCES {
                return found;
            }
            if let Some(source) = unwrapped(wrapping, &found[next], room, budget) {
                let is_known = found.iter().any(|known| known.content == source.content);
                if !is_known {
                    room -= source.content.len();
                    found.push(source);
                }
            }
        }
        next += 1;
    }
    prefer_what_looks_sent(&mut found);
    found
}

/// SignalWire sends forms and JSON. Where the body that arrived is neither, and something in it is, this
/// is likelier.
fn prefer_what_looks_sent(found: &mut [Source<'_>]) {
    if looks_sent(&found[0].content) || !found.iter().any(|one| looks_sent(&one.content)) {
        return;
    }
    for source in found {
        if looks_sent(&source.content) {
            source.rank -= 1;
        } else {
            source.rank += 1;
        }
    }
}

/// An object with a key that SignalWire's have, or a form that begins with a name.
fn looks_sent(body: &[u8]) -> bool {
    const LONGEST_NAME: usize = 40;
    let is_name = |name: &[u8]| !name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric);
    let start = &body[..body.len().min(LONGEST_NAME)];
    match start.iter().position(|byte| *byte == b'=') {
        _ if start.trim_ascii_start().starts_with(b"{") => {
            str::from_utf8(body).is_ok_and(json::looks_sent)
        }
        Some(end) => {
            let value = body.get(end + 1);
            is_name(&start[..end]) && value.is_some_and(|first| *first != b'=')
        }
        None => false,
    }
}

fn unwrapped<'a>(
    wrapping: Wrapping,
    source: &Source<'a>,
    room: usize,
    budget: &mut Budget,
) -> Option<Source<'a>> {
    let length = wrapping.most(&source.content, room)?;
    budget.pay_generated(length).ok()?;
    let content = wrapping.undo(&source.content, room)?;
    let (rank, cause) = wrapping.rank_and_cause();
    if content.is_empty() || content.len() > room {
        return None;
    }
    let mut causes = source.causes.clone();
    if !causes.contains(&cause) {
        causes.push(cause);
    }
    Some(Source {
        content: Cow::Owned(content),
        rank: source.rank + rank,
        causes,
        depth: source.depth + 1,
    })
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    use super::*;

    fn causes_of(body: &[u8], signed: &str) -> Option<Vec<Cause>> {
        sources(body, &mut Budget::new())
            .into_iter()
            .find(|source| *source.content == *signed.as_bytes())
            .map(|source| source.causes)
    }

    #[test]
    fn each_wrapping_is_taken_off() {
        let json = r#"{"a":"é"}"#;
        let utf_16: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (arrived, cause) in [
            (STANDARD.encode(json).into_bytes(), Cause::Base64Body),
            (format!("\u{feff}{json}").into_bytes(), Cause::ByteOrderMark),
            (br#""{\"a\":\"\u00e9\"}""#.to_vec(), Cause::JsonInString),
            (utf_16, Cause::BodyCharset),
            (b"{\"a\":\"\xe9\"}".to_vec(), Cause::BodyCharset),
            ("{\"a\":\"Ã©\"}".as_bytes().to_vec(), Cause::BodyCharset),
        ] {
            assert_eq!(causes_of(&arrived, json), Some(vec![cause]), "{cause:?}");
        }
        assert_eq!(causes_of(json.as_bytes(), json), Some(Vec::new()));
    }

    #[test]
    fn what_looks_sent_is_a_form_that_begins_with_a_name_or_json_of_signalwire() {
        let longest = "a".repeat(39);
        for (body, expected) in [
            ("From=1", true),
            (&*format!("{longest}=1"), true),
            (&*format!("{longest}="), false),
            (&*format!("a{longest}=1"), false),
            ("From=", false),
            ("QWJj==", false),
            ("=1", false),
            ("From", false),
            ("", false),
            (r#"{"call":{"call_id":"1"}}"#, true),
            (r#"{"a":1}"#, false),
        ] {
            assert_eq!(looks_sent(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn two_wrappings_are_taken_off() {
        let inner = "{\"a\":1}";
        let marked = format!("\u{feff}{inner}");
        let arrived = STANDARD.encode(marked);
        let both = vec![Cause::Base64Body, Cause::ByteOrderMark];
        assert_eq!(causes_of(arrived.as_bytes(), inner), Some(both));
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        for body in [vec![0xff; 100_000], vec![b'A'; 100_000], vec![0; 100_000]] {
            let found = sources(&body, &mut Budget::new());
            let kept: usize = found
                .iter()
                .skip(1)
                .map(|source| source.content.len())
                .sum();
            assert!(kept <= body.len() + ROOM, "{kept}");
        }
    }
}
