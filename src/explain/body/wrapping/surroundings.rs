//! JSON between other text: a line of a log or of an event stream, a call of JSONP, what guards against
//! its inclusion.

use crate::explain::body::json::is_json;

/// No more follows it than what closes a call.
const LONGEST_END: usize = 8;
/// A longer start is not looked through.
const LONGEST_START: usize = 256;

pub(super) fn is_likely(body: &[u8]) -> bool {
    inside(body).is_some()
}

pub(super) fn content(body: &[u8]) -> Option<Vec<u8>> {
    let json = inside(body)?;
    is_json(str::from_utf8(json).ok()?).then(|| json.to_vec())
}

/// From the first brace to the last one.
fn inside(body: &[u8]) -> Option<&[u8]> {
    const QUOTES: &[u8] = b"\"'<";
    let body = body.trim_ascii();
    let start = body.iter().take(LONGEST_START).position(|&b| b == b'{')?;
    let end = body.iter().rposition(|&byte| byte == b'}')?;
    let first = body.first()?;
    let is_other = start > 0 && !QUOTES.contains(first) && !body[..start].contains(&b'=');
    (is_other && start < end && body.len() - end <= LONGEST_END).then(|| &body[start..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_found_between_other_text() {
        for body in [
            "data: {\"a\":1}\n\n",
            "callback({\"a\":1});",
            ")]}',\n{\"a\":1}",
            "2026-11-26 INFO {\"a\":1}",
        ] {
            assert_eq!(content(body.as_bytes()).unwrap(), b"{\"a\":1}", "{body}");
        }
        for body in [
            "{\"a\":1}",
            "payload={\"a\":1}",
            "x {a}",
            "'{\"a\":1}'",
            "x",
        ] {
            assert_eq!(content(body.as_bytes()), None, "{body}");
        }
    }
}
