//! Connections to Redis that are lost, dead or slow.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use signalwire_webhook::{
    Deliveries as _, DeliveryId, RedisDeliveries,
    once::{Claim, ClaimToken},
};
use signalwire_webhook_once_redis::{Redis, in_time};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};

const LEASE: Duration = Duration::from_secs(10);

/// What stands between a server and its Redis.
#[derive(Clone)]
struct Path {
    address: SocketAddr,
    /// Connections of an earlier number are cut.
    cut: watch::Sender<u64>,
    /// Connections of an earlier number pass nothing on any more.
    dead: watch::Sender<u64>,
    delay: Arc<AtomicU64>,
}

impl Path {
    async fn to(redis: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let path = Self {
            address: listener.local_addr().unwrap(),
            cut: watch::Sender::new(0),
            dead: watch::Sender::new(0),
            delay: Arc::default(),
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
            () = self.copy(number, client_reads, server_writes) => {}
            () = self.copy(number, server_reads, client_writes) => {}
            _ = cut.wait_for(|cut| *cut > number) => {}
        }
    }

    async fn copy(
        &self,
        number: u64,
        mut from: tokio::net::tcp::OwnedReadHalf,
        mut to: tokio::net::tcp::OwnedWriteHalf,
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
            if to.write_all(&bytes[..length]).await.is_err() {
                return;
            }
        }
    }
}

async fn claim(store: &RedisDeliveries, name: &str) -> Option<Claim> {
    let claim = store.claim(DeliveryId::of(name), ClaimToken::random(), LEASE);
    timeout(Duration::from_millis(250), claim).await.ok()?.ok()
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

/// Nobody closes it, and nothing comes: another is made within seconds, and not within the quarter of
/// an hour that TCP takes.
#[tokio::test]
async fn a_dead_connection_is_made_anew() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    assert!(claim(&store, "before").await.is_some());
    sleep(Duration::from_secs(1)).await;
    path.dead.send_replace(u64::from(u32::MAX).min(1));
    let begun = Instant::now();
    let mut failures = 0;
    in_time(async {
        while claim(&store, &format!("after {failures}")).await.is_none() {
            failures += 1;
        }
    })
    .await;
    assert!((3..=5).contains(&failures), "{failures}");
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

/// Its claim was heard there, and its result lost on the way back: the call is repeated, and granted.
#[tokio::test]
async fn a_claim_whose_result_was_lost_is_granted_when_it_is_repeated() {
    let Some(redis) = Redis::start() else { return };
    let path = Path::to(redis.address()).await;
    let store = RedisDeliveries::connect(&path.url()).await.unwrap();
    path.delay.store(50, Ordering::Relaxed);
    let (delivery, token) = (DeliveryId::of("1"), ClaimToken::random());
    let (claim, ()) = tokio::join!(store.claim(delivery, token, LEASE), async {
        sleep(Duration::from_millis(75)).await;
        assert_eq!(redis.ask(&["DBSIZE"]), "1");
        path.delay.store(0, Ordering::Relaxed);
        path.cut.send_replace(1);
    });
    assert!(matches!(claim, Ok(Claim::Granted)), "{claim:?}");
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
