//! The body: what may have been signed in its place, and what has happened to it since.
//!
//! It must not know URLs or keys.

mod decompression;
mod form;
mod html;
mod json;
pub(super) mod messages;
mod multipart;
mod sources;
pub(super) mod variations;
mod white_space;
mod wrapping;

pub(super) use self::decompression::is_one_member;
