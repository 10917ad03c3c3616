//! What `listen --forward-to` adds to a program under development: its requests per second and the
//! time of each, alone and through `listen`.
//!
//! `cargo bench -p signalwire-webhook-cli --bench forward` needs `wrk`, and prints the table of
//! `docs/performance.md` in a minute. Everything stays on 127.0.0.1, and `wrk`, `listen` and the
//! program share the cores. They take turns, and the median of each one's turns counts.

mod processes;
#[path = "../../../benches/common/wrk.rs"]
mod wrk;

use std::error::Error;

use processes::{Listening, Webhook, serve};
use wrk::requests_per_second;

const TURNS: usize = 9;

const KEY: &str = "PSKtest1234567890abcdef";
const HOST: &str = "hooks.example.com";
const PATH: &str = "/voice";

/// As many as `listen` handles at once.
const CONNECTIONS: [u32; 2] = [1, 16];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    if !wrk::is_installed() {
        println!("forward: install wrk to run this");
        return Ok(());
    }
    let webhook = Webhook::signed()?;
    let program = serve()?;
    let listening = Listening::start(&["--forward-to", &program])?;
    let inspected = Listening::start(&["--forward-to", &program, "--inspect", "127.0.0.1:0"])?;
    let servers = [
        ("the program alone", program.as_str()),
        ("through `listen`", listening.url()),
        ("through `listen --inspect`", inspected.url()),
    ];
    let mut rows = servers.map(|(name, _)| format!("| {name} |"));
    for connections in CONNECTIONS {
        let urls = servers.map(|(_, url)| format!("{url}{PATH}"));
        let rates = take_turns(&urls, connections, &webhook)?;
        for (row, rate) in rows.iter_mut().zip(rates) {
            row.push_str(&cells(connections, rate, rates[0]));
        }
    }
    println!("| | 1 connection | time of each | added | 16 connections | time of each | added |");
    println!("|---|---|---|---|---|---|---|");
    for row in rows {
        println!("{row}");
    }
    Ok(())
}

fn take_turns<const N: usize>(
    urls: &[String; N],
    connections: u32,
    webhook: &Webhook,
) -> Outcome<[f64; N]> {
    let headers = webhook.headers();
    let mut rates = [const { Vec::new() }; N];
    for _ in 0..TURNS {
        for (url, rates) in urls.iter().zip(&mut rates) {
            rates.push(requests_per_second(
                url,
                connections,
                &headers,
                &webhook.body,
            )?);
        }
    }
    Ok(rates.map(median))
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[TURNS / 2]
}

fn cells(connections: u32, rate: f64, alone: f64) -> String {
    // A connection always has a request under way, so that this is the mean of them all. That of
    // `wrk` has requests in it that it would have sent in a pause.
    let time = |rate| f64::from(connections) * 1e6 / rate;
    let added = time(rate) - time(alone);
    let added = if added == 0.0 {
        String::new()
    } else {
        format!("{added:.0} µs ")
    };
    let shown = with_commas(rate);
    format!(" {shown} | {:.0} µs | {added}|", time(rate))
}

/// As in 12,345.
fn with_commas(rate: f64) -> String {
    let digits = format!("{rate:.0}");
    let (thousands, rest) = digits.split_at(digits.len().saturating_sub(3));
    if thousands.is_empty() {
        rest.to_owned()
    } else {
        format!("{thousands},{rest}")
    }
}
