//! Serves on `127.0.0.1` and the port in `PORT`, 3000 unless set.

use std::{env, error::Error, process::ExitCode};

use rotating_keys_example::{KeyFile, reload_on_change, router};
use signalwire_webhook::RotatingKeys;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let path = env::var_os("SIGNALWIRE_SIGNING_KEY_FILE")
        .ok_or("SIGNALWIRE_SIGNING_KEY_FILE is not set: name a file with a signing key a line")?;
    let file = KeyFile::new(path);
    let keys = RotatingKeys::new(file.read()?);
    tokio::spawn(reload_on_change(file, keys.clone())?);

    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let port: u16 = port
        .parse()
        .map_err(|_| format!("PORT is {port:?}: set it to a number below 65536"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, router(keys)).await?;
    Ok(())
}
