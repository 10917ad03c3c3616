//! The verdict: what a signature covers, and what it does not.

mod delivery_id;
mod schemes;
mod validate;
mod verifier;
