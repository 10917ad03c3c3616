//! What an attacker tries, and what nobody may see.

mod boundary;
#[cfg(feature = "axum")]
mod concessions;
mod document;
mod equal_names;
#[cfg(feature = "axum")]
mod exact_query;
#[cfg(all(feature = "axum", feature = "explain"))]
mod explaining;
#[cfg(feature = "axum")]
mod headers;
mod hosts;
#[cfg(feature = "axum")]
mod logs;
mod replays;
#[cfg(feature = "axum")]
mod secrets;
mod swallowed_urls;
mod weak_keys;
