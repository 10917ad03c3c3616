//! What an attacker tries, and what nobody may see.

#[cfg(feature = "axum")]
mod concessions;
mod document;
mod equal_names;
#[cfg(all(feature = "axum", feature = "explain"))]
mod explaining;
mod replays;
#[cfg(feature = "axum")]
mod secrets;
