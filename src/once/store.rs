use std::{any::Any, fmt, sync::Arc, time::Duration};

use axum::{BoxError, body::Body, response::Response};
use http::Request;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{
    claim_token::ClaimToken,
    deliveries::{Claim, Deliveries, ErasedDeliveries},
    events::{log_claim_lost, log_store_failed},
    memory::MemoryDeliveries,
    outage::Outage,
    panics::{catch_panic, message_of},
    received::Received,
    stored_answer::StoredAnswer,
};
use crate::DeliveryId;

/// How long a claim outlives the server that made it. Long enough for three renewals to fail, short
/// enough for a retry of SignalWire to find the delivery free.
const LEASE: Duration = Duration::from_secs(10);

const RENEWED_EVERY: Duration = Duration::from_secs(3);

/// When an answer that could not be written is written once more.
const COMPLETED_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How long a copy waits for an answer: SignalWire hangs up after 5 seconds.
pub(super) const WAITING_TIME: Duration = Duration::from_secs(4);

/// The pauses between two looks at a claim of another process.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

/// What this process remembers beside a store that is shared: enough for the retries that come while
/// the store is down.
const BESIDE_SHARED_ENTRIES: u64 = 20_000;
const BESIDE_SHARED_BYTES: u64 = 16 * 1024 * 1024;

/// Where a layer keeps its deliveries.
#[derive(Clone)]
pub(super) struct Store {
    claims: Claims,
    /// Everything, or beside a store that servers share what this process handled: an answer given
    /// again from here costs no call, and can be given while the store is down.
    memory: MemoryDeliveries,
    outage: Arc<Outage>,
}

/// Who may handle a delivery at the same time, and so has to be asked.
#[derive(Clone)]
enum Claims {
    /// Nobody: the memory is this layer's own, and a delivery that is under way is claimed by that.
    Nobody,
    /// Other layers of this process.
    Process,
    /// Other servers.
    Servers(Arc<dyn ErasedDeliveries>),
}

/// How a layer uses its store.
#[derive(Clone, Copy, Debug)]
pub(super) struct StorePolicy {
    pub(super) retention: Duration,
    /// For each call.
    pub(super) deadline: Duration,
    pub(super) refuse_when_unavailable: bool,
}

/// What is to be done with the first copy of a delivery in this process.
pub(super) enum Claimed {
    /// Its handler is to run.
    Here(HeldClaim),
    /// It was handled.
    Before(StoredAnswer),
    /// Another process has been handling it for as long as a copy waits.
    Elsewhere,
    /// Nobody knows, and it is not to be handled then. The claim may have been granted, unheard.
    Unavailable(HeldClaim),
}

impl Store {
    pub(super) fn of_one_layer() -> Self {
        Self::with(Claims::Nobody, MemoryDeliveries::new())
    }

    pub(super) fn new<D: Deliveries>(deliveries: D) -> Self {
        match (&deliveries as &dyn Any).downcast_ref::<MemoryDeliveries>() {
            Some(memory) => Self::with(Claims::Process, memory.clone()),
            None => Self::with(
                Claims::Servers(Arc::new(deliveries)),
                MemoryDeliveries::bounded(BESIDE_SHARED_ENTRIES, BESIDE_SHARED_BYTES),
            ),
        }
    }

    fn with(claims: Claims, memory: MemoryDeliveries) -> Self {
        Self {
            claims,
            memory,
            outage: Arc::default(),
        }
    }

    /// Claims the delivery, and where another process holds it waits for that to end.
    pub(super) async fn claim(&self, policy: StorePolicy, delivery: DeliveryId) -> Claimed {
        let claim = HeldClaim {
            store: self.clone(),
            policy,
            delivery,
            token: self.token(),
        };
        let latest = Instant::now() + WAITING_TIME;
        let mut pause = FIRST_PAUSE;
        let mut is_held_elsewhere = false;
        loop {
            match self.ask(&claim).await {
                Ok(Claim::Granted) => return Claimed::Here(claim),
                Ok(Claim::Answered(answer)) => return Claimed::Before(answer),
                Ok(Claim::Held) => is_held_elsewhere = true,
                // It is being handled, as far as anybody knows.
                Err(Unanswered) if is_held_elsewhere => return Claimed::Elsewhere,
                Err(Unanswered) => return claim.unconfirmed(),
            }
            if Instant::now() >= latest {
                return Claimed::Elsewhere;
            }
            sleep_until(latest.min(Instant::now() + pause)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// The answer that this process has for a copy of a delivery.
    pub(super) async fn remembered(
        &self,
        delivery: DeliveryId,
        request: &mut Request<Body>,
    ) -> Result<Option<StoredAnswer>, Response> {
        Ok(match self.memory.answer_and_receiver(delivery) {
            Some((_, Some(id))) if id != Received::of(request).await?.id() => None,
            kept => kept.map(|(answer, _)| answer),
        })
    }

    /// The answer that this process has for a copy that was received like this.
    pub(super) fn answer_to(
        &self,
        delivery: DeliveryId,
        received: DeliveryId,
    ) -> Option<StoredAnswer> {
        let (answer, only_for) = self.memory.answer_and_receiver(delivery)?;
        only_for.is_none_or(|id| id == received).then_some(answer)
    }

    fn token(&self) -> ClaimToken {
        match self.claims {
            Claims::Servers(_) => ClaimToken::random(),
            Claims::Nobody | Claims::Process => ClaimToken::of_this_process(),
        }
    }

    async fn ask(&self, claim: &HeldClaim) -> Result<Claim, Unanswered> {
        let HeldClaim {
            delivery, token, ..
        } = *claim;
        match &self.claims {
            Claims::Nobody => Ok(Claim::Granted),
            Claims::Process => Ok(self.memory.try_claim(delivery, token, LEASE)),
            Claims::Servers(servers) => {
                let call = servers.claim(delivery, token, LEASE);
                claim.within_deadline("claim", call).await
            }
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("is_shared", &matches!(self.claims, Claims::Servers(_)))
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

/// The store failed, panicked or took too long, and it was reported.
struct Unanswered;

/// A delivery that is to be handled here, and by no other process as far as the store knows.
pub(super) struct HeldClaim {
    store: Store,
    policy: StorePolicy,
    delivery: DeliveryId,
    token: ClaimToken,
}

impl HeldClaim {
    /// A claim that may have been granted, unheard.
    fn unconfirmed(self) -> Claimed {
        if self.policy.refuse_when_unavailable {
            Claimed::Unavailable(self)
        } else {
            Claimed::Here(self)
        }
    }

    /// Renews the lease for as long as it is polled.
    pub(super) async fn keep(&self) {
        loop {
            sleep(RENEWED_EVERY).await;
            if !self.renew().await {
                log_claim_lost(self.delivery);
                // Whoever holds it now goes on, and so does the handler here.
                return std::future::pending().await;
            }
        }
    }

    /// Keeps the answer, unless another process took the delivery over.
    pub(super) async fn complete(&self, answer: &StoredAnswer) -> bool {
        let Store { claims, memory, .. } = &self.store;
        let retention = self.policy.retention;
        match claims {
            Claims::Nobody => {
                memory.remember(self.delivery, None, answer, retention);
                true
            }
            Claims::Process => memory.try_complete(self.delivery, self.token, answer, retention),
            Claims::Servers(servers) => {
                memory.remember(self.delivery, None, answer, retention);
                let is_ours = self.complete_among(&**servers, answer).await;
                if !is_ours {
                    memory.forget(self.delivery);
                }
                is_ours
            }
        }
    }

    /// Keeps the answer in this process, for what is received equally, and lets any other copy be handled.
    pub(super) async fn release_answered(&self, received: &Received, answer: &StoredAnswer) {
        let Store { memory, .. } = &self.store;
        memory.remember(self.delivery, Some(received), answer, self.policy.retention);
        self.release().await;
    }

    /// Lets the next copy be handled.
    pub(super) async fn release(&self) {
        match &self.store.claims {
            Claims::Nobody => {}
            Claims::Process => self.store.memory.try_release(self.delivery, self.token),
            Claims::Servers(servers) => {
                let call = servers.release(self.delivery, self.token);
                // Where it fails the lease runs out.
                let _ = self.within_deadline("release", call).await;
            }
        }
    }

    /// Where nobody can tell, the claim counts as held.
    async fn renew(&self) -> bool {
        match &self.store.claims {
            Claims::Nobody => true,
            Claims::Process => self
                .store
                .memory
                .try_renew(self.delivery, self.token, LEASE),
            Claims::Servers(servers) => {
                let call = servers.renew(self.delivery, self.token, LEASE);
                self.within_deadline("renew", call).await.unwrap_or(true)
            }
        }
    }

    async fn complete_among(&self, servers: &dyn ErasedDeliveries, answer: &StoredAnswer) -> bool {
        let mut completed = self.try_complete(servers, answer).await;
        if completed.is_err() {
            sleep(COMPLETED_AGAIN_AFTER).await;
            completed = self.try_complete(servers, answer).await;
        }
        // Where nobody can tell, this process goes on with what it has.
        completed.unwrap_or(true)
    }

    async fn try_complete(
        &self,
        servers: &dyn ErasedDeliveries,
        answer: &StoredAnswer,
    ) -> Result<bool, Unanswered> {
        let call = servers.complete(self.delivery, self.token, answer, self.policy.retention);
        self.within_deadline("complete", call).await
    }

    async fn within_deadline<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<T, Unanswered> {
        let error = match timeout(self.policy.deadline, catch_panic(call)).await {
            Ok(Ok(Ok(done))) => return Ok(done),
            Ok(Ok(Err(error))) => error,
            Ok(Err(panic)) => format!("the store panicked: {}", message_of(&panic)).into(),
            Err(_) => format!("no answer within {:?}", self.policy.deadline).into(),
        };
        let refuses = self.policy.refuse_when_unavailable;
        log_store_failed(&self.store.outage, operation, &error, refuses);
        Err(Unanswered)
    }
}
