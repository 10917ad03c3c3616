//! A program that prints its port, in the language of this folder's files.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::Target;
use crate::support::KEY;

/// It is killed when this is dropped.
struct Script {
    process: Child,
    url: String,
}

/// `None`, and a message, where Node.js or a package of npm is not installed.
pub(super) fn in_express() -> Option<impl Target> {
    let packages = npm_packages();
    if !packages.join("express").exists() {
        eprintln!("skipped: Express is not installed; run tests/proxies/install");
        return None;
    }
    let mut node = Command::new("node");
    node.env("NODE_PATH", packages)
        .env("NODE_ENV", "production");
    Some(start(node, "express.js"))
}

/// `None`, and a message, where Python is not installed.
pub(super) fn in_python() -> Option<impl Target> {
    let mut python = Command::new("python3");
    if python.arg("--version").output().is_err() {
        eprintln!("skipped: there is no `python3` here");
        return None;
    }
    Some(start(Command::new("python3"), "server.py"))
}

fn start(mut language: Command, file: &str) -> Script {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/targets");
    let mut process = language
        .arg(folder.join(file))
        .env("SIGNALWIRE_SIGNING_KEY", KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut port = String::new();
    let output = process.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut port).unwrap();
    let url = format!("http://127.0.0.1:{}", port.trim());
    Script { process, url }
}

impl Target for Script {
    fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `tests/proxies/install` puts them.
fn npm_packages() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = target.unwrap_or_else(|| workspace.join("target"));
    target.join("proxies/node/node_modules")
}
