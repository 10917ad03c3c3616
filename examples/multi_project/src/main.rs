//! Serves on `127.0.0.1` and the port in `PORT`, 3000 unless set.

use std::{env, error::Error, process::ExitCode};

use multi_project_example::{KeyStore, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let file = env::var_os("SIGNING_KEYS_DATABASE")
        .ok_or("SIGNING_KEYS_DATABASE is not set: name a SQLite file with a table signing_keys")?;
    let store = KeyStore::open(file)?;
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let port: u16 = port
        .parse()
        .map_err(|_| format!("PORT is {port:?}: set it to a number below 65536"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router(&store)).await?;
    Ok(())
}
