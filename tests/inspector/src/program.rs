use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
};

use serde_json::Value;

use crate::KEY;

/// `listen` with the inspector, killed at the end of the test.
#[derive(Debug)]
pub struct Listening {
    child: Child,
    url: String,
    inspector: String,
}

impl Listening {
    /// On ports that the system chooses.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(program())
            .args([
                "listen",
                "--port",
                "0",
                "--inspect",
                "127.0.0.1:0",
                "--json",
            ])
            .args(arguments)
            .env("SIGNALWIRE_SIGNING_KEY", KEY)
            .env_remove("SIGNALWIRE_WEBHOOK_URL")
            .env_remove("SWML_PROXY_URL_BASE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let text = |name: &str| first[name].as_str().unwrap().to_owned();
        let (url, inspector) = (text("listening"), text("inspector"));
        // So that it can go on printing.
        thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            url,
            inspector,
        }
    }

    /// Where webhooks are sent.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Where the page is, with its token.
    #[must_use]
    pub fn inspector(&self) -> &str {
        &self.inspector
    }

    /// The most memory that the program has had, in bytes.
    #[must_use]
    pub fn most_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kibibytes = line.unwrap().split_ascii_whitespace().nth(1).unwrap();
        kibibytes.parse::<usize>().unwrap() * 1024
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, built once for all tests. It is of another package, so that cargo does not name it.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "signalwire-webhook-cli"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.unwrap().success(), "the program does not compile");
        let test = std::env::current_exe().unwrap();
        let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
        folder.join("signalwire-webhook")
    })
}
