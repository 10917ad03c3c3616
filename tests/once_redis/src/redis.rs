use std::{
    env,
    ffi::OsString,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Command, Stdio},
};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::{
    RedisClient,
    process::{Running, free_address, is_installed},
};

/// A real Redis that keeps nothing on disk: `redis-server`, or the program that `REDIS_SERVER` names,
/// such as `valkey-server` or an older Redis.
pub struct Redis {
    process: Running,
    address: SocketAddr,
    /// The argument before its port.
    port: &'static str,
    arguments: Vec<String>,
    _directory: TempDir,
}

impl Redis {
    /// `None`, and a message, where it is not installed.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// As [`start`](Self::start), with more arguments.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        Self::start_at("--port", arguments)
    }

    /// As [`start_with`](Self::start_with), but it takes TLS and nothing else: the arguments name its
    /// certificate.
    pub fn start_with_tls(arguments: &[&str]) -> Option<Self> {
        let arguments = [&["--port", "0"], arguments].concat();
        Self::start_at("--tls-port", &arguments)
    }

    fn start_at(port: &'static str, arguments: &[&str]) -> Option<Self> {
        if !is_installed(&program()) {
            assert!(
                env::var_os("REDIS_SERVER").is_none(),
                "REDIS_SERVER names a program that is not there"
            );
            return None;
        }
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().to_str().expect("a path in UTF-8");
        let arguments: Vec<String> = ["--save", "", "--appendonly", "no", "--dir", path]
            .iter()
            .chain(arguments)
            .map(ToString::to_string)
            .collect();
        // Another process may take the port before Redis does.
        let started = (0..5).find_map(|_| {
            let address = free_address();
            Some((address, run(port, address, &arguments)?))
        });
        let (address, process) = started.expect("Redis starts with these arguments");
        Some(Self {
            process,
            address,
            port,
            arguments,
            _directory: directory,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// It is gone, and its port is closed.
    pub fn stop(&mut self) {
        self.process.kill();
    }

    /// It is there again, and empty.
    pub fn restart(&mut self) {
        self.process = run(self.port, self.address, &self.arguments).expect("its port is free");
    }

    /// It takes connections and bytes, and answers nothing.
    pub fn pause(&self) {
        self.process.signal(Signal::STOP);
    }

    pub fn resume(&self) {
        self.process.signal(Signal::CONT);
    }

    pub fn client(&self) -> RedisClient {
        RedisClient::connect(self.address)
    }

    /// What it answers to a command, as text, over a connection of its own.
    pub fn ask(&self, command: &[&str]) -> String {
        self.client().ask(command)
    }
}

fn program() -> OsString {
    env::var_os("REDIS_SERVER").unwrap_or_else(|| "redis-server".into())
}

/// `None` where it ends before it listens, as it says itself: a connection could be to another process.
fn run(port: &str, address: SocketAddr, arguments: &[String]) -> Option<Running> {
    let mut command = Command::new(program());
    command
        .args([port, &address.port().to_string(), "--bind", "127.0.0.1"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Running(command.spawn().expect("Redis starts"));
    let log = BufReader::new(process.0.stdout.take().expect("its output is piped"));
    log.lines()
        .map_while(Result::ok)
        .any(|line| line.contains("Ready to accept connections"))
        .then_some(process)
}
