use std::{
    collections::{HashMap, hash_map::Entry as Place},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};

use super::stored_answer::StoredAnswer;
use crate::DeliveryId;

/// How many copies of one delivery may wait in this process.
const WAITING_LIMIT: usize = 16;

/// The deliveries that this process is busy with: of each the first copy is here to be answered, the
/// others wait for the same ending.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    deliveries: Mutex<HashMap<DeliveryId, watch::Sender<Option<Ending>>>>,
    idle: Notify,
}

/// What the copies that wait are told.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// The delivery was handled.
    Answered(StoredAnswer),
    /// It was not, or not in time.
    TryAgain,
    /// The store cannot tell, and the layer refuses what it cannot tell.
    Unavailable,
}

/// The place of a copy among the others.
pub(super) enum Arrival {
    First(Entry),
    Later(watch::Receiver<Option<Ending>>),
    /// As many copies as may wait are waiting.
    Crowded,
}

impl UnderWay {
    pub(super) fn arrive(self: &Arc<Self>, delivery: DeliveryId) -> Arrival {
        match self.lock().entry(delivery) {
            Place::Vacant(place) => {
                let (ending, _) = watch::channel(None);
                place.insert(ending.clone());
                Arrival::First(Entry {
                    under_way: self.clone(),
                    delivery,
                    ending,
                })
            }
            Place::Occupied(place) => {
                let ending = place.get();
                if ending.receiver_count() < WAITING_LIMIT || ending.borrow().is_some() {
                    Arrival::Later(ending.subscribe())
                } else {
                    Arrival::Crowded
                }
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Until no delivery is under way.
    pub(super) async fn finished(&self) {
        loop {
            let idle = self.idle.notified();
            if self.count() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// Nothing panics while it is locked.
    fn lock(&self) -> MutexGuard<'_, HashMap<DeliveryId, watch::Sender<Option<Ending>>>> {
        self.deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A delivery is under way for as long as this lives, however its task ends.
pub(super) struct Entry {
    under_way: Arc<UnderWay>,
    delivery: DeliveryId,
    ending: watch::Sender<Option<Ending>>,
}

impl Entry {
    pub(super) fn delivery(&self) -> DeliveryId {
        self.delivery
    }

    /// Tells the copies that wait, and those that come before the entry is dropped.
    pub(super) fn end(&self, ending: Ending) {
        self.ending.send_replace(Some(ending));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut deliveries = self.under_way.lock();
        deliveries.remove(&self.delivery);
        if deliveries.is_empty() {
            self.under_way.idle.notify_waiters();
        }
    }
}
