use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::{Router, response::IntoResponse, routing::post};
use signalwire_webhook::{DeliverOnceLayer, SignalWireWebhookLayer};
use tempfile::TempDir;

use crate::{key, process::Running};

/// The handler of `/status`: it notes that it runs, takes its time, and answers with who ran.
pub fn router(layer: DeliverOnceLayer, runs: &Path, takes: Duration) -> Router {
    let file = OpenOptions::new().append(true).create(true).open(runs);
    let file = Arc::new(file.expect("the runs can be written"));
    let handler = move |body: String| {
        let file = file.clone();
        async move {
            let message = message_of(&body).to_owned();
            note(&file, &format!("begun {message}\n"));
            if !takes.is_zero() {
                tokio::time::sleep(takes).await;
            }
            note(&file, &format!("ended {message}\n"));
            let server = std::process::id().to_string();
            ([("x-server", server)], message).into_response()
        }
    };
    Router::new()
        .route("/status", post(handler))
        .layer(layer)
        .layer(SignalWireWebhookLayer::new(key()))
}

/// In one write, which no other process tears.
fn note(mut file: &File, line: &str) {
    file.write_all(line.as_bytes())
        .expect("the runs can be written");
}

fn message_of(body: &str) -> &str {
    body.split('&')
        .find_map(|field| field.strip_prefix("MessageSid="))
        .unwrap_or_default()
}

/// What the handlers of all servers noted.
pub struct Runs {
    directory: TempDir,
}

impl Default for Runs {
    fn default() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory"),
        }
    }
}

impl Runs {
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("runs")
    }

    /// How often the handler began to run for each message.
    pub fn begun(&self) -> HashMap<String, usize> {
        self.count("begun ")
    }

    /// How often it ran to its end.
    pub fn ended(&self) -> HashMap<String, usize> {
        self.count("ended ")
    }

    fn count(&self, what: &str) -> HashMap<String, usize> {
        let text = std::fs::read_to_string(self.path()).unwrap_or_default();
        let mut counts = HashMap::new();
        for message in text.lines().filter_map(|line| line.strip_prefix(what)) {
            *counts.entry(message.replace("%2D", "-")).or_default() += 1;
        }
        counts
    }
}

/// A server in a process of its own: `src/main.rs`.
pub struct Server {
    process: Running,
    address: SocketAddr,
}

impl Server {
    /// `program` is the path of `src/main.rs`, built: a test knows it, a library does not.
    pub fn start(program: &str, redis: &str, runs: &Runs, takes: Duration) -> Self {
        Self::run(&mut Command::new(program), redis, runs, takes)
    }

    /// As [`start`](Self::start), but Redis may be this late before it counts as unavailable: on a busy
    /// machine it is.
    pub fn start_patient(
        program: &str,
        redis: &str,
        runs: &Runs,
        takes: Duration,
        patience: Duration,
    ) -> Self {
        let mut command = Command::new(program);
        command.env("STORE_DEADLINE_SECONDS", patience.as_secs().to_string());
        Self::run(&mut command, redis, runs, takes)
    }

    fn run(command: &mut Command, redis: &str, runs: &Runs, takes: Duration) -> Self {
        command
            .arg(redis)
            .arg(runs.path())
            .arg(takes.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Running(command.spawn().expect("the server starts"));
        let output = process.0.stdout.take().expect("its output is piped");
        let mut address = String::new();
        BufReader::new(output)
            .read_line(&mut address)
            .expect("it prints its address");
        Self {
            process,
            address: address.trim().parse().expect("an address"),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As the operating system does when memory is short.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// The most memory that it ever had, in KiB.
    pub fn peak_memory(&self) -> usize {
        let path = format!("/proc/{}/status", self.process.0.id());
        let status = std::fs::read_to_string(path).expect("a system with /proc");
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let words = line.expect("a line VmHWM").split_whitespace();
        words.rev().nth(1).unwrap().parse().unwrap()
    }
}
