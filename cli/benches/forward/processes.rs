//! What takes part beside `wrk`: the program under development, `listen` before it, and a webhook.

use std::{
    io::{self, BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use axum::{Router, body::Bytes, routing::post};
use serde_json::Value;
use tokio::{net::TcpListener, runtime::Builder};

use crate::{HOST, KEY, Outcome, PATH};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signalwire-webhook"));
    command
        .args(arguments)
        .env("SIGNALWIRE_SIGNING_KEY", KEY)
        .env_remove("SIGNALWIRE_WEBHOOK_URL")
        .env_remove("SWML_PROXY_URL_BASE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// A program that reads each webhook and answers it. One thread serves, as one serves `listen`.
pub(crate) fn serve() -> Outcome<String> {
    let handler = post(async |_: Bytes| "<Response><Hangup/></Response>");
    let app = Router::new().route(PATH, handler);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let serving = axum::serve(listener, app).into_future();
    thread::spawn(move || runtime.block_on(runtime.spawn(serving)));
    Ok(format!("http://{address}"))
}

/// `listen`, killed at the end.
pub(crate) struct Listening {
    process: Child,
    url: String,
}

impl Listening {
    pub(crate) fn start(arguments: &[&str]) -> Outcome<Self> {
        let mut process = program(&["listen", "--port", "0"])
            .args(arguments)
            .spawn()?;
        let output = process.stdout.take().ok_or("listen has no output")?;
        let mut output = BufReader::new(output);
        let mut first = String::new();
        output.read_line(&mut first)?;
        let url = first
            .strip_prefix("Listening on ")
            .and_then(|rest| rest.split(';').next())
            .ok_or_else(|| format!("listen said: {first}"))?
            .to_owned();
        // As a terminal does.
        thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        Ok(Self { process, url })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An incoming call, which the program signs as SignalWire does.
pub(crate) struct Webhook {
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Webhook {
    pub(crate) fn signed() -> Outcome<Self> {
        let url = format!("https://{HOST}{PATH}");
        let output = program(&["sign", &url, "--event", "voice", "--json"]).output()?;
        let signed: Value = serde_json::from_slice(&output.stdout)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let headers = signed["headers"].as_object().ok_or("sign prints headers")?;
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), text(value)));
        Ok(Self {
            headers: headers.collect(),
            body: text(&signed["body"]),
        })
    }

    pub(crate) fn headers(&self) -> Vec<(&str, &str)> {
        let own = self.headers.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        [("Host", HOST)].into_iter().chain(own).collect()
    }
}
