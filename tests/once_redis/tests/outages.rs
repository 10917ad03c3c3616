//! Redis is stopped, paused and restarted empty during load.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use signalwire_webhook_once_redis::{
    Answer, Connection, Delivery, Nginx, Redis, Runs, Server, in_time, until,
};
use tokio::{task::JoinSet, time::sleep};

const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis");

/// What a busy machine is late by is no outage.
const PATIENCE: Duration = Duration::from_mins(1);

/// The same, where Redis hangs and each call to it takes as long as this.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);

const CLIENTS: usize = 4;

/// Clients that send three copies of a delivery, one after the other, and then the next; every
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
        for client in 0..CLIENTS {
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
        let answer = connection.send(&delivery.request).await;
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
fn runs_of(phase: usize, runs: &Runs) -> (usize, usize) {
    let prefix = format!("{phase}-");
    let counts = runs.ended();
    let of_phase = counts.iter().filter(|(name, _)| name.starts_with(&prefix));
    let counts: Vec<usize> = of_phase.map(|(_, count)| *count).collect();
    (
        counts.len(),
        counts.iter().filter(|count| **count > 1).count(),
    )
}

/// And so has ended its last delivery of the phase before.
fn has_each_client_begun(phase: usize, runs: &Runs) -> bool {
    let counts = runs.ended();
    (0..CLIENTS).all(|client| {
        let prefix = format!("{phase}-{client}-");
        counts.keys().any(|name| name.starts_with(&prefix))
    })
}

fn start_servers(redis: &Redis, runs: &Runs, patience: Duration) -> [Server; 2] {
    let takes = Duration::from_millis(2);
    [0, 1].map(|_| Server::start_patient(PROGRAM, &redis.url(), runs, takes, patience))
}

/// Phases: 0 before, 1 as it goes down, 2 while it is down, 3 within a second after it is back, 4 later.
async fn go_through(
    patience: Duration,
    down: impl FnOnce(&mut Redis),
    up: impl FnOnce(&mut Redis),
) -> Option<()> {
    let mut redis = Redis::start()?;
    let runs = Runs::default();
    let servers = start_servers(&redis, &runs, patience);
    let nginx = Nginx::start(&servers.each_ref().map(Server::address))?;
    let phase = Phase::default();
    let load = Load::begin(nginx.address(), &phase);
    let enter = |next| phase.store(next, Ordering::SeqCst);
    let until_handled = async |phase, deliveries| {
        until(async || runs_of(phase, &runs).0 >= deliveries).await;
    };

    until_handled(0, 20).await;
    enter(1);
    until(async || has_each_client_begun(1, &runs)).await;
    down(&mut redis);
    enter(2);
    // A call that hung for as long as the store would let none of these come to an end.
    until(async || runs_of(2, &runs).1 >= 4).await;
    enter(3);
    up(&mut redis);
    sleep(Duration::from_secs(1)).await;
    enter(4);
    until_handled(4, 20).await;
    load.end().await;

    for steady in [0, 4] {
        let (deliveries, repeated) = runs_of(steady, &runs);
        assert_eq!(repeated, 0, "phase {steady} of {deliveries} deliveries");
    }
    // Each of the two servers handles a delivery once, and not more.
    let counts = runs.ended();
    assert!(counts.values().all(|count| *count <= 2), "{counts:?}");
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_and_restarted_empty() {
    go_through(PATIENCE, Redis::stop, Redis::restart).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_and_resumed() {
    go_through(
        SHORT_PATIENCE,
        |redis| redis.pause(),
        |redis| redis.resume(),
    )
    .await;
}

/// Nothing but its memory is lost.
#[tokio::test(flavor = "multi_thread")]
async fn emptied() {
    let Some(redis) = Redis::start() else { return };
    let runs = Runs::default();
    let servers = start_servers(&redis, &runs, PATIENCE);
    let Some(nginx) = Nginx::start(&servers.each_ref().map(Server::address)) else {
        return;
    };
    let phase = Phase::default();
    let load = Load::begin(nginx.address(), &phase);
    for next in 1..=5 {
        until(async || runs_of(next - 1, &runs).0 >= 8).await;
        phase.store(next, Ordering::SeqCst);
        redis.ask(&["FLUSHALL"]);
    }
    until(async || runs_of(5, &runs).0 >= 8).await;
    load.end().await;
    // At most what was on its way when the store was emptied, once at each server.
    let counts = runs.ended();
    assert!(counts.values().all(|count| *count <= 2), "{counts:?}");
    let repeated = counts.values().filter(|count| **count > 1).count();
    assert!(repeated <= 5 * CLIENTS, "{repeated}");
}
