use std::{net::SocketAddr, process::Command, time::Instant};

use signalwire_webhook::{DeliverOnceLayer, RedisDeliveries};
use signalwire_webhook_once_benchmark::app;
use signalwire_webhook_once_redis::{Connection, Delivery, Redis};
use tokio::{net::TcpListener, task::JoinSet};

const CONNECTIONS: usize = 64;
const DELIVERIES: u32 = 40_000;

/// Over HTTP, on the cores that client, server and Redis share.
pub(crate) fn measure() {
    let Some(redis) = Redis::start() else { return };
    println!("deliveries a second, {CONNECTIONS} connections");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let deliveries: Vec<_> = (0..DELIVERIES)
            .map(|number| Delivery::new(format!("SM{number}")).request)
            .collect();
        let deliveries: &'static [Vec<u8>] = deliveries.leak();
        let store = RedisDeliveries::connect(&redis.url())
            .await
            .expect("Redis is up");
        for (what, layer) in [
            ("without the layer", None),
            ("in memory", Some(DeliverOnceLayer::in_memory())),
            ("over Redis", Some(DeliverOnceLayer::new(store))),
        ] {
            let server = serve(layer).await;
            println!("  {what:<28} {:>8.0}", a_second(server, deliveries).await);
        }
    });
    println!(
        "  {:<28} {:>8.0}",
        "redis-benchmark's SET",
        redis_benchmark(&redis)
    );
}

async fn serve(layer: Option<DeliverOnceLayer>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async { axum::serve(listener, app(layer)).await });
    address
}

async fn a_second(server: SocketAddr, deliveries: &'static [Vec<u8>]) -> f64 {
    let mut clients = JoinSet::new();
    let begun = Instant::now();
    for client in 0..CONNECTIONS {
        clients.spawn(async move {
            let mut connection = Connection::to(server);
            for request in deliveries.iter().skip(client).step_by(CONNECTIONS) {
                assert_eq!(connection.send(request).await.status, 200);
            }
        });
    }
    clients.join_all().await;
    f64::from(DELIVERIES) / begun.elapsed().as_secs_f64()
}

fn redis_benchmark(redis: &Redis) -> f64 {
    let output = Command::new("redis-benchmark")
        .args(["-p", &redis.address().port().to_string()])
        .args(["-t", "set", "-c", "64", "-n", "200000", "-d", "17", "--csv"])
        .output()
        .expect("redis-benchmark is installed with Redis");
    let text = String::from_utf8(output.stdout).expect("it writes text");
    let row = text.lines().last().expect("a row");
    row.split(',')
        .nth(1)
        .expect("a number")
        .trim_matches('"')
        .parse()
        .expect("a number")
}
