//! The program that sends requests as fast as they are answered.

use std::{fs, path::PathBuf, process::Command};

use crate::{Outcome, requests, requests::Sample};

/// How long a client sends.
const TURN: &str = "1s";

/// Of `wrk`. Fails where the server refuses a request.
pub(crate) fn requests_per_second(url: &str, connections: u32, sample: &Sample) -> Outcome<f64> {
    let connections = connections.to_string();
    let headers: String = headers(sample)
        .map(|(name, value)| format!("wrk.headers['{name}'] = '{value}'\n"))
        .concat();
    let body = str::from_utf8(&sample.body)?;
    let script = format!("wrk.method = 'POST'\n{headers}wrk.body = [==[{body}]==]\n");
    let output = Command::new("wrk")
        .args(["--threads", "1", "--duration", TURN])
        .args(["--connections", &connections, "--script"])
        .arg(written("request.lua", script.as_bytes())?)
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

fn headers(sample: &Sample) -> [(&str, &str); 3] {
    let (header, signature) = sample.signature.as_ref().expect("the sample is signed");
    [
        ("Host", requests::HOST),
        ("Content-Type", sample.content_type),
        (header, signature),
    ]
}

fn written(name: &str, contents: &[u8]) -> Outcome<PathBuf> {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, contents)?;
    Ok(path)
}
