//! JSON as what parses it and writes it back may have changed it.
//!
//! It is rewritten as it is read, token by token, so that no value of it is ever held: a body of a
//! mebibyte can have half a million values.

mod reader;
mod strings;
mod style;
mod writer;

pub(super) use self::{
    reader::{MAX_DEPTH, Reader, is_json},
    strings::decoded,
    style::{JsonStyle, styles},
    writer::rewrite,
};

/// The text inside a JSON string that is the whole body.
pub(super) fn string_content(text: &str) -> Option<Vec<u8>> {
    let mut reader = Reader::new(text);
    reader.skip_white_space();
    let string = reader.string()?;
    reader.skip_white_space();
    reader.is_at_end().then(|| decoded(string).into_bytes())
}
