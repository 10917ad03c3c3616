use std::{
    env,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{ChildStderr, Command, Stdio},
    sync::{Arc, Mutex, OnceLock},
    thread::{sleep, spawn},
    time::{Duration, Instant},
};

use crate::{SIGNING_KEY, process::Running};

/// The example `behind_proxy`, running.
pub struct Example {
    address: SocketAddr,
    log: Arc<Mutex<String>>,
    _process: Running,
}

impl Example {
    /// With no configuration but the key.
    #[must_use]
    pub fn unconfigured() -> Self {
        Self::start(&[], None)
    }

    /// With `--trust-forwarded-headers`.
    #[must_use]
    pub fn trusting_forwarded_headers() -> Self {
        Self::start(&["--trust-forwarded-headers"], None)
    }

    /// With this `SIGNALWIRE_WEBHOOK_URL`.
    #[must_use]
    pub fn with_base(url: &str) -> Self {
        Self::start(&[], Some(url))
    }

    /// With `--explain-rejections`, and this `SIGNALWIRE_WEBHOOK_URL` where there is one.
    #[must_use]
    pub fn explaining(webhook_url: Option<&str>) -> Self {
        Self::start(&["--explain-rejections"], webhook_url)
    }

    /// What its log says behind `word`, up to the next white space, once it says it.
    #[must_use]
    pub fn logged_behind(&self, word: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let log = self.log.lock().expect("nobody panics with the log").clone();
            if let Some((_, behind)) = log.split_once(word) {
                return behind
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
            }
            assert!(Instant::now() < deadline, "{word} is not in {log}");
            sleep(Duration::from_millis(10));
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn start(arguments: &[&str], webhook_url: Option<&str>) -> Self {
        let mut command = Command::new(executable());
        command
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("SIGNALWIRE_SIGNING_KEY", SIGNING_KEY)
            .env_remove("SIGNALWIRE_WEBHOOK_URL")
            .env_remove("SWML_PROXY_URL_BASE")
            .envs(webhook_url.map(|url| ("SIGNALWIRE_WEBHOOK_URL", url)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = Running(command.spawn().expect("the example starts"));
        let stdout = process.0.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the example says where it listens");
        let stderr = process.0.stderr.take().expect("stderr is piped");
        let address = line.trim().strip_prefix("listening on ");
        Self {
            address: address
                .and_then(|address| address.parse().ok())
                .unwrap_or_else(|| panic!("the example says {line:?}")),
            log: collect(stderr),
            _process: process,
        }
    }
}

/// Reads on until the process ends, which would stop where nobody read.
fn collect(stderr: ChildStderr) -> Arc<Mutex<String>> {
    let log = Arc::new(Mutex::new(String::new()));
    let written = log.clone();
    spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let mut log = written.lock().expect("nobody panics with the log");
            log.push_str(&line);
            log.push('\n');
        }
    });
    log
}

/// Has cargo build the example: a package cannot depend on another's.
fn executable() -> &'static PathBuf {
    static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();
    EXECUTABLE.get_or_init(|| {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--package", "signalwire-webhook"])
            .args(["--example", "behind_proxy"])
            .arg("--message-format=json-render-diagnostics")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "the example does not build");
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .expect("cargo names the executable")
    })
}
