use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::BoxError;
use moka::{Expiry, policy::EvictionPolicy, sync::Cache};
use tokio::time::Instant;

use super::{
    claim_token::ClaimToken,
    deliveries::{Claim, Deliveries},
    received::Received,
    stored_answer::{BODY_LIMIT, HEADERS_LIMIT, StoredAnswer},
};
use crate::DeliveryId;

const DEFAULT_ENTRIES: u64 = 100_000;
const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;

/// What an entry takes beside its headers and body, rounded up: `benches/once/src/weight.rs` measures it.
const ENTRY_OVERHEAD: usize = 500;

/// No answer that is kept is longer.
const LARGEST_ENTRY: u64 = (ENTRY_OVERHEAD + BODY_LIMIT + HEADERS_LIMIT) as u64;

/// Beyond this, claims whose lease ran out are swept before another is added.
const SWEPT_FROM: usize = 1024;

/// The deliveries of one process, in its memory: 100,000 of them and 64 MiB at most, unless
/// [`bounded`](Self::bounded) otherwise.
///
/// Where there is no more room, the answers that were not asked for the longest are forgotten, and
/// another copy of theirs is handled again. A delivery that is being handled is never forgotten. A
/// restart forgets everything.
///
/// A clone is the same store.
#[derive(Clone)]
pub struct MemoryDeliveries(Arc<Inner>);

struct Inner {
    claims: Mutex<Claims>,
    answered: Cache<DeliveryId, Answered>,
    bytes: u64,
}

#[derive(Default)]
struct Claims {
    held: HashMap<DeliveryId, Held>,
    swept_from: usize,
}

struct Held {
    token: ClaimToken,
    until: Instant,
}

#[derive(Clone)]
struct Answered {
    answer: StoredAnswer,
    retention: Duration,
    /// The one request that it answers, where it is not for each copy of the delivery.
    only_for: Option<DeliveryId>,
}

impl MemoryDeliveries {
    /// A store of at most 100,000 deliveries and 64 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self::bounded(DEFAULT_ENTRIES, DEFAULT_BYTES)
    }

    /// A store of at most this many deliveries, and this many bytes of answers.
    ///
    /// Choose more than come within the [retention](super::DeliverOnceLayer::retention): what is
    /// forgotten before can be replayed. An answer that would not fit by itself is not kept, and
    /// its copies are answered with 409.
    #[must_use]
    pub fn bounded(entries: u64, bytes: u64) -> Self {
        let entries = entries.max(1);
        // Fewer bytes would keep nothing at all.
        let bytes = bytes
            .max(ENTRY_OVERHEAD as u64)
            .min(entries.saturating_mul(LARGEST_ENTRY));
        let least_weight = bytes.div_ceil(entries);
        let answered = Cache::builder()
            .max_capacity(bytes)
            // One bound for both: no entry weighs less than its share of the bytes.
            .weigher(move |_, answered: &Answered| {
                weight(&answered.answer)
                    .max(least_weight)
                    .try_into()
                    .unwrap_or(u32::MAX)
            })
            // The default, TinyLFU, turns new entries away from a full cache, as if they had not
            // been handled.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(ByRetention)
            .build();
        Self(Arc::new(Inner {
            claims: Mutex::default(),
            answered,
            bytes,
        }))
    }

    pub(super) fn try_claim(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Claim {
        let mut claims = self.claims();
        if claims.is_held_by_another(delivery, token) {
            return Claim::Held;
        }
        if let Some(answer) = self.answer(delivery) {
            return Claim::Answered(answer);
        }
        claims.hold(delivery, token, lease);
        Claim::Granted
    }

    pub(super) fn try_renew(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> bool {
        let mut claims = self.claims();
        let is_free =
            !claims.is_held_by_another(delivery, token) && self.answer(delivery).is_none();
        if is_free {
            claims.hold(delivery, token, lease);
        }
        is_free
    }

    pub(super) fn try_complete(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &StoredAnswer,
        retention: Duration,
    ) -> bool {
        let mut claims = self.claims();
        let now = Instant::now();
        let holder = claims.held.get(&delivery).filter(|held| held.until > now);
        match holder {
            // While it is held nobody else can complete it.
            Some(held) if held.token == token => {}
            Some(_) => return false,
            None => {
                if let Some(kept) = self.answer(delivery) {
                    // The call may be repeated.
                    return kept == self.as_kept(answer);
                }
            }
        }
        claims.held.remove(&delivery);
        self.remember(delivery, None, answer, retention);
        true
    }

    pub(super) fn try_release(&self, delivery: DeliveryId, token: ClaimToken) {
        let mut claims = self.claims();
        if claims.is_held_by(delivery, token) {
            claims.held.remove(&delivery);
        }
    }

    /// The answer that is kept for each copy of a delivery.
    fn answer(&self, delivery: DeliveryId) -> Option<StoredAnswer> {
        let (answer, receiver) = self.answer_and_receiver(delivery)?;
        receiver.is_none().then_some(answer)
    }

    /// The answer that is kept for a delivery, and the one request that it is for, if it is not for each
    /// copy.
    pub(super) fn answer_and_receiver(
        &self,
        delivery: DeliveryId,
    ) -> Option<(StoredAnswer, Option<DeliveryId>)> {
        let answered = self.0.answered.get(&delivery)?;
        Some((answered.answer, answered.only_for))
    }

    pub(super) fn remember(
        &self,
        delivery: DeliveryId,
        only_for: Option<&Received>,
        answer: &StoredAnswer,
        retention: Duration,
    ) {
        let answered = Answered {
            answer: self.as_kept(answer),
            retention,
            only_for: only_for.map(Received::id),
        };
        self.0.answered.insert(delivery, answered);
    }

    /// An answer that is too long for the whole store is kept without its body.
    fn as_kept(&self, answer: &StoredAnswer) -> StoredAnswer {
        if weight(answer) > self.0.bytes {
            StoredAnswer::without_body(answer.status())
        } else {
            answer.clone()
        }
    }

    pub(super) fn forget(&self, delivery: DeliveryId) {
        self.0.answered.invalidate(&delivery);
    }

    /// Nothing panics while they are locked.
    fn claims(&self) -> MutexGuard<'_, Claims> {
        self.0.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claims {
    fn is_held_by(&self, delivery: DeliveryId, token: ClaimToken) -> bool {
        self.held
            .get(&delivery)
            .is_some_and(|held| held.token == token)
    }

    fn is_held_by_another(&self, delivery: DeliveryId, token: ClaimToken) -> bool {
        self.held
            .get(&delivery)
            .is_some_and(|held| held.token != token && held.until > Instant::now())
    }

    fn hold(&mut self, delivery: DeliveryId, token: ClaimToken, lease: Duration) {
        self.sweep();
        let now = Instant::now();
        // A lease that no clock can count is one that never ends.
        let until = now.checked_add(lease).unwrap_or(now + FOREVER);
        self.held.insert(delivery, Held { token, until });
    }

    /// Each claim that was left behind is looked at a bounded number of times.
    fn sweep(&mut self) {
        if self.held.len() < self.swept_from.max(SWEPT_FROM) {
            return;
        }
        let now = Instant::now();
        self.held.retain(|_, held| held.until > now);
        self.swept_from = self.held.len() * 2;
    }
}

const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

fn weight(answer: &StoredAnswer) -> u64 {
    (ENTRY_OVERHEAD + answer.headers_length() + answer.body_length()) as u64
}

/// Each answer is kept for as long as its layer said.
struct ByRetention;

impl Expiry<DeliveryId, Answered> for ByRetention {
    fn expire_after_create(
        &self,
        _: &DeliveryId,
        answered: &Answered,
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(answered.retention)
    }

    /// An answer that is over its time may still be there when the next one comes: what was left of its
    /// time says nothing about that of the next.
    fn expire_after_update(
        &self,
        _: &DeliveryId,
        answered: &Answered,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(answered.retention)
    }
}

impl Default for MemoryDeliveries {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryDeliveries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemoryDeliveries")
            .field("held", &self.claims().held.len())
            .field("answered", &self.0.answered.entry_count())
            .finish_non_exhaustive()
    }
}

impl Deliveries for MemoryDeliveries {
    async fn claim(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Result<Claim, BoxError> {
        Ok(self.try_claim(delivery, token, lease))
    }

    async fn renew(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Result<bool, BoxError> {
        Ok(self.try_renew(delivery, token, lease))
    }

    async fn complete(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &StoredAnswer,
        retention: Duration,
    ) -> Result<bool, BoxError> {
        Ok(self.try_complete(delivery, token, answer, retention))
    }

    async fn release(&self, delivery: DeliveryId, token: ClaimToken) -> Result<(), BoxError> {
        self.try_release(delivery, token);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;

    #[test]
    fn an_answer_after_one_that_is_over_its_time_is_kept_for_its_own() {
        let store = MemoryDeliveries::new();
        let delivery = DeliveryId::of("1");
        let answer = |text: &'static str| {
            StoredAnswer::new(StatusCode::OK, &HeaderMap::new(), Bytes::from(text))
        };
        store.remember(delivery, None, &answer("first"), Duration::ZERO);
        assert_eq!(store.answer(delivery), None);
        store.remember(delivery, None, &answer("second"), Duration::from_secs(60));
        assert_eq!(store.answer(delivery), Some(answer("second")));
    }
}
