//! The URL: which ones may have been signed, how they differ from those that the layer tries, and
//! what to configure.
//!
//! It must not know bodies, keys or signatures.

pub(super) mod difference;
mod escapes;
pub(super) mod headers;
pub(super) mod host_kind;
mod hosts;
mod parts;
mod path;
mod punycode;
pub(super) mod query;
pub(super) mod remedy;
pub(super) mod text;
mod userinfo;
pub(super) mod variations;
