//! The URLs that may have been signed, and how they differ from those that were tried.

pub(in crate::explain) mod difference;
pub(in crate::explain) mod headers;
pub(in crate::explain) mod path;
pub(in crate::explain) mod query;
pub(in crate::explain) mod remedy;
pub(in crate::explain) mod text;
pub(in crate::explain) mod variations;
