//! Connects to the Redis whose URL it is given, claims a delivery twice, and prints what it was told.

use std::{env, error::Error, process::ExitCode, time::Duration};

use signalwire_webhook::{Deliveries as _, DeliveryId, RedisDeliveries, once::ClaimToken};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    #[cfg(feature = "crypto-provider")]
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other is installed");
    let url = env::args().nth(1).expect("the url of Redis");
    match claim_twice(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn claim_twice(url: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let deliveries = RedisDeliveries::connect(url).await?;
    for _ in 0..2 {
        let lease = Duration::from_secs(10);
        let claim = deliveries.claim(DeliveryId::of("1"), ClaimToken::random(), lease);
        println!("{:?}", claim.await?);
    }
    Ok(())
}
