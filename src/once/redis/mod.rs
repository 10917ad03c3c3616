//! Deliveries that several servers share in Redis or Valkey (feature `redis`).

mod commands;
mod connection;

use std::{fmt, time::Duration};

use axum::BoxError;

use self::connection::{Connection, Query};
use super::{
    claim_token::ClaimToken,
    deliveries::{Claim, Deliveries},
    stored_answer::StoredAnswer,
};
use crate::DeliveryId;

const DEFAULT_KEY_PREFIX: &str = "signalwire-webhook:delivery:";

/// The deliveries of several servers, in one Redis or Valkey.
///
/// ```no_run
/// use signalwire_webhook::{DeliverOnceLayer, RedisDeliveries};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let deliveries = RedisDeliveries::connect("redis://127.0.0.1:6379").await?;
/// let layer = DeliverOnceLayer::new(deliveries);
/// # Ok(())
/// # }
/// ```
///
/// A delivery is one key, the [prefix](Self::key_prefix) and its [`DeliveryId`] in hex, which
/// expires by itself: 10 seconds after its server was killed, or when the
/// [retention](super::DeliverOnceLayer::retention) is over. `DEL` makes Redis forget a delivery, but
/// not the server that handled it.
///
/// - A first delivery takes two round trips, one before and one after the handler; one that was
///   answered takes one. All go over one connection, which is made anew when it is lost, and when it
///   gives no answers.
/// - The value is the answer, and may hold personal data: see [`StoredAnswer`]. Whoever can write to
///   this Redis decides what SignalWire is answered, so give it a password.
/// - Choose `noeviction` as `maxmemory-policy`, or `volatile-ttl`: under another a full Redis forgets
///   claims of handlers that are running.
/// - A replica that takes over may lack the last writes, so that these deliveries may be handled
///   twice. Redis Cluster is not supported.
///
/// A `rediss://` URL is **TLS**. It needs two dependencies of your program, since which
/// cryptography it trusts is its own choice:
///
/// ```toml
/// redis = { version = "1", default-features = false, features = ["tokio-rustls-comp"] }
/// rustls = { version = "0.23", default-features = false, features = ["ring", "tls12"] }
/// ```
///
/// and one call before it connects: `rustls::crypto::ring::default_provider().install_default()`. The
/// server's certificate has to be for the host of the URL, and from an authority that the operating
/// system trusts. Where `SSL_CERT_FILE` names a file in PEM, the authorities in it are trusted instead.
/// With the feature `tls-rustls-webpki-roots` of `redis` it is Mozilla's list in place of both. A
/// certificate of the client cannot be given: let Redis say `tls-auth-clients no`.
///
/// A clone uses the same connection.
#[derive(Clone)]
pub struct RedisDeliveries {
    connection: Connection,
    key_prefix: String,
}

impl RedisDeliveries {
    /// Connects to `redis://[user:password@]host[:port][/database]`, and says at once where that
    /// fails. `rediss://` is TLS, `unix:///path` a socket.
    ///
    /// # Errors
    ///
    /// A [`ConnectError`] that says what is wrong with the URL, or what the server answered.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        let deliveries = Self::connect_lazy(url)?;
        deliveries.connection.ping().await?;
        Ok(deliveries)
    }

    /// As [`connect`](Self::connect), but at the first delivery: for a server that is to start while
    /// Redis is down.
    ///
    /// # Errors
    ///
    /// A [`ConnectError`] that says what is wrong with the URL.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn connect_lazy(url: &str) -> Result<Self, ConnectError> {
        Ok(Self {
            connection: Connection::open(url)?,
            key_prefix: DEFAULT_KEY_PREFIX.to_owned(),
        })
    }

    /// What the keys begin with; `signalwire-webhook:delivery:` unless set. Give each environment and
    /// each service that shares a Redis a prefix of its own.
    #[must_use]
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = prefix.into();
        self
    }

    fn key(&self, delivery: DeliveryId) -> String {
        format!("{}{delivery}", self.key_prefix)
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for RedisDeliveries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RedisDeliveries")
            .field("key_prefix", &self.key_prefix)
            .finish_non_exhaustive()
    }
}

impl Deliveries for RedisDeliveries {
    async fn claim(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Result<Claim, BoxError> {
        let claim = commands::claim(&self.key(delivery), token, lease);
        commands::claimed(self.connection.ask(Query::Pipeline(&claim)).await?, token)
    }

    async fn renew(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        lease: Duration,
    ) -> Result<bool, BoxError> {
        let renew = commands::renew(&self.key(delivery), token, lease);
        Ok(self.connection.ask(Query::Command(&renew)).await?)
    }

    async fn complete(
        &self,
        delivery: DeliveryId,
        token: ClaimToken,
        answer: &StoredAnswer,
        retention: Duration,
    ) -> Result<bool, BoxError> {
        let complete = commands::complete(&self.key(delivery), token, answer, retention);
        Ok(self.connection.ask(Query::Command(&complete)).await?)
    }

    async fn release(&self, delivery: DeliveryId, token: ClaimToken) -> Result<(), BoxError> {
        let release = commands::release(&self.key(delivery), token);
        Ok(self.connection.ask(Query::Command(&release)).await?)
    }
}

/// Why [`RedisDeliveries`] has no connection.
///
/// No message holds the password of a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is not one of a Redis.
    #[error(
        "the url of Redis cannot be used ({problem}): write redis://[user:password@]host[:port][/database]"
    )]
    InvalidUrl {
        /// What the client of Redis says of it.
        problem: String,
    },
    /// The URL asks for TLS, and the program has none.
    #[error(
        "the url of Redis asks for TLS, which this program was built without: add \
         redis = {{ version = \"1\", default-features = false, features = [\"tokio-rustls-comp\"] }} to its dependencies"
    )]
    TlsNotEnabled,
    /// The URL asks for TLS, and the program has no cryptography for it.
    #[error(
        "the url of Redis asks for TLS, for which rustls has no crypto provider: add \
         rustls = {{ version = \"0.23\", default-features = false, features = [\"ring\", \"tls12\"] }} to the dependencies, \
         and call `rustls::crypto::ring::default_provider().install_default()` before this"
    )]
    NoCryptoProvider,
    /// Nobody answers there, or not as a Redis that lets this program in.
    #[error(
        "no connection to Redis at {address} ({problem}): check that it runs there, that the url has its password, and \
         that the url begins with rediss:// if it takes TLS, or use `connect_lazy` to start without it"
    )]
    Unreachable {
        /// The host and port, or the path of the socket.
        address: String,
        /// What the client of Redis says.
        problem: String,
    },
    /// As [`Unreachable`](Self::Unreachable), where the URL asks for TLS.
    #[error(
        "no TLS connection to Redis at {address} ({problem}): check that it runs there and takes TLS, that its \
         certificate is for this host and from an authority that this system trusts or that SSL_CERT_FILE names, and \
         that the url has its password, or use `connect_lazy` to start without it"
    )]
    UnreachableByTls {
        /// The host and port.
        address: String,
        /// What the client of Redis says, or rustls.
        problem: String,
    },
}
