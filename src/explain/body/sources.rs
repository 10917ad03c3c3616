//! What the body that arrived may be a wrapping of.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    charset::{Charset, utf_16_to_utf_8},
    decompression::Compression,
    json,
    white_space::BYTE_ORDER_MARK,
};
use crate::explain::{budget::Budget, cause::Cause};

/// What all unwrapped bodies may hold together, beside as much as the body itself.
const ROOM: usize = 256 * 1024;
/// More are not kept.
const MAX_SOURCES: usize = 8;

/// A body, and what was done to it to make it the one that arrived.
#[derive(Debug)]
pub(in crate::explain) struct Source<'a> {
    pub(in crate::explain) content: Cow<'a, [u8]>,
    pub(in crate::explain) rank: usize,
    pub(in crate::explain) causes: Vec<Cause>,
}

/// The body as it arrived, and what it unwraps to.
pub(super) fn sources<'a>(body: &'a [u8], budget: &mut Budget) -> Vec<Source<'a>> {
    let mut found = vec![Source {
        content: Cow::Borrowed(body),
        rank: 0,
        causes: Vec::new(),
    }];
    let mut room = body.len() + ROOM;
    // What is unwrapped may be wrapped once more: gzip in base64.
    let mut next = 0;
    while next < found.len() && found[next].causes.len() < 2 {
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
    found
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
    let is_known = source.causes.contains(&cause);
    if is_known || content.is_empty() || content.len() > room {
        return None;
    }
    let causes = [&source.causes[..], &[cause]].concat();
    Some(Source {
        content: Cow::Owned(content),
        rank: source.rank + rank,
        causes,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrapping {
    Compression,
    Base64,
    ByteOrderMark,
    JsonString,
    Utf16,
    /// The text was read as one in this character set and written as UTF-8, so that each byte became
    /// a character.
    WrittenFrom(Charset),
    /// The text was written in this character set.
    WrittenIn(Charset),
}

const WRAPPINGS: [Wrapping; 9] = [
    Wrapping::Compression,
    Wrapping::Base64,
    Wrapping::ByteOrderMark,
    Wrapping::JsonString,
    Wrapping::Utf16,
    Wrapping::WrittenIn(Charset::Latin1),
    Wrapping::WrittenIn(Charset::Windows1252),
    Wrapping::WrittenFrom(Charset::Latin1),
    Wrapping::WrittenFrom(Charset::Windows1252),
];

impl Wrapping {
    fn rank_and_cause(self) -> (usize, Cause) {
        match self {
            Self::Compression => (1, Cause::Compressed),
            Self::Base64 => (1, Cause::Base64Body),
            Self::ByteOrderMark => (1, Cause::ByteOrderMark),
            Self::JsonString => (1, Cause::JsonInString),
            Self::Utf16 => (1, Cause::BodyCharset),
            Self::WrittenIn(_) | Self::WrittenFrom(_) => (2, Cause::BodyCharset),
        }
    }

    /// How long the content can be, if the body looks as if it had one.
    fn most(self, body: &[u8], room: usize) -> Option<usize> {
        let length = body.len();
        let is_likely = match self {
            Self::Compression => Compression::of(body).is_some(),
            Self::Base64 => looks_like_base64(body),
            Self::ByteOrderMark => body.starts_with(BYTE_ORDER_MARK),
            Self::JsonString => body.trim_ascii_start().starts_with(b"\""),
            Self::Utf16 => body.contains(&0) || body.starts_with(b"\xff\xfe"),
            Self::WrittenIn(_) => str::from_utf8(body).is_err() && !body.contains(&0),
            Self::WrittenFrom(_) => !body.is_ascii() && str::from_utf8(body).is_ok(),
        };
        let most = match self {
            Self::Compression => room,
            // A character of two bytes for each that is not ASCII; of three for some.
            Self::WrittenIn(_) => length + 2 * body.iter().filter(|byte| !byte.is_ascii()).count(),
            Self::Utf16 => length + length / 2,
            _ => length,
        };
        (is_likely && most <= room).then_some(most)
    }

    fn undo(self, body: &[u8], room: usize) -> Option<Vec<u8>> {
        match self {
            Self::Compression => Compression::of(body)?.decompress(body, room),
            Self::Base64 => STANDARD.decode(body.trim_ascii()).ok(),
            Self::ByteOrderMark => body.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec),
            Self::JsonString => json::string_content(str::from_utf8(body).ok()?),
            Self::Utf16 => utf_16_to_utf_8(body),
            Self::WrittenIn(charset) => Some(charset.decode(body)),
            Self::WrittenFrom(charset) => charset.encode(body),
        }
    }
}

fn looks_like_base64(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    body.len() >= 8
        && body.len().is_multiple_of(4)
        && body
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
}

#[cfg(test)]
mod tests {
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
