//! A server behind nginx. It answers a genuine request with the URL that SignalWire signed, and
//! logs why it refuses another.
//!
//! ```text
//! SIGNALWIRE_SIGNING_KEY=PSK… cargo run --features explain --example behind_proxy -- \
//!     [--listen 127.0.0.1:3000] [--trust X-Forwarded-Proto,X-Forwarded-Host] [--explain-rejections]
//! ```
//!
//! nginx replaces `Host` with the name in `proxy_pass` unless it is told not to. Where it keeps the
//! host and the path, nothing needs to be set. `$host` has no port: where the public URL has one, set
//! `SIGNALWIRE_WEBHOOK_URL=https://hooks.example.com:8443`. `$http_host` has it, but is whatever the
//! client wrote:
//!
//! ```nginx
//! location / {
//!     proxy_pass http://127.0.0.1:3000;
//!     proxy_set_header Host $host;
//! }
//! ```
//!
//! Where `Host` must be another, set `SIGNALWIRE_WEBHOOK_URL=https://hooks.example.com`. For names
//! that cannot be listed, nginx has to say what `Host` was, and the server is run with
//! `--trust X-Forwarded-Proto,X-Forwarded-Host`:
//!
//! ```nginx
//! location / {
//!     proxy_pass http://127.0.0.1:3000;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_set_header X-Forwarded-Host $host;
//! }
//! ```
//!
//! or, with `--trust Forwarded`, in the words of RFC 7239:
//!
//! ```nginx
//!     proxy_set_header Forwarded "host=\"$host\";proto=$scheme";
//! ```
//!
//! Trust only headers that nginx overwrites, as these lines do: any other is the client's.
//!
//! Where nginx strips a prefix, set `SIGNALWIRE_WEBHOOK_URL=https://hooks.example.com/hooks`, or have
//! nginx say so in `X-Forwarded-Prefix` beside the headers above, and trust that too:
//!
//! ```nginx
//! location /hooks/ {
//!     proxy_pass http://127.0.0.1:3000/;
//!     proxy_set_header X-Forwarded-Prefix /hooks;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_set_header X-Forwarded-Host $host;
//! }
//! ```
//!
//! A path at the end of `proxy_pass` makes nginx decode `%2F` and merge `//`, and then no URL
//! that has them is verified. Variables leave the rest of the path as it was received:
//!
//! ```nginx
//! map $request_uri $without_prefix {
//!     ~^/hooks(?<rest>/.*)$ $rest;
//! }
//! server {
//!     location /hooks/ {
//!         proxy_pass http://127.0.0.1:3000$without_prefix;
//!     }
//! }
//! ```

use std::{env, error::Error, process::ExitCode};

use axum::Router;
use signalwire_webhook::{ForwardingHeader, PublicUrl, SignalWireWebhookLayer, VerifiedWebhook};
use tokio::net::TcpListener;

struct Arguments {
    listen: String,
    trusted: Vec<ForwardingHeader>,
    explain_rejections: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            listen: "127.0.0.1:3000".to_owned(),
            trusted: Vec::new(),
            explain_rejections: false,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--listen" => {
                    arguments.listen = words.next().ok_or("--listen needs an address")?;
                }
                "--trust" => {
                    let names = words.next().ok_or("--trust needs names of headers")?;
                    arguments.trusted = names.split(',').map(header).collect::<Result<_, _>>()?;
                }
                "--explain-rejections" => arguments.explain_rejections = true,
                _ => return Err(format!("unknown argument {word:?}")),
            }
        }
        Ok(arguments)
    }
}

fn header(name: &str) -> Result<ForwardingHeader, String> {
    match name.to_ascii_lowercase().as_str() {
        "x-forwarded-proto" => Ok(ForwardingHeader::XForwardedProto),
        "x-forwarded-host" => Ok(ForwardingHeader::XForwardedHost),
        "x-forwarded-port" => Ok(ForwardingHeader::XForwardedPort),
        "x-forwarded-prefix" => Ok(ForwardingHeader::XForwardedPrefix),
        "forwarded" => Ok(ForwardingHeader::Forwarded),
        _ => Err(format!(
            "{name:?} is not a header that can be trusted: name X-Forwarded-Proto, \
             X-Forwarded-Host, X-Forwarded-Port, X-Forwarded-Prefix or Forwarded"
        )),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("behind_proxy: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse(env::args().skip(1))?;
    let listener = TcpListener::bind(&arguments.listen).await?;
    let app = Router::new().fallback(answer).layer(webhook(&arguments)?);
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

fn webhook(arguments: &Arguments) -> Result<SignalWireWebhookLayer, Box<dyn Error>> {
    let mut layer = SignalWireWebhookLayer::from_env()?;
    if arguments.explain_rejections {
        layer = layer.explain_rejections();
    }
    if arguments.trusted.is_empty() {
        return Ok(layer);
    }
    if env::var_os("SIGNALWIRE_WEBHOOK_URL").is_some() {
        return Err("set SIGNALWIRE_WEBHOOK_URL or trust the headers, not both".into());
    }
    Ok(layer.public_url(PublicUrl::from_headers(&arguments.trusted)))
}

async fn answer(webhook: VerifiedWebhook) -> String {
    format!("{}\n", webhook.url())
}
