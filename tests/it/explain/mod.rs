//! Why a request was refused, and what to change.

mod broken;
#[cfg(feature = "axum")]
mod deployment;
#[cfg(feature = "axum")]
mod explanations;
