//! 10,000 deliveries, three copies each, all at once over 64 connections.

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    time::Duration,
};

use signalwire_webhook::{DeliverOnceLayer, RedisDeliveries};
use signalwire_webhook_once_redis::{
    Answer, Delivery, Nginx, Redis, Runs, Server, in_time, router, send_copies,
};
use tokio::net::TcpListener;

const DELIVERIES: usize = 10_000;
const CONNECTIONS: usize = 64;
/// A busy machine answers late, and a store that is late is one that is down.
const PATIENCE: Duration = Duration::from_mins(1);
const PROGRAM: &str = env!("CARGO_BIN_EXE_signalwire-webhook-once-redis");

fn deliveries() -> Vec<Delivery> {
    (0..DELIVERIES)
        .map(|number| Delivery::new(format!("SM{number}")))
        .collect()
}

async fn serve(layer: DeliverOnceLayer, runs: &Runs) -> SocketAddr {
    let app = router(layer, &runs.path(), Duration::ZERO);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// Each handler ran once, all answers of a delivery are equal, none is lost.
#[track_caller]
fn assert_once(deliveries: &[Delivery], answers: &[[Answer; 3]], runs: &Runs) {
    let once: HashMap<_, _> = deliveries
        .iter()
        .map(|delivery| (delivery.name.clone(), 1))
        .collect();
    assert!(runs.ended() == once, "a handler did not run once");
    for (delivery, answers) in deliveries.iter().zip(answers) {
        let texts: HashSet<_> = answers.iter().map(Answer::text).collect();
        assert_eq!(texts, HashSet::from([&delivery.name[..]]));
        let servers: HashSet<_> = answers
            .iter()
            .map(|answer| answer.header("x-server"))
            .collect();
        assert_eq!(servers.len(), 1, "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_memory() {
    let runs = Runs::default();
    let server = serve(DeliverOnceLayer::in_memory(), &runs).await;
    let deliveries = deliveries();
    let answers = in_time(send_copies(server, CONNECTIONS, &deliveries)).await;
    assert_once(&deliveries, &answers, &runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_redis() {
    let Some(redis) = Redis::start() else { return };
    let store = RedisDeliveries::connect(&redis.url()).await.unwrap();
    let patient = DeliverOnceLayer::new(store).store_deadline(PATIENCE);
    let runs = Runs::default();
    let server = serve(patient, &runs).await;
    let deliveries = deliveries();
    let answers = in_time(send_copies(server, CONNECTIONS, &deliveries)).await;
    assert_once(&deliveries, &answers, &runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_at_two_servers_over_one_redis() {
    let Some(redis) = Redis::start() else { return };
    let runs = Runs::default();
    let servers = [0, 1]
        .map(|_| Server::start_patient(PROGRAM, &redis.url(), &runs, Duration::ZERO, PATIENCE));
    let addresses = servers.each_ref().map(Server::address);
    let Some(nginx) = Nginx::start(&addresses) else {
        return;
    };
    let deliveries = deliveries();
    let answers = in_time(send_copies(nginx.address(), CONNECTIONS, &deliveries)).await;
    assert_once(&deliveries, &answers, &runs);
    let handled_by: HashSet<_> = answers
        .iter()
        .map(|answers| answers[0].header("x-server"))
        .collect();
    assert_eq!(handled_by.len(), 2, "both servers took part");
}
