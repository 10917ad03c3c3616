//! Serves on `127.0.0.1`, the port in `PORT` (3000 unless set) and the next, over the Redis in
//! `REDIS_URL`, or one that it starts itself.

use std::{env, error::Error, process::ExitCode};

use deliver_once_example::{RedisServer, router};
use signalwire_webhook::{DeliverOnceLayer, RedisDeliveries, SigningKey};
use tokio::{net::TcpListener, task::JoinSet};

/// Of a project that does not exist, so that anybody can try the example.
const KEY: &str = "PSKmadeUpForThisExample";

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    // Held until the end: it stops its Redis when it is dropped.
    let (_redis, url) = if let Ok(url) = env::var("REDIS_URL") {
        (None, url)
    } else {
        let redis = RedisServer::start()?;
        let url = redis.url();
        (Some(redis), url)
    };
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let port: u16 = port
        .parse()
        .ok()
        .filter(|port| (1..u16::MAX).contains(port))
        .ok_or_else(|| format!("PORT is {port:?}: set it to a number from 1 to 65534"))?;
    let key = SigningKey::new(KEY)?;
    let mut servers = JoinSet::new();
    for port in [port, port + 1] {
        let listener = listen(port).await?;
        // Each server has a connection and a layer of its own, as if it were another machine.
        let once = DeliverOnceLayer::new(RedisDeliveries::connect(&url).await?);
        let running = once.running();
        let app = router(format!("the server on port {port}"), once, key.clone());
        servers.spawn(async move {
            axum::serve(listener, app)
                .with_graceful_shutdown(ctrl_c())
                .await?;
            // Handlers whose client left.
            running.finished().await;
            Ok::<_, std::io::Error>(())
        });
    }
    println!("{}", instructions(&key, port));
    while let Some(ended) = servers.join_next().await {
        ended??;
    }
    Ok(())
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
        format!("port {port} cannot be listened on ({error}): set PORT to one that is free, and the next one too")
    })
}

async fn ctrl_c() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("Ctrl-C cannot be listened to: {error}");
        std::future::pending::<()>().await;
    }
}

fn instructions(key: &SigningKey, port: u16) -> String {
    let fields = [("MessageSid", "SM1"), ("MessageStatus", "delivered")];
    let signature = key.sign_form("http://127.0.0.1/status", fields);
    let curl = |port| {
        format!(
            "  curl -H 'X-SignalWire-Signature: {signature}' -d 'MessageSid=SM1&MessageStatus=delivered' \
             http://127.0.0.1:{port}/status"
        )
    };
    format!(
        "Two servers share one Redis, until Ctrl-C. Send each a copy of one delivery; the second answer is that of the first:\n{}\n{}",
        curl(port),
        curl(port + 1),
    )
}
