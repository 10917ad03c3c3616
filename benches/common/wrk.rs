//! `wrk`, a program that sends requests as fast as they are answered.

use std::{error::Error, fs, path::Path, process::Command};

/// How long it sends.
const TURN: &str = "1s";

pub(crate) fn is_installed() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

/// Of one request that is sent by POST again and again. Fails where the server refuses it.
pub(crate) fn requests_per_second(
    url: &str,
    connections: u32,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<f64, Box<dyn Error>> {
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("wrk.headers['{name}'] = '{value}'\n"))
        .collect();
    let headers = headers.concat();
    let script = format!("wrk.method = 'POST'\n{headers}wrk.body = [==[{body}]==]\n");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("request.lua");
    fs::write(&file, script)?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--duration", TURN])
        .args(["--connections", &connections.to_string(), "--script"])
        .arg(file)
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
