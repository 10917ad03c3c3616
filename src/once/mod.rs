//! Each delivery handled once (feature `once`): was this verified request handled before, and what
//! was its answer?
//!
//! It knows a request by its [`VerifiedWebhook`](crate::VerifiedWebhook) alone, and must not know how
//! that came about: neither signatures nor keys nor URLs.
//!
//! The way of a request: [`DeliverOnceLayer`] makes a service, which gives the request the name of its
//! delivery (`identity`), finds out whether this process is busy with that (`under_way`), and if not
//! claims it in the store (`store`), runs the handler (`first_copy`, `handling`) and keeps the answer
//! ([`StoredAnswer`]). [`Deliveries`] is what a store is, [`MemoryDeliveries`] and `RedisDeliveries`
//! are two.

mod claim_token;
mod deliveries;
mod detached;
mod encoding;
mod events;
mod first_copy;
mod handling;
mod identity;
mod layer;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod outage;
mod panics;
mod passing_body;
mod received;
#[cfg(feature = "redis")]
mod redis;
mod responses;
mod running;
mod service;
mod store;
mod stored_answer;
mod under_way;

#[cfg(feature = "redis")]
pub use self::redis::{ConnectError, RedisDeliveries};
pub use self::{
    claim_token::ClaimToken,
    deliveries::{Claim, Deliveries},
    encoding::UnreadableAnswer,
    layer::DeliverOnceLayer,
    memory::MemoryDeliveries,
    running::RunningDeliveries,
    service::DeliverOnce,
    stored_answer::StoredAnswer,
};
