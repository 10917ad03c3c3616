//! Each delivery handled once (feature `once`).

mod answers;
mod events;
mod failures;
mod histories;
mod interleavings;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod naming;
mod proof;
mod shutdown;
mod store_down;
mod streaming;
mod support;
mod two_servers;
mod waiting;

#[path = "../support/log.rs"]
#[allow(dead_code, unreachable_pub, reason = "as in `tests/support`")]
mod log;
