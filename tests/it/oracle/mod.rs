//! What others have decided: SignalWire's packages, its guides, and models of our own.

#[cfg(feature = "axum")]
mod checks;
#[cfg(feature = "axum")]
mod express;
#[cfg(feature = "axum")]
mod fuzz_corpus;
mod properties;
mod reference;
mod vectors;
