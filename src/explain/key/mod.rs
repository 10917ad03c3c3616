//! The key: which ones may have been meant by those that are configured.
//!
//! It must not know URLs or bodies, and shows no key.

pub(super) mod candidates;
pub(super) mod correction;
mod texts;
