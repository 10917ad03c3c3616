//! A server in a process of its own: it takes the URL of Redis (or `memory`), the file of the runs and
//! how many milliseconds its handler takes, prints its address, and ends with its standard input.
//! `STORE_DEADLINE_SECONDS` is for a machine that is so busy that Redis answers late.

use std::{env, io::Read as _, path::PathBuf, time::Duration};

use signalwire_webhook::{DeliverOnceLayer, RedisDeliveries};
use signalwire_webhook_once_redis::router;
use tokio::{net::TcpListener, task::spawn_blocking};

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
        .init();
    let mut arguments = env::args().skip(1);
    let redis = arguments.next().expect("the url of Redis");
    let runs = PathBuf::from(arguments.next().expect("the file of the runs"));
    let takes = arguments.next().expect("the milliseconds of the handler");
    let takes = Duration::from_millis(takes.parse().expect("a number"));
    let layer = if redis == "memory" {
        DeliverOnceLayer::in_memory()
    } else {
        let deliveries = RedisDeliveries::connect(&redis).await.expect("Redis is up");
        let layer = DeliverOnceLayer::new(deliveries);
        match env::var("STORE_DEADLINE_SECONDS") {
            Ok(seconds) => {
                layer.store_deadline(Duration::from_secs(seconds.parse().expect("a number")))
            }
            Err(_) => layer,
        }
    };
    let app = router(layer, &runs, takes);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("its address"));
    tokio::spawn(async { axum::serve(listener, app).await });
    let _ = spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
}
