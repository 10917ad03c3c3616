//! Redis is stopped, paused and restarted empty during load.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use signalwire_webhook_once_redis::{
    Answer, Connection, Delivery, Nginx, Redis, Runs, Server, in_time,
};
use tokio::{task::JoinSet, time::sleep};

const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis");

/// Four clients that send three copies of a delivery, one after the other, and then the next; every
/// copy through nginx to the next of two servers.
struct Load {
    stopping: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

/// A phase is the first part of a delivery's name, so that runs can be told apart.
type Phase = Arc<AtomicUsize>;

impl Load {
    fn begin(server: SocketAddr, phase: &Phase) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for client in 0..4 {
            clients.spawn(send_deliveries(
                server,
                client,
                phase.clone(),
                stopping.clone(),
            ));
        }
        Self { stopping, clients }
    }

    /// Fails where a client did.
    async fn end(self) {
        self.stopping.store(true, Ordering::SeqCst);
        in_time(self.clients.join_all()).await;
    }
}

async fn send_deliveries(
    server: SocketAddr,
    client: usize,
    phase: Phase,
    stopping: Arc<AtomicBool>,
) {
    let mut connection = Connection::to(server);
    let mut number = 0;
    while !stopping.load(Ordering::SeqCst) {
        number += 1;
        let name = format!("{}-{client}-{number}", phase.load(Ordering::SeqCst));
        let delivery = Delivery::new(&name);
        for _ in 0..3 {
            assert_eq!(answer(&mut connection, &delivery).await.text(), name);
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A copy that waits for another server when the store goes down is told to come again, and does.
async fn answer(connection: &mut Connection, delivery: &Delivery) -> Answer {
    loop {
        let begun = Instant::now();
        let answer = connection.send(&delivery.request).await;
        // 250 ms for a store that hangs, and time for a machine that is busy.
        let took = begun.elapsed();
        assert!(
            took < Duration::from_secs(3),
            "{took:?} for {}",
            delivery.name
        );
        if answer.status == 200 {
            return answer;
        }
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (503, Some("5"))
        );
        sleep(Duration::from_millis(100)).await;
    }
}

/// How many deliveries of a phase there were, and how many of their handlers ran more than once.
fn runs_of(phase: usize, runs: &HashMap<String, usize>) -> (usize, usize) {
    let prefix = format!("{phase}-");
    let of_phase = runs.iter().filter(|(name, _)| name.starts_with(&prefix));
    let counts: Vec<usize> = of_phase.map(|(_, count)| *count).collect();
    (
        counts.len(),
        counts.iter().filter(|count| **count > 1).count(),
    )
}

/// Phases: 0 before, 1 as it goes down, 2 while it is down, 3 within a second after it is back, 4 later.
async fn go_through(down: impl FnOnce(&mut Redis), up: impl FnOnce(&mut Redis)) -> Option<()> {
    let mut redis = Redis::start()?;
    let runs = Runs::default();
    let takes = Duration::from_millis(2);
    let servers = [0, 1].map(|_| Server::start(PROGRAM, &redis.url(), &runs, takes));
    let addresses = servers.each_ref().map(Server::address);
    let nginx = Nginx::start(&addresses)?;
    let phase = Phase::default();
    let load = Load::begin(nginx.address(), &phase);
    let enter = |next| phase.store(next, Ordering::SeqCst);

    sleep(Duration::from_secs(1)).await;
    enter(1);
    sleep(Duration::from_millis(200)).await;
    down(&mut redis);
    sleep(Duration::from_millis(800)).await;
    enter(2);
    sleep(Duration::from_secs(2)).await;
    enter(3);
    up(&mut redis);
    sleep(Duration::from_secs(1)).await;
    enter(4);
    sleep(Duration::from_secs(1)).await;
    load.end().await;

    let counts = runs.ended();
    for steady in [0, 4] {
        let (deliveries, repeated) = runs_of(steady, &counts);
        assert!(deliveries > 20, "phase {steady}: {deliveries}");
        assert_eq!(repeated, 0, "phase {steady} of {deliveries} deliveries");
    }
    let (deliveries, repeated) = runs_of(2, &counts);
    // Each of the two servers handles a delivery once, and not more.
    assert!(deliveries > 0 && repeated > 0, "{repeated} of {deliveries}");
    assert!(counts.values().all(|count| *count <= 2), "{counts:?}");
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_and_restarted_empty() {
    go_through(Redis::stop, Redis::restart).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_and_resumed() {
    go_through(|redis| redis.pause(), |redis| redis.resume()).await;
}

/// Nothing but its memory is lost.
#[tokio::test(flavor = "multi_thread")]
async fn emptied() {
    let Some(redis) = Redis::start() else { return };
    let runs = Runs::default();
    let servers =
        [0, 1].map(|_| Server::start(PROGRAM, &redis.url(), &runs, Duration::from_millis(2)));
    let addresses = servers.each_ref().map(Server::address);
    let Some(nginx) = Nginx::start(&addresses) else {
        return;
    };
    let phase = Phase::default();
    let load = Load::begin(nginx.address(), &phase);
    for next in 1..=5 {
        sleep(Duration::from_millis(300)).await;
        phase.store(next, Ordering::SeqCst);
        redis.ask(&["FLUSHALL"]);
    }
    sleep(Duration::from_millis(300)).await;
    load.end().await;
    // At most what was on its way when the store was emptied, once at each server.
    let counts = runs.ended();
    assert!(counts.values().all(|count| *count <= 2), "{counts:?}");
    let repeated = counts.values().filter(|count| **count > 1).count();
    assert!(repeated <= 5 * 4, "{repeated}");
}
