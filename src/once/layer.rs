use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::request::Parts;
use tower_layer::Layer;

use super::{
    deliveries::Deliveries,
    running::RunningDeliveries,
    service::DeliverOnce,
    store::{Store, StorePolicy},
    under_way::UnderWay,
};
use crate::{DeliveryId, VerifiedWebhook};

const DEFAULT_RETENTION: Duration = Duration::from_secs(24 * 60 * 60);
const DEFAULT_STORE_DEADLINE: Duration = Duration::from_millis(250);

/// What a store can count: no clock in it overflows.
const RETENTIONS: [Duration; 2] = [
    Duration::from_secs(1),
    Duration::from_secs(10 * 365 * 24 * 60 * 60),
];

/// Handles each delivery once, however often SignalWire or somebody who captured it sends it: on the
/// routes of **messages and status callbacks**, and never on those of voice instructions.
///
/// | request | SignalWire sends it again | so |
/// |---|---|---|
/// | status callback | up to three times; a copy may arrive after its retry | inside this layer |
/// | message | not; it asks the fallback URL | inside, against replays |
/// | voice instructions | not; it asks the fallback URL | **outside** |
///
/// Within a call a document that loops (`<Redirect>`, `<Gather>`) sends equal requests that are
/// not copies, and inside this layer would get its first answer for as long as that is remembered.
///
/// It stands inside the webhook layer, which in axum is the one added after it:
///
/// ```
/// use axum::{Router, routing::post};
/// use signalwire_webhook::{DeliverOnceLayer, webhook};
///
/// let app: Router = Router::new()
///     .route("/sms", post(|| async { "<Response/>" }))
///     .route("/sms/status", post(|| async {}))
///     .layer(DeliverOnceLayer::in_memory())
///     .route("/voice", post(|| async { "<Response><Hangup/></Response>" }))
///     .layer(webhook());
/// ```
///
/// How a request is answered, by the name of its delivery ([`VerifiedWebhook::delivery_id`], unless
/// [`identify`](Self::identify) gives another):
///
/// | delivery | answer |
/// |---|---|
/// | new | the handler's |
/// | being handled | the handler's, within 4 seconds and if it is for this copy too; else 503 with `Retry-After` |
/// | being handled, and 16 copies wait in this process | 503 with `Retry-After`, at once |
/// | handled | the same again: status, headers and a body of up to 64 KiB; see [`StoredAnswer`](super::StoredAnswer) |
/// | handled, with a longer answer | 409 |
/// | its handler failed: an error, a panic, 5xx, 408, 425, 429, a body that broke off | as a new one |
/// | answered with any other status than a success, as 404, or with 206 | the same again, if the copy was received equally, by this server; else as a new one: the method, the headers, the way the body is written and the end of the path are not signed |
/// | its server was killed | 503 with `Retry-After` for up to 10 seconds, then as a new one |
///
/// - **The handler does not end when its client leaves**, as SignalWire does after 5 seconds: it goes on
///   as a task of its own, and the retry gets its answer. So put a
///   [`TimeoutLayer`](https://docs.rs/tower-http/latest/tower_http/timeout/) inside this layer where a
///   handler may hang, and let the shutdown wait for [`running`](Self::running). A panic goes on where
///   the request is. Task-locals are not there any more once the client left.
/// - **A streamed answer** passes through as it comes. Where its client leaves it is read on, up to 64 KiB:
///   keep a stream that never ends outside this layer.
/// - A request that the webhook layer let through unverified ([`report_only`]) passes, and is not
///   remembered. Without the webhook layer every request is answered with 500, and an ERROR event
///   says so.
/// - A handler that was running when its server was killed, or when the store lost its claim, may run
///   twice. Once and never more does not exist: what a handler does in one transaction of a database
///   can take [`VerifiedWebhook::delivery_id`] as a unique key of its own.
///
/// It needs tokio. Clones, and the services that one layer makes, share what they remember.
///
/// [`report_only`]: crate::SignalWireWebhookLayer::report_only
#[derive(Clone)]
#[must_use]
pub struct DeliverOnceLayer {
    settings: Settings,
}

pub(super) type Identify =
    dyn Fn(&Parts, &Bytes, &VerifiedWebhook) -> Option<DeliveryId> + Send + Sync;

/// What a [`DeliverOnce`] works with.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) store: Store,
    pub(super) policy: StorePolicy,
    pub(super) under_way: Arc<UnderWay>,
    pub(super) identify: Option<Arc<Identify>>,
    pub(super) refuse_duplicates: bool,
}

impl DeliverOnceLayer {
    /// Remembers deliveries in the memory of this process, as many as [`MemoryDeliveries::new`](super::MemoryDeliveries::new): for one
    /// server that may forget everything when it restarts.
    pub fn in_memory() -> Self {
        Self::with(Store::of_one_layer())
    }

    /// Remembers deliveries in a store of your choice: [`RedisDeliveries`](super::RedisDeliveries)
    /// for several servers, [`MemoryDeliveries::bounded`](super::MemoryDeliveries::bounded) for other bounds, or your own
    /// [`Deliveries`].
    ///
    /// While the store is down or too slow, deliveries are handled once within this process, which
    /// remembers what it handled itself (20,000 deliveries and 16 MiB at most). An ERROR event says
    /// so, once a minute.
    pub fn new(deliveries: impl Deliveries) -> Self {
        Self::with(Store::new(deliveries))
    }

    fn with(store: Store) -> Self {
        Self {
            settings: Settings {
                store,
                policy: StorePolicy {
                    retention: DEFAULT_RETENTION,
                    deadline: DEFAULT_STORE_DEADLINE,
                    refuse_when_unavailable: false,
                },
                under_way: Arc::default(),
                identify: None,
                refuse_duplicates: false,
            },
        }
    }

    /// How long a delivery is remembered; 24 hours unless set, at least a second, at most ten years.
    ///
    /// A captured request that is sent again later is handled again.
    pub fn retention(mut self, how_long: Duration) -> Self {
        let [shortest, longest] = RETENTIONS;
        self.settings.policy.retention = how_long.clamp(shortest, longest);
        self
    }

    /// Names deliveries by something else than all that was signed; `None` for a request that may
    /// come as often as it likes.
    ///
    /// That a retry of SignalWire is the same request byte for byte is an assumption that no
    /// document of SignalWire confirms. The fields that name an event do not rest on it: for a
    /// message `MessageSid` **and** `MessageStatus`, since "delivered" has the same `MessageSid` as
    /// "sent" before it.
    ///
    /// ```
    /// use signalwire_webhook::{DeliverOnceLayer, DeliveryId};
    ///
    /// let layer = DeliverOnceLayer::in_memory().identify(|_parts, body, _verified| {
    ///     let field = |wanted: &str| {
    ///         let mut fields = form_urlencoded::parse(body);
    ///         fields.find(|(name, _)| name == wanted).map(|(_, value)| value)
    ///     };
    ///     Some(DeliveryId::of(format!("{} {}", field("MessageSid")?, field("MessageStatus")?)))
    /// });
    /// ```
    ///
    /// It sees the body that the handler would read, which is read whole for it, of requests that are
    /// verified. Against replays such a name is weaker than the default: whoever captured a request can
    /// cut its text into other fields, which the signature does not tell apart, and so into other names.
    /// For both, add two layers: one that has a name like this, and after it one that has the default.
    pub fn identify<F>(mut self, name: F) -> Self
    where
        F: Fn(&Parts, &Bytes, &VerifiedWebhook) -> Option<DeliveryId> + Send + Sync + 'static,
    {
        self.settings.identify = Some(Arc::new(name));
        self
    }

    /// Answers a delivery that was handled with 409 instead of the handler's answer, of which only
    /// the status is kept then: no personal data lies in the store.
    pub fn refuse_duplicates(mut self) -> Self {
        self.settings.refuse_duplicates = true;
        self
    }

    /// Answers with 503 and `Retry-After` while the store is down, instead of handling each delivery
    /// once within this process: for handlers that had better not run than run twice.
    ///
    /// Deliveries that this process remembers are answered all the same.
    pub fn refuse_when_unavailable(mut self) -> Self {
        self.settings.policy.refuse_when_unavailable = true;
        self
    }

    /// How long a call to the store may take before the store counts as unavailable; 250
    /// milliseconds unless set.
    pub fn store_deadline(mut self, deadline: Duration) -> Self {
        self.settings.policy.deadline = deadline;
        self
    }

    /// The deliveries that this layer is busy with, for a graceful shutdown to wait for.
    #[must_use]
    pub fn running(&self) -> RunningDeliveries {
        RunningDeliveries(self.settings.under_way.clone())
    }
}

impl<S> Layer<S> for DeliverOnceLayer {
    type Service = DeliverOnce<S>;

    fn layer(&self, inner: S) -> DeliverOnce<S> {
        #[cfg(feature = "metrics")]
        super::metrics::describe();
        DeliverOnce::new(inner, Arc::new(self.settings.clone()))
    }
}

impl fmt::Debug for DeliverOnceLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(formatter)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DeliverOnceLayer")
            .field("store", &self.store)
            .field("policy", &self.policy)
            .field("refuse_duplicates", &self.refuse_duplicates)
            .field("under_way", &self.under_way.count())
            .finish_non_exhaustive()
    }
}
