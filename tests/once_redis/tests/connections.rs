//! Connections to Redis that are lost, dead or slow.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
};
use signalwire_webhook::{
    DeliverOnceLayer, Deliveries as _, DeliveryId, RedisDeliveries,
    once::{Claim, ClaimToken, StoredAnswer},
};
use signalwire_webhook_once_redis::{Connection, Delivery, Redis, Runs, in_time, router, until};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

const LEASE: Duration = Duration::from_secs(10);

/// Of a call that is never answered.
const DEADLINE: Duration = Duration::from_secs(1);

/// What stands between a server and its Redis.
#[derive(Clone)]
struct Path {
    address: SocketAddr,
    /// Connections of an earlier number are cut.
    cut: watch::Sender<u64>,
    /// Connections of an earlier number pass nothing on any more.
    dead: watch::Sender<u64>,
    delay: Arc<AtomicU64>,
    /// What Redis says stays here.
    mute: watch::Sender<bool>,
}

impl Path {
    async fn to(redis: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let path = Self {
            address: listener.local_addr().unwrap(),
            cut: watch::Sender::new(0),
            dead: watch::Sender::new(0),
            delay: Arc::default(),
            mute: watch::Sender::new(false),
        };
        let passing = path.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(redis).await.unwrap();
                tokio::spawn(passing.clone().pass(number, client, server));
            }
        });
        path
    }

    fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    async fn pass(self, number: u64, client: TcpStream, server: TcpStream) {
        let (client_reads, client_writes) = client.into_split();
        let (server_reads, server_writes) = server.into_split();
        let mut cut = self.cut.subscribe();
        tokio::select! {
            () = self.copy(number, client_reads, server_writes, None) => {}
            () = self.copy(number, server_reads, client_writes, Some(self.mute.subscribe())) => {}
            _ = cut.wait_for(|cut| *cut > number) => {}
        }
    }

    async fn copy(
        &self,
        number: u64,
        mut from: tokio::net::tcp::OwnedReadHalf,
        mut to: tokio::net::tcp::OwnedWriteHalf,
        mut mute: Option<watch::Receiver<bool>>,
    ) {
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let Ok(length @ 1..) = from.read(&mut bytes).await else {
                return;
            };
            if *self.dead.borrow() > number {
                continue;
            }
            sleep(Duration::from_millis(self.delay.load(Ordering::Relaxed))).await;
            if let Some(mute) = &mut mute {
                mute.wait_for(|mute| !mute).await.unwrap();
            }
            if to.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    }
}

async fn claim(store: &RedisDeliveries, name: &str) -> Option<Claim> {
    let claim = store.claim(DeliveryId::of(name), ClaimToken::random(), LEASE);
    in_time(claim).await.ok()
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

fn answer() -> StoredAnswer {
    StoredAnswer::new(StatusCode::OK, &HeaderMap::new(), "<Response/>".into())
}

#[tokio::test]
async fn a_lost_connection_costs_no_call() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    for number in 0..20 {
        path.cut.send_replace(number);
        sleep(Duration::from_millis(5)).await;
        let claim = claim(&store, &number.to_string()).await;
        assert!(matches!(claim, Some(Claim::Granted)), "{number}: {claim:?}");
    }
}

/// Nobody closes it, and nothing comes: another is made after a few calls, and not when TCP gives up,
/// which takes a quarter of an hour.
#[tokio::test]
async fn a_dead_connection_is_made_anew() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    assert!(claim(&store, "before").await.is_some());
    path.dead.send_replace(1);
    let mut failures = 0;
    let found = loop {
        if let Ok(found) = timeout(DEADLINE, claim(&store, "after")).await {
            break found;
        }
        failures += 1;
        assert!(failures <= 10, "no connection is made anew");
    };
    assert!(matches!(found, Some(Claim::Granted)), "{found:?}");
    assert!(failures >= 3, "{failures}");
}

/// Its claim was heard there, and its result lost on the way back: the call is repeated, and granted.
#[tokio::test]
async fn a_claim_whose_result_was_lost_is_granted_when_it_is_repeated() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    let (delivery, token) = (DeliveryId::of("1"), ClaimToken::random());
    path.mute.send_replace(true);
    let (claim, ()) = tokio::join!(store.claim(delivery, token, LEASE), async {
        until(async || redis.ask(&["DBSIZE"]) == "1").await;
        path.cut.send_replace(1);
        path.mute.send_replace(false);
    });
    assert!(matches!(claim, Ok(Claim::Granted)), "{claim:?}");
}

/// As with the claim.
#[tokio::test]
async fn an_answer_whose_result_was_lost_is_kept_when_it_is_repeated() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    let (delivery, token) = (DeliveryId::of("1"), ClaimToken::random());
    let key = format!("signalwire-webhook:delivery:{delivery}");
    store.claim(delivery, token, LEASE).await.unwrap();
    let claimed = redis.ask(&["GET", &key]);
    path.mute.send_replace(true);
    let answer = answer();
    let complete = store.complete(delivery, token, &answer, 2 * LEASE);
    let (completed, ()) = tokio::join!(complete, async {
        until(async || redis.ask(&["GET", &key]) != claimed).await;
        path.cut.send_replace(1);
        path.mute.send_replace(false);
    });
    assert!(completed.unwrap());
}

/// The claim was granted there and timed out here: the handler runs, and its answer is kept for others.
#[tokio::test]
async fn a_redis_that_answers_too_late_keeps_the_answer_all_the_same() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let runs = Runs::default();
    let layer = async |url: &str| {
        let store = RedisDeliveries::connect(url).await.unwrap();
        DeliverOnceLayer::new(store)
    };
    let late = layer(&path.url()).await.store_deadline(DEADLINE);
    let prompt = layer(&redis.url())
        .await
        .store_deadline(Duration::from_mins(1));
    let delivery = Delivery::new("SM1");
    let late = serve(router(late, &runs.path(), Duration::ZERO)).await;
    let prompt = serve(router(prompt, &runs.path(), Duration::ZERO)).await;

    path.mute.send_replace(true);
    let first = Connection::to(late).send(&delivery.request).await;
    assert_eq!((first.status, first.text()), (200, "SM1"));
    path.mute.send_replace(false);
    // While the answer is on its way, the claim is held.
    let mut copy = Connection::to(prompt).send(&delivery.request).await;
    while copy.status == 503 {
        copy = Connection::to(prompt).send(&delivery.request).await;
    }
    assert_eq!((copy.status, copy.text()), (200, "SM1"));
    assert_eq!(runs.begun()["SM1"], 1);
}

#[tokio::test]
async fn a_slow_connection_is_kept() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    path.delay.store(100, Ordering::Relaxed);
    for number in 0..5 {
        assert!(claim(&store, &number.to_string()).await.is_some());
    }
    let clients = redis.ask(&["CLIENT", "LIST"]);
    assert_eq!(clients.lines().count(), 2, "{clients}");
}

/// A server may start while Redis is down, and finds it when it is there.
#[tokio::test]
async fn a_redis_that_starts_later_is_found() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let url = redis.url();
    redis.stop();
    let store = RedisDeliveries::connect_lazy(&url).unwrap();
    for number in 0..10 {
        assert!(claim(&store, &number.to_string()).await.is_none());
    }
    redis.restart();
    assert!(matches!(claim(&store, "1").await, Some(Claim::Granted)));
}
