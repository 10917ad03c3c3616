//! What may have followed the URL in the signed message, before something changed it.

pub(in crate::explain) mod decompression;
pub(in crate::explain) mod form;
pub(in crate::explain) mod json;
pub(in crate::explain) mod messages;
pub(in crate::explain) mod variations;
