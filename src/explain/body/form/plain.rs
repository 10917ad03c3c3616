//! Parameters whose values nothing escaped: a form that was decoded and written anew as it was, one of
//! `text/plain`, and one with semicolons.

use super::Pair;
use crate::form::MAX_PARAMETERS;

/// What may stand between parameters, likeliest first.
const SEPARATORS: [&str; 4] = ["&", "\r\n", "\n", ";"];
/// A longer name is not one of SignalWire's.
const MAX_NAME: usize = 64;

/// The parameters, as they stand; `None` where there are none, or more than the layer reads.
///
/// A separator belongs to a value where no name and equals sign follow it.
pub(in crate::explain::body) fn pairs(body: &[u8]) -> Option<Vec<Pair<'_>>> {
    let text = str::from_utf8(body).ok()?;
    if !is_start(text) {
        return None;
    }
    let starts = |separator: &'static str| {
        let matches = text.match_indices(separator);
        let ends = matches.map(move |(end, _)| (end, end + separator.len()));
        ends.filter(|(_, next)| is_start(&text[*next..]))
    };
    let separator = SEPARATORS
        .into_iter()
        .rev()
        .max_by_key(|separator| starts(separator).count())?;
    let mut found: Vec<Pair<'_>> = Vec::new();
    let mut start = 0;
    for (end, next) in starts(separator).chain([(text.len(), text.len())]) {
        let (name, value) = text[start..end].split_once('=')?;
        found.push((name.as_bytes().into(), value.as_bytes().into()));
        if found.len() > MAX_PARAMETERS {
            return None;
        }
        start = next;
    }
    Some(found)
}

/// Whether a name and an equals sign are there.
fn is_start(text: &str) -> bool {
    let name = text.bytes().take(MAX_NAME).position(|byte| byte == b'=');
    name.is_some_and(|length| {
        length > 0
            && text.as_bytes()[..length]
                .iter()
                .all(u8::is_ascii_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_escaped_is_read_as_it_stands() {
        for body in [
            "From=+1555&Body=Tom & Jerry = 100%; x&To=x",
            "From=+1555\r\nBody=Tom & Jerry = 100%; x\r\nTo=x",
            "From=+1555\nBody=Tom & Jerry = 100%; x\nTo=x",
            "From=+1555;Body=Tom & Jerry = 100%; x;To=x",
        ] {
            let found = pairs(body.as_bytes()).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|(name, value)| [&**name, b":", &**value].concat())
                .collect();
            assert_eq!(
                String::from_utf8(found.join(&b'|')).unwrap(),
                "From:+1555|Body:Tom & Jerry = 100%; x|To:x"
            );
        }
        for body in [&b"{\"a\":1}"[..], b"", b"=a", b"a"] {
            assert_eq!(pairs(body), None);
        }
        let most = "a=1&".repeat(MAX_PARAMETERS + 1);
        assert_eq!(pairs(most.as_bytes()), None);
    }
}
