//! Signing keys: what signs and verifies one message.
//!
//! Answers whether a key made a signature of a message, in constant time. Knows nothing of
//! requests, URLs, headers, or which message ought to be signed.

mod rotating_keys;
mod signing_key;
mod signing_keys;

#[cfg(test)]
pub(crate) use self::signing_key::{BYTES_HASHED, HMACS_COMPUTED};
pub use self::{rotating_keys::RotatingKeys, signing_key::SigningKey, signing_keys::SigningKeys};
