use std::{
    collections::{HashMap, hash_map::Entry as Place},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

use super::stored_answer::StoredAnswer;
use crate::DeliveryId;

/// How many copies of one delivery may wait in this process.
const WAITING_LIMIT: usize = 16;

/// The deliveries that this process is busy with: of each the first copy is here to be answered, the
/// others wait for the same ending.
#[derive(Debug, Default)]
pub(super) struct UnderWay {
    deliveries: Mutex<HashMap<DeliveryId, Copies>>,
    idle: Notify,
}

/// The copies of one delivery, the first apart.
#[derive(Debug)]
enum Copies {
    Waiting(Vec<oneshot::Sender<Ending>>),
    /// What is left to do is to write it down.
    Ended(Ending),
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
    Waiting(oneshot::Receiver<Ending>),
    TooLate(Ending),
    /// As many copies as may wait are waiting.
    Crowded,
}

impl UnderWay {
    pub(super) fn arrive(self: &Arc<Self>, delivery: DeliveryId) -> Arrival {
        match self.lock().entry(delivery) {
            Place::Vacant(place) => {
                place.insert(Copies::Waiting(Vec::new()));
                Arrival::First(Entry {
                    under_way: self.clone(),
                    delivery,
                })
            }
            Place::Occupied(mut place) => match place.get_mut() {
                Copies::Ended(ending) => Arrival::TooLate(ending.clone()),
                Copies::Waiting(copies) => wait_among(copies),
            },
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
    fn lock(&self) -> MutexGuard<'_, HashMap<DeliveryId, Copies>> {
        self.deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait_among(copies: &mut Vec<oneshot::Sender<Ending>>) -> Arrival {
    if copies.len() >= WAITING_LIMIT {
        // Those whose client left.
        copies.retain(|copy| !copy.is_closed());
    }
    if copies.len() >= WAITING_LIMIT {
        return Arrival::Crowded;
    }
    let (copy, ending) = oneshot::channel();
    copies.push(copy);
    Arrival::Waiting(ending)
}

/// A delivery is under way for as long as this lives, however its task ends.
pub(super) struct Entry {
    under_way: Arc<UnderWay>,
    delivery: DeliveryId,
}

impl Entry {
    pub(super) fn delivery(&self) -> DeliveryId {
        self.delivery
    }

    /// Tells the copies that wait, and those that come before the entry is dropped.
    pub(super) fn end(&self, ending: &Ending) {
        let ended = Copies::Ended(ending.clone());
        let copies = self.under_way.lock().insert(self.delivery, ended);
        let Some(Copies::Waiting(copies)) = copies else {
            return;
        };
        for copy in copies {
            // Its client may have left.
            let _ = copy.send(ending.clone());
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut deliveries = self.under_way.lock();
        // Copies that wait still, as when the runtime shuts down, are told by that.
        deliveries.remove(&self.delivery);
        if deliveries.is_empty() {
            self.under_way.idle.notify_waiters();
        }
    }
}
