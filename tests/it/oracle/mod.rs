//! What others have decided: SignalWire's packages, its guides, and models of our own.

#[cfg(feature = "axum")]
mod express;
mod properties;
mod reference;
mod vectors;
