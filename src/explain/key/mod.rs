//! The keys that may have been meant by the one that is configured.

pub(in crate::explain) mod candidates;
pub(in crate::explain) mod correction;
