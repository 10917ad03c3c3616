//! JSON as what parses it and writes it back may have changed it.
//!
//! It is rewritten as it is read, token by token, so that no value of it is ever held: a body of a
//! mebibyte can have half a million values.

mod documented;
mod reader;
mod strings;
mod style;
mod writer;

pub(super) use self::{
    documented::looks_sent,
    reader::{MAX_DEPTH, Reader, is_json},
    strings::decoded,
    style::{JsonStyle, styles},
    writer::rewrite,
};

/// The text inside a JSON string that is the whole body, with its quotes or without them.
pub(super) fn string_content(text: &str) -> Option<Vec<u8>> {
    if is_inside_string(text.trim_start().as_bytes()) {
        return Some(decoded(text.trim()).into_bytes());
    }
    let mut reader = Reader::new(text);
    reader.skip_white_space();
    let string = reader.string()?;
    reader.skip_white_space();
    reader.is_at_end().then(|| decoded(string).into_bytes())
}

/// Whether the text is a JSON object as it stands in a JSON string.
pub(super) fn is_inside_string(text: &[u8]) -> bool {
    text.starts_with(b"{\\\"") || text.starts_with(b"[{\\\"")
}
