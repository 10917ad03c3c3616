use std::{pin::Pin, sync::Arc, time::Duration};

use axum::BoxError;

use super::{claim_token::ClaimToken, stored_answer::StoredAnswer};
use crate::DeliveryId;

/// A store of the deliveries that were handled or are being handled:
/// [`MemoryDeliveries`](super::MemoryDeliveries), [`RedisDeliveries`](super::RedisDeliveries), or
/// one of your own.
///
/// A delivery is unknown, held by the token of one claim, or answered. Each call changes that in
/// one step, whoever else calls at the same time. Each may come twice with the same token, since
/// one whose result was lost is repeated: the second changes nothing, and says the same.
///
/// A hold ends by itself when its lease is over, which is how a delivery becomes free whose server
/// was killed. Whoever finds it free takes it: [`claim`](Self::claim), but also
/// [`renew`](Self::renew) and [`complete`](Self::complete) of an earlier holder, as after a restart
/// that emptied the store.
///
/// The layer calls it with a time limit, and drops the future of a call that takes longer. A call that
/// panics counts as one that failed.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex, time::{Duration, Instant}};
/// use axum::BoxError;
/// use signalwire_webhook::{
///     DeliverOnceLayer, Deliveries, DeliveryId,
///     once::{Claim, ClaimToken, StoredAnswer},
/// };
///
/// /// A table with a row for each delivery. Nothing here takes an old row out.
/// #[derive(Default)]
/// struct Table(Mutex<HashMap<DeliveryId, Row>>);
///
/// enum Row {
///     Held { token: ClaimToken, until: Instant },
///     Answered(Vec<u8>),
/// }
///
/// impl Table {
///     /// Writes the row unless the delivery is answered or held by another token.
///     fn put(&self, delivery: DeliveryId, token: ClaimToken, row: Row) -> bool {
///         let mut rows = self.0.lock().unwrap();
///         let is_free = match rows.get(&delivery) {
///             None => true,
///             Some(Row::Held { token: holder, until }) => *holder == token || *until < Instant::now(),
///             Some(Row::Answered(kept)) => matches!(&row, Row::Answered(new) if new == kept),
///         };
///         if is_free {
///             rows.insert(delivery, row);
///         }
///         is_free
///     }
/// }
///
/// impl Deliveries for Table {
///     async fn claim(
///         &self,
///         delivery: DeliveryId,
///         token: ClaimToken,
///         lease: Duration,
///     ) -> Result<Claim, BoxError> {
///         if self.put(delivery, token, Row::Held { token, until: Instant::now() + lease }) {
///             return Ok(Claim::Granted);
///         }
///         match self.0.lock().unwrap().get(&delivery) {
///             Some(Row::Answered(bytes)) => {
///                 Ok(Claim::Answered(StoredAnswer::from_bytes(bytes.clone())?))
///             }
///             _ => Ok(Claim::Held),
///         }
///     }
///
///     async fn renew(
///         &self,
///         delivery: DeliveryId,
///         token: ClaimToken,
///         lease: Duration,
///     ) -> Result<bool, BoxError> {
///         Ok(self.put(delivery, token, Row::Held { token, until: Instant::now() + lease }))
///     }
///
///     async fn complete(
///         &self,
///         delivery: DeliveryId,
///         token: ClaimToken,
///         answer: &StoredAnswer,
///         _retention: Duration,
///     ) -> Result<bool, BoxError> {
///         Ok(self.put(delivery, token, Row::Answered(answer.to_bytes())))
///     }
///
///     async fn release(&self, delivery: DeliveryId, token: ClaimToken) -> Result<(), BoxError> {
///         let mut rows = self.0.lock().unwrap();
///         if matches!(rows.get(&delivery), Some(Row::Held { token: holder, .. }) if *holder == token) {
///             rows.remove(&delivery);
///         }
///         Ok(())
///     }
/// }
///
/// let layer = DeliverOnceLayer::new(Table::default());
/// ```
pub trait Deliveries: Send + Sync + 'static {
    /// Takes the delivery for `token`, for as long as `lease`, unless it is held or answered.
    ///
    /// # Errors
    ///
    /// Whatever kept the store from answering. The claim may have been granted all the same, so
    /// the layer goes on with its token.
    fn claim(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> impl Future<Output = Result<Claim, BoxError>> + Send;

    /// Lets the hold last for `lease` from now on; `false` where another token holds the delivery,
    /// or it is answered.
    ///
    /// # Errors
    ///
    /// Whatever kept the store from answering.
    fn renew(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> impl Future<Output = Result<bool, BoxError>> + Send;

    /// Ends the hold with an answer, to be kept for `retention`; `false` where another token holds
    /// the delivery, or it is answered.
    ///
    /// # Errors
    ///
    /// Whatever kept the store from answering.
    fn complete(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &StoredAnswer,
        retention: Duration,
    ) -> impl Future<Output = Result<bool, BoxError>> + Send;

    /// Ends the hold without an answer, so that the next copy is handled; nothing where another
    /// token holds the delivery.
    ///
    /// # Errors
    ///
    /// Whatever kept the store from answering.
    fn release(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// What became of a [`claim`](Deliveries::claim).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Claim {
    /// The token holds the delivery now: its handler is to run.
    Granted,
    /// Another token holds it: its handler is running.
    Held,
    /// It was handled, and this was the answer.
    Answered(StoredAnswer),
}

/// A store that several layers share.
impl<D: Deliveries> Deliveries for Arc<D> {
    async fn claim(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Result<Claim, BoxError> {
        (**self).claim(delivery, token, lease).await
    }

    async fn renew(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Result<bool, BoxError> {
        (**self).renew(delivery, token, lease).await
    }

    async fn complete(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &StoredAnswer,
        retention: Duration,
    ) -> Result<bool, BoxError> {
        (**self).complete(delivery, token, answer, retention).await
    }

    async fn release(&self, delivery: DeliveryId, token: ClaimToken) -> Result<(), BoxError> {
        (**self).release(delivery, token).await
    }
}

type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// [`Deliveries`] for any future, so that the layer needs no type parameter.
pub(super) trait ErasedDeliveries: Send + Sync {
    fn claim(&self, delivery: DeliveryId, token: ClaimToken, lease: Duration) -> Call<'_, Claim>;

    fn renew(&self, delivery: DeliveryId, token: ClaimToken, lease: Duration) -> Call<'_, bool>;

    fn complete<'a>(
        &'a self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &'a StoredAnswer,
        retention: Duration,
    ) -> Call<'a, bool>;

    fn release(&self, delivery: DeliveryId, token: ClaimToken) -> Call<'_, ()>;
}

/// In blocks, so that a call that panics before it has a future panics where it is caught.
impl<D: Deliveries> ErasedDeliveries for D {
    fn claim(&self, delivery: DeliveryId, token: ClaimToken, lease: Duration) -> Call<'_, Claim> {
        Box::pin(async move { Deliveries::claim(self, delivery, token, lease).await })
    }

    fn renew(&self, delivery: DeliveryId, token: ClaimToken, lease: Duration) -> Call<'_, bool> {
        Box::pin(async move { Deliveries::renew(self, delivery, token, lease).await })
    }

    fn complete<'a>(
        &'a self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &'a StoredAnswer,
        retention: Duration,
    ) -> Call<'a, bool> {
        Box::pin(
            async move { Deliveries::complete(self, delivery, token, answer, retention).await },
        )
    }

    fn release(&self, delivery: DeliveryId, token: ClaimToken) -> Call<'_, ()> {
        Box::pin(async move { Deliveries::release(self, delivery, token).await })
    }
}
