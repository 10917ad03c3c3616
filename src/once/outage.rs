use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The least time between two events about a store that is down: enough to be seen, too few to
/// flood a log.
const EVENT_INTERVAL: Duration = Duration::from_secs(60);

/// Which failures of the store are worth an event.
#[derive(Debug, Default)]
pub(super) struct Outage(Mutex<Reported>);

#[derive(Debug, Default)]
struct Reported {
    last: Option<Instant>,
    failures_since: u64,
}

impl Outage {
    /// The failures since the last event, this one included, where it is time for another.
    pub(super) fn report(&self) -> Option<u64> {
        let mut reported = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reported.failures_since += 1;
        if reported
            .last
            .is_some_and(|last| last.elapsed() < EVENT_INTERVAL)
        {
            return None;
        }
        reported.last = Some(Instant::now());
        Some(std::mem::take(&mut reported.failures_since))
    }
}
