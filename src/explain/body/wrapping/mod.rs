//! What gateways, queues, adapters and clients put around a body, and how it is taken off.

mod base64;
mod chunks;
mod envelope;
mod markup;
mod numbers;
mod percent;
mod python;
mod surroundings;

use super::{
    decompression::Compression,
    html, json,
    white_space::{BYTE_ORDER_MARK, without_end},
};
use crate::explain::{
    cause::Cause,
    charset::{Charset, utf_16_to_utf_8},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapping {
    Compression,
    Base64,
    ByteOrderMark,
    JsonString,
    /// The member of a JSON object, or the only item of an array, of this index among those that
    /// may hold a body.
    Envelope(usize),
    /// Percent-encoded as a whole, or as the value of a form's only parameter.
    Percent,
    /// The text of an XML document.
    Markup,
    /// Between other text, as in a line of a log or of an event stream.
    Surroundings,
    /// A form with white space around it.
    Blank,
    /// As a list of its bytes' numbers.
    Numbers,
    /// As Python writes a dictionary.
    PythonDict,
    Chunks,
    /// With HTML's names for characters.
    Html,
    /// `b'…'` or `'…'`.
    Quotes,
    Hex,
    Utf16,
    /// The text was read as one in this character set and written as UTF-8, so that each byte became
    /// a character.
    WrittenFrom(Charset),
    /// The text was written in this character set.
    WrittenIn(Charset),
}

pub(super) const WRAPPINGS: [Wrapping; 21] = [
    Wrapping::Compression,
    Wrapping::Base64,
    Wrapping::ByteOrderMark,
    Wrapping::JsonString,
    Wrapping::Envelope(0),
    Wrapping::Envelope(1),
    Wrapping::Percent,
    Wrapping::Markup,
    Wrapping::Numbers,
    Wrapping::PythonDict,
    Wrapping::Blank,
    Wrapping::Chunks,
    Wrapping::Html,
    Wrapping::Quotes,
    Wrapping::Hex,
    Wrapping::Utf16,
    Wrapping::WrittenIn(Charset::Latin1),
    Wrapping::WrittenIn(Charset::Windows1252),
    Wrapping::WrittenFrom(Charset::Latin1),
    Wrapping::WrittenFrom(Charset::Windows1252),
    // What has a name of its own comes before it.
    Wrapping::Surroundings,
];

impl Wrapping {
    pub(in crate::explain::body) fn rank_and_cause(self) -> (usize, Cause) {
        match self {
            Self::Compression => (1, Cause::Compressed),
            Self::Base64 => (1, Cause::Base64Body),
            Self::ByteOrderMark => (1, Cause::ByteOrderMark),
            Self::JsonString => (1, Cause::JsonInString),
            Self::Envelope(index) => (1 + index, Cause::BodyInEnvelope),
            Self::Percent => (1, Cause::PercentEncodedBody),
            Self::Markup | Self::Surroundings => (1, Cause::BodyInEnvelope),
            Self::Blank => (1, Cause::LineBreak),
            Self::Numbers => (1, Cause::BodyAsNumbers),
            Self::PythonDict => (1, Cause::PythonDict),
            Self::Chunks => (1, Cause::ChunkedBody),
            Self::Html => (1, Cause::HtmlEscapedBody),
            Self::Quotes => (1, Cause::QuotedBody),
            Self::Hex => (1, Cause::HexBody),
            Self::Utf16 => (1, Cause::BodyCharset),
            Self::WrittenIn(_) | Self::WrittenFrom(_) => (2, Cause::BodyCharset),
        }
    }

    /// How long the content can be, if the body looks as if it had one.
    pub(in crate::explain::body) fn most(self, body: &[u8], room: usize) -> Option<usize> {
        let length = body.len();
        let text = without_end(body);
        let is_likely = match self {
            Self::Compression => Compression::of(body).is_some(),
            Self::Base64 => base64::is_likely(text),
            Self::ByteOrderMark => body.starts_with(BYTE_ORDER_MARK),
            Self::JsonString => {
                let start = body.trim_ascii_start();
                start.starts_with(b"\"") || json::is_inside_string(start)
            }
            Self::Envelope(_) => {
                body.trim_ascii_start().starts_with(b"{")
                    || body.trim_ascii_start().starts_with(b"[")
            }
            Self::Percent => percent::is_likely(text),
            Self::Markup => markup::is_likely(body),
            Self::Surroundings => surroundings::is_likely(body),
            Self::Blank => {
                let trimmed = text.trim_ascii_start();
                trimmed.len() < length && trimmed.first().is_some_and(u8::is_ascii_alphabetic)
            }
            Self::Numbers => numbers::is_likely(text),
            Self::PythonDict => python::is_likely(text),
            Self::Chunks => text.ends_with(b"\r\n0"),
            Self::Html => [&b"&quot;"[..], b"&amp;", b"&#34;"]
                .iter()
                .any(|escape| body.windows(escape.len()).any(|window| window == *escape)),
            Self::Quotes => text.ends_with(b"'") || text.starts_with(b"b\""),
            Self::Hex => {
                let digits = without_hex_prefix(text);
                digits.len() >= 8 && digits.iter().all(u8::is_ascii_hexdigit)
            }
            Self::Utf16 => body.contains(&0) || body.starts_with(b"\xff\xfe"),
            Self::WrittenIn(_) => str::from_utf8(body).is_err() && !body.contains(&0),
            Self::WrittenFrom(_) => !body.is_ascii() && str::from_utf8(body).is_ok(),
        };
        let most = match self {
            Self::Compression => room,
            // A character of two bytes for each that is not ASCII; of three for some.
            Self::WrittenIn(_) => length + 2 * body.iter().filter(|byte| !byte.is_ascii()).count(),
            Self::Utf16 => length + length / 2,
            Self::PythonDict => python::most(body),
            _ => length,
        };
        (is_likely && most <= room).then_some(most)
    }

    pub(in crate::explain::body) fn undo(self, body: &[u8], room: usize) -> Option<Vec<u8>> {
        let text = without_end(body);
        match self {
            Self::Compression => Compression::of(body)?.decompress(body, room),
            Self::Base64 => base64::content(text),
            Self::ByteOrderMark => body.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec),
            Self::JsonString => json::string_content(str::from_utf8(body).ok()?),
            Self::Envelope(index) => envelope::content(str::from_utf8(body).ok()?, index),
            Self::Percent => Some(percent::content(text)),
            Self::Markup => markup::content(str::from_utf8(body).ok()?),
            Self::Surroundings => surroundings::content(body),
            Self::Blank => Some(text.trim_ascii_start().to_vec()),
            Self::Numbers => numbers::content(text),
            Self::PythonDict => python::dict(str::from_utf8(text).ok()?),
            Self::Chunks => chunks::content(body),
            Self::Html => str::from_utf8(body).ok().map(html::unescaped_body),
            Self::Quotes => python::quoted(text),
            Self::Hex => hex::decode(without_hex_prefix(text)).ok(),
            Self::Utf16 => utf_16_to_utf_8(body),
            Self::WrittenIn(charset) => Some(charset.decode(body)),
            Self::WrittenFrom(charset) => charset.encode(body),
        }
    }
}

/// `\x` is of `PostgreSQL`, `0x` of most others.
fn without_hex_prefix(text: &[u8]) -> &[u8] {
    let prefix = [&b"\\x"[..], b"0x"]
        .into_iter()
        .find(|prefix| text.starts_with(prefix));
    &text[prefix.map_or(0, <[u8]>::len)..]
}
