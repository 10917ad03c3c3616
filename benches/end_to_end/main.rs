//! Requests per second of a server with the layer and of the same server without it.
//!
//! `cargo bench --bench end_to_end` needs `wrk`. Everything stays on 127.0.0.1 and takes less
//! than two minutes. The servers take turns, and the best turn of each counts.
//!
//! With `-- --express FILE` it runs that file with `node` and holds Express' `webhook()` beside
//! them: see `benches/express/compare.sh`.

#[allow(dead_code)]
#[path = "../common/requests.rs"]
mod requests;

use std::{
    env,
    error::Error,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use axum::{Router, body::Bytes, routing::post};
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tokio::net::TcpListener;

use requests::Sample;

const TURNS: usize = 6;
const TURN: &str = "1s";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    if Command::new("wrk").arg("--version").output().is_err() {
        println!("end_to_end: install wrk to run this");
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let layer = SignalWireWebhookLayer::new(SigningKey::new(requests::KEY)?);
    let mut servers = vec![
        ("axum", runtime.block_on(serve(server()))?),
        (
            "axum + this layer",
            runtime.block_on(serve(server().layer(layer)))?,
        ),
    ];
    let express = express_file().map(Express::start).transpose()?;
    if let Some(express) = &express {
        servers.push(("Express", format!("{}/bare", express.origin)));
        servers.push((
            "Express + webhook()",
            format!("{}{}", express.origin, requests::PATH),
        ));
    }
    println!(
        "{:<18} {:>11}  {:<20} {:>12} {:>18}",
        "request", "connections", "server", "requests/s", "of the one without",
    );
    let form = ("cXML form, 497 B", Sample::form(&requests::voice_call()));
    let json = ("SWML JSON, 2 KB", Sample::json(2 * 1024));
    // Express' `webhook()` knows forms alone.
    let samples = if express.is_some() {
        vec![form]
    } else {
        vec![form, json]
    };
    for (name, sample) in samples {
        for connections in [1, 64] {
            compare(name, &sample, connections, &servers)?;
        }
    }
    Ok(())
}

fn compare(
    name: &str,
    sample: &Sample,
    connections: u32,
    servers: &[(&str, String)],
) -> Outcome<()> {
    let script = write_script(sample)?;
    let mut best = vec![0.0_f64; servers.len()];
    for _ in 0..TURNS {
        for ((_, url), best) in servers.iter().zip(&mut best) {
            *best = best.max(requests_per_second(url, connections, &script)?);
        }
    }
    for (pair, best) in servers.chunks(2).zip(best.chunks(2)) {
        for ((server, _), rate) in pair.iter().zip(best) {
            println!(
                "{name:<18} {connections:>11}  {server:<20} {rate:>12.0} {:>16.1} %",
                100.0 * rate / best[0],
            );
        }
    }
    Ok(())
}

fn server() -> Router {
    Router::new().route(
        requests::PATH,
        post(|_: Bytes| async { "<Response><Hangup/></Response>" }),
    )
}

async fn serve(app: Router) -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(format!("http://{address}{}", requests::PATH))
}

fn write_script(sample: &Sample) -> Outcome<PathBuf> {
    let (header, signature) = sample.signature.as_ref().expect("the sample is signed");
    let script = format!(
        "wrk.method = 'POST'\n\
         wrk.headers['Host'] = '{}'\n\
         wrk.headers['Content-Type'] = '{}'\n\
         wrk.headers['{header}'] = '{signature}'\n\
         wrk.body = [==[{}]==]\n",
        requests::HOST,
        sample.content_type,
        str::from_utf8(&sample.body)?,
    );
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("request.lua");
    fs::write(&path, script)?;
    Ok(path)
}

fn requests_per_second(url: &str, connections: u32, script: &Path) -> Outcome<f64> {
    let output = Command::new("wrk")
        .args(["--threads", "1", "--duration", TURN, "--connections"])
        .arg(connections.to_string())
        .arg("--script")
        .arg(script)
        .arg(url)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("{url} refused requests:\n{text}").into());
    }
    let rate = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))
        .ok_or_else(|| format!("wrk said no rate for {url}:\n{text}"))?;
    Ok(rate.trim().parse()?)
}

fn express_file() -> Option<String> {
    env::args()
        .skip_while(|argument| argument != "--express")
        .nth(1)
}

struct Express {
    process: Child,
    origin: String,
}

impl Express {
    /// The file says the port that it listens on in its first line.
    fn start(file: String) -> Outcome<Self> {
        let mut process = Command::new("node")
            .arg(file)
            .arg(requests::url())
            .env("NODE_ENV", "production")
            .env("SIGNALWIRE_SIGNING_KEY", requests::KEY)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("node has no output")?;
        let mut port = String::new();
        BufReader::new(output).read_line(&mut port)?;
        let origin = format!("http://127.0.0.1:{}", port.trim());
        Ok(Self { process, origin })
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        // It has ended where this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
