//! Each delivery handled once.

mod answers;
mod events;
mod failures;
mod first_copies;
mod histories;
mod interleavings;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod naming;
mod proof;
mod replays;
mod shutdown;
mod store_down;
mod streaming;
mod support;
mod two_servers;
mod waiting;
