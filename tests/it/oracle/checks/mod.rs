//! What must hold for every input, whether a fuzzer made it or a test replays it.
#![allow(dead_code, reason = "each fuzz target runs one of the checks")]

#[cfg(feature = "explain")]
pub(crate) mod explanations;
pub(crate) mod form_bodies;
mod input;
mod oracle;
pub(crate) mod public_urls;
mod service;
pub(crate) mod signature_headers;
mod signed;
pub(crate) mod verifier;
pub(crate) mod whole_service;
