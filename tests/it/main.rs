//! The library as its users see it: public API, real sockets, real programs.
//!
//! The folders are those of `src`, so that a question finds its test where it finds its code;
//! beside them `security` is what an attacker tries, and `oracle` what others have decided.
#![allow(unreachable_pub, reason = "the modules of one test")]

#[cfg(feature = "axum")]
mod documents;
#[cfg(feature = "explain")]
mod explain;
mod form;
mod key;
#[cfg(feature = "axum")]
mod layer;
#[cfg(feature = "once")]
mod once;
mod oracle;
mod security;
mod support;
mod url;
mod verify;
