use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use redis::{
    Client, Cmd, ConnectionAddr, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult,
    ServerErrorKind,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::{Instant, timeout};

use super::ConnectError;
use crate::once::panics::{catch_panic, message_of};

const CONNECTED_WITHIN: Duration = Duration::from_secs(1);

/// After this many calls in a row that nobody answered the connection is made anew: its server may
/// be gone without a word, and the operating system would go on trying for a quarter of an hour.
const UNANSWERED_LIMIT: u32 = 3;

/// Seldom enough for a server that is only slow.
const MADE_ANEW_EVERY: Duration = Duration::from_secs(1);

/// One connection for all calls, made anew when it fails.
#[derive(Clone)]
pub(super) struct Connection(Arc<Shared>);

struct Shared {
    client: Client,
    manager: ArcSwap<ConnectionManager>,
    unanswered: AtomicU32,
    made: Mutex<Instant>,
}

#[derive(Clone, Copy)]
pub(super) enum Query<'a> {
    Command(&'a Cmd),
    Pipeline(&'a Pipeline),
}

impl Connection {
    pub(super) fn open(url: &str) -> Result<Self, ConnectError> {
        let client = Client::open(url).map_err(|error| unusable(&error))?;
        let manager = connect(&client).map_err(|error| unusable(&error))?;
        Ok(Self(Arc::new(Shared {
            client,
            manager: ArcSwap::from_pointee(manager),
            unanswered: AtomicU32::new(0),
            made: Mutex::new(Instant::now()),
        })))
    }

    pub(super) async fn ping(&self) -> Result<(), ConnectError> {
        let ping = redis::cmd("PING");
        let asked = catch_panic(self.ask::<String>(Query::Command(&ping)));
        let problem = match timeout(CONNECTED_WITHIN, asked).await {
            Ok(Ok(Ok(_))) => return Ok(()),
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(panic)) => message_of(&panic),
            Err(_) => format!("no answer within {CONNECTED_WITHIN:?}"),
        };
        Err(unreachable(
            self.0.client.get_connection_info().addr(),
            problem,
        ))
    }

    /// Every call can be repeated, so one whose connection turns out to be lost is, over a new one.
    pub(super) async fn ask<T: FromRedisValue>(&self, query: Query<'_>) -> RedisResult<T> {
        if self.0.unanswered.load(Ordering::Relaxed) >= UNANSWERED_LIMIT {
            self.0.make_anew();
        }
        let asking = Asking::begin(&self.0);
        let mut answer = self.ask_once(query).await;
        if answer.as_ref().is_err_and(is_lost) {
            answer = self.ask_once(query).await;
        }
        asking.end();
        if answer.as_ref().is_err_and(is_replica) {
            self.0.make_anew();
        }
        answer
    }

    async fn ask_once<T: FromRedisValue>(&self, query: Query<'_>) -> RedisResult<T> {
        let mut manager = ConnectionManager::clone(&self.0.manager.load());
        match query {
            Query::Command(command) => command.query_async(&mut manager).await,
            Query::Pipeline(pipeline) => pipeline.query_async(&mut manager).await,
        }
    }
}

impl Shared {
    fn make_anew(&self) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.elapsed() < MADE_ANEW_EVERY {
            return;
        }
        *made = Instant::now();
        self.unanswered.store(0, Ordering::Relaxed);
        // The url was good before.
        if let Ok(manager) = connect(&self.client) {
            self.manager.store(Arc::new(manager));
        }
    }
}

/// A call that is dropped before it ends was not answered in time.
struct Asking<'a> {
    shared: &'a Shared,
    is_answered: bool,
}

impl<'a> Asking<'a> {
    fn begin(shared: &'a Shared) -> Self {
        Self {
            shared,
            is_answered: false,
        }
    }

    fn end(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            self.shared.unanswered.store(0, Ordering::Relaxed);
        } else {
            self.shared.unanswered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// At the first call, which also tries again where that failed. Whoever calls has a time limit.
fn connect(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(CONNECTED_WITHIN))
        .set_response_timeout(None);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

fn is_lost(error: &RedisError) -> bool {
    error.is_io_error() || error.is_connection_dropped()
}

/// What this connection leads to was demoted, and its name may lead to another by now.
fn is_replica(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
}

/// The client names the feature that is missing in its message alone.
fn unusable(error: &RedisError) -> ConnectError {
    let problem = error.to_string();
    if problem.contains("feature is not enabled") {
        ConnectError::TlsNotEnabled
    } else {
        ConnectError::InvalidUrl { problem }
    }
}

/// rustls panics where it has no crypto provider.
fn unreachable(address: &ConnectionAddr, problem: String) -> ConnectError {
    if problem.contains("CryptoProvider") {
        return ConnectError::NoCryptoProvider;
    }
    let is_tls = matches!(address, ConnectionAddr::TcpTls { .. });
    let address = address.to_string();
    if is_tls {
        ConnectError::UnreachableByTls { address, problem }
    } else {
        ConnectError::Unreachable { address, problem }
    }
}
