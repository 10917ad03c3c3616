//! The body: what may have been signed in its place, and what has happened to it since.
//!
//! It must not know URLs or keys.

mod charset;
mod decompression;
mod form;
mod json;
pub(super) mod messages;
mod multipart;
mod sources;
pub(super) mod variations;
mod white_space;

pub(super) use self::{charset::utf_16_to_utf_8, decompression::is_one_member};
