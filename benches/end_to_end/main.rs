//! Requests per second of a server with the layer and of the same server without it; and of one
//! whose handler computes a single HMAC-SHA1 over URL and body, which no verifier can do without.
//!
//! `cargo bench --bench end_to_end` needs `wrk`, which shares the cores with the server and takes less
//! of them. Everything stays on 127.0.0.1 and takes four minutes. The servers take turns, and the median
//! of each server's turns counts: the rates of one differ by a tenth from turn to turn.
//!
//! With `-- --express FILE` it runs that file with `node` and holds Express' `webhook()` beside
//! them: see `benches/express/compare.sh`.

#[allow(dead_code)]
#[path = "../common/requests.rs"]
mod requests;
#[path = "../common/wrk.rs"]
mod wrk;

use std::{
    env,
    error::Error,
    hint::black_box,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use axum::{Router, body::Bytes, routing::post};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use signalwire_webhook::{SignalWireWebhookLayer, SigningKey};
use tokio::{net::TcpListener, runtime::Builder};

use requests::Sample;
use wrk::requests_per_second;

const TURNS: usize = 9;

/// Of servers to hold beside each other, the first is the one without a layer.
type Group = Vec<(&'static str, String)>;
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    if !wrk::is_installed() {
        println!("end_to_end: install wrk to run this");
        return Ok(());
    }
    let layer = SignalWireWebhookLayer::new(SigningKey::new(requests::KEY)?);
    let axum = |threads| -> Outcome<Group> {
        let layered = server().layer(layer.clone());
        Ok(vec![
            ("axum", serve(server(), threads)?),
            ("axum + one HMAC", serve(server_with_hmac(), threads)?),
            ("axum + this layer", serve(layered, threads)?),
        ])
    };
    println!(
        "{:<18} {:>7} {:>11}  {:<20} {:>12} {:>18}",
        "request", "threads", "connections", "server", "requests/s", "of the one without",
    );
    let form = Sample::form(&requests::voice_call());
    let json = Sample::json(2 * 1024);
    if let Some(file) = express_file() {
        let express = Express::start(file)?;
        let with_webhook = format!("{}{}", express.origin, requests::PATH);
        let beside = vec![
            ("Express", format!("{}/bare", express.origin)),
            ("Express + webhook()", with_webhook),
        ];
        let groups = [axum(Threads::One)?, beside];
        // Express' `webhook()` knows forms alone.
        return compare("cXML form, 497 B", &form, Threads::One, &groups);
    }
    for threads in [Threads::One, Threads::Many] {
        let groups = [axum(threads)?];
        compare("cXML form, 497 B", &form, threads, &groups)?;
        compare("SWML JSON, 2 KB", &json, threads, &groups)?;
    }
    Ok(())
}

fn compare(name: &str, sample: &Sample, threads: Threads, groups: &[Group]) -> Outcome<()> {
    let servers: Vec<_> = groups.iter().flatten().collect();
    let body = str::from_utf8(&sample.body)?;
    for connections in [1, 64] {
        let mut rates = vec![Vec::new(); servers.len()];
        for _ in 0..TURNS {
            for ((_, url), rates) in servers.iter().zip(&mut rates) {
                let headers = headers(sample);
                rates.push(requests_per_second(url, connections, &headers, body)?);
            }
        }
        let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
        let mut medians = medians.as_slice();
        for group in groups {
            let (rates, others) = medians.split_at(group.len());
            medians = others;
            for ((server, _), rate) in group.iter().zip(rates) {
                println!(
                    "{name:<18} {:>7} {connections:>11}  {server:<20} {rate:>12.0} {:>16.1} %",
                    format!("{threads:?}").to_lowercase(),
                    100.0 * rate / rates[0],
                );
            }
        }
    }
    Ok(())
}

fn headers(sample: &Sample) -> [(&str, &str); 3] {
    let (header, signature) = sample.signature.as_ref().expect("the sample is signed");
    [
        ("Host", requests::HOST),
        ("Content-Type", sample.content_type),
        (header, signature),
    ]
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[TURNS / 2]
}

fn server() -> Router {
    Router::new().route(
        requests::PATH,
        post(|_: Bytes| async { "<Response><Hangup/></Response>" }),
    )
}

fn server_with_hmac() -> Router {
    let keyed = Hmac::<Sha1>::new_from_slice(requests::KEY.as_bytes())
        .expect("HMAC takes keys of any length");
    let handler = async move |body: Bytes| {
        let mut hmac = keyed.clone();
        hmac.update(requests::url().as_bytes());
        hmac.update(&body);
        black_box(hmac.finalize());
        "<Response><Hangup/></Response>"
    };
    Router::new().route(requests::PATH, post(handler))
}

/// With a thread for each core, as `#[tokio::main]` has it, where the kernel wakes them decides
/// more than what they do; with one thread a server shows every microsecond.
#[derive(Clone, Copy, Debug)]
enum Threads {
    One,
    Many,
}

fn serve(app: Router, threads: Threads) -> Outcome<String> {
    let mut builder = match threads {
        Threads::One => Builder::new_current_thread(),
        Threads::Many => Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let serving = axum::serve(listener, app).into_future();
    thread::spawn(move || runtime.block_on(runtime.spawn(serving)));
    Ok(format!("http://{address}{}", requests::PATH))
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
