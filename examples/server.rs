//! An axum server that only SignalWire can call.
//!
//! ```sh
//! cargo run --example server
//! ```
//!
//! Without a key in the environment it makes a random one for this run, listens on 127.0.0.1 and
//! prints curl commands to try it with. To deploy it, set
//!
//! - `SIGNALWIRE_SIGNING_KEY`: the Signing Key from the dashboard, API Credentials;
//! - `SIGNALWIRE_WEBHOOK_URL`: where SignalWire reaches the server, as `https://hooks.example.com`;
//! - `PORT`, or `--port`: 3000 unless set. It listens on all addresses then.
//!
//! With `--features metrics` it answers `/metrics` for Prometheus; keep that route from the internet.
//!
//! `RUST_LOG` sets what is logged, `info,signalwire_webhook=debug` unless set.

use std::{
    env,
    error::Error,
    io::{ErrorKind, IsTerminal as _},
    net::{Ipv4Addr, SocketAddr},
    process::ExitCode,
};

use axum::{
    Form, Json, Router,
    body::Body,
    http::{
        Request,
        header::{CONTENT_TYPE, HOST},
    },
    response::IntoResponse,
    routing::{any, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, SigningKey, Verified};
use tokio::net::TcpListener;
use tower_http::trace::TraceLayer;
use tracing_subscriber::EnvFilter;

const USAGE: &str = "usage: server [--port NUMBER]";

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,signalwire_webhook=debug"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let port = port(env::args().skip(1), env::var("PORT").ok())?;
    if env::var_os("SIGNALWIRE_SIGNING_KEY").is_some_and(|key| !key.is_empty()) {
        let layer = SignalWireWebhookLayer::from_env()?;
        let listener = listen(Ipv4Addr::UNSPECIFIED, port).await?;
        println!("Listening on http://{}", listener.local_addr()?);
        serve(listener, layer).await
    } else {
        let key = random_key()?;
        let listener = listen(Ipv4Addr::LOCALHOST, port).await?;
        let address = listener.local_addr()?;
        let public_url = PublicUrl::from_env()?.unwrap_or_else(PublicUrl::from_request);
        print_commands(&key, address, &public_url);
        serve(
            listener,
            SignalWireWebhookLayer::new(key).public_url(public_url),
        )
        .await
    }
}

fn app(layer: SignalWireWebhookLayer) -> Router {
    let status = post(status).layer(layer.clone().body_limit(16 * 1024));
    Router::new()
        .route("/voice", any(voice))
        .route("/sms", any(sms))
        .route("/swml", post(swml))
        .layer(layer)
        .route("/status", status)
        .route("/health", get(|| async { "healthy" }))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<Body>| {
            // The query is left out: what SignalWire puts there may be personal.
            tracing::info_span!("request", method = %request.method(), path = request.uri().path())
        }))
}

/// What this server reads of a cXML request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cxml {
    from: String,
    to: String,
}

async fn voice(Verified(Form(call)): Verified<Form<Cxml>>) -> impl IntoResponse {
    tracing::info!(call.from, call.to, "a call");
    cxml("<Response><Say>Hello from Rust.</Say></Response>")
}

async fn sms(Verified(Form(message)): Verified<Form<Cxml>>) -> impl IntoResponse {
    tracing::info!(message.from, message.to, "a message");
    cxml("<Response><Message>Thank you for your message.</Message></Response>")
}

fn cxml(document: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/xml")], document)
}

async fn swml(Verified(Json(request)): Verified<Json<Value>>) -> Json<Value> {
    tracing::info!(from = %request["call"]["from"], to = %request["call"]["to"], "a SWML call");
    Json(json!({
        "version": "1.0.0",
        "sections": { "main": [{ "play": { "url": "say:Hello from Rust." } }] },
    }))
}

/// What this server reads of a status callback.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    call_sid: String,
    call_status: String,
}

async fn status(Verified(Form(status)): Verified<Form<Status>>) -> &'static str {
    tracing::info!(status.call_sid, status.call_status, "a status");
    "noted"
}

/// What the layer counts, in Prometheus' text format.
#[cfg(feature = "metrics")]
fn metrics() -> Result<Router, metrics_exporter_prometheus::BuildError> {
    use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

    let seconds = &[0.000_01, 0.000_1, 0.001, 0.01, 0.1];
    let bytes = &[256.0, 1024.0, 4096.0, 16384.0, 65536.0];
    let prometheus = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), seconds)?
        .set_buckets_for_metric(Matcher::Suffix("_bytes".into()), bytes)?
        .install_recorder()?;
    let render = move || async move { prometheus.render() };
    Ok(Router::new().route("/metrics", get(render)))
}

async fn serve(listener: TcpListener, layer: SignalWireWebhookLayer) -> Result<(), Box<dyn Error>> {
    #[cfg(feature = "metrics")]
    let metrics = metrics()?;
    let app = app(layer);
    #[cfg(feature = "metrics")]
    let app = app.merge(metrics);
    axum::serve(listener, app)
        .with_graceful_shutdown(stop_signal())
        .await?;
    println!("Stopped: every request under way was answered.");
    Ok(())
}

/// Ctrl-C at a terminal, SIGTERM from a container's runtime.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be listened for");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}

async fn listen(address: Ipv4Addr, port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((address, port))
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => format!(
                "port {port} is in use: stop the program that has it, or choose another with --port"
            ),
            ErrorKind::PermissionDenied => {
                format!("port {port} needs privileges: choose one above 1023 with --port")
            }
            _ => format!("cannot listen on {address}:{port}: {error}"),
        })
}

fn port(arguments: impl Iterator<Item = String>, variable: Option<String>) -> Result<u16, String> {
    let mut chosen = variable.filter(|port| !port.is_empty());
    let mut arguments = arguments.flat_map(|argument| match argument.split_once('=') {
        Some((name, value)) => vec![name.to_owned(), value.to_owned()],
        None => vec![argument],
    });
    while let Some(argument) = arguments.next() {
        if argument != "--port" {
            return Err(format!(
                "{argument:?} is not an option of this program; {USAGE}"
            ));
        }
        chosen = Some(
            arguments
                .next()
                .ok_or(format!("--port needs a number; {USAGE}"))?,
        );
    }
    let Some(port) = chosen else {
        return Ok(3000);
    };
    port.parse()
        .map_err(|_| format!("the port {port:?} is not a number from 0 to 65535"))
}

fn random_key() -> Result<SigningKey, Box<dyn Error>> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(SigningKey::new(format!(
        "PSK{:032x}",
        u128::from_ne_bytes(bytes)
    ))?)
}

/// Prints one signed request for each route and a forged one, ready to paste.
fn print_commands(key: &SigningKey, address: SocketAddr, public_url: &PublicUrl) {
    println!(
        "SIGNALWIRE_SIGNING_KEY is not set, so this run has a random key of its own.\n\
         Listening on http://{address}. Paste these into another terminal:\n"
    );
    let call = [
        ("CallSid", "b3877c40-da60-4998-90ad-b792e98472af"),
        ("AccountSid", "ea108133-d6b3-407c-9536-9fad8a929a6a"),
        ("CallStatus", "ringing"),
        ("Direction", "inbound"),
        ("From", "+15551234567"),
        ("To", "+15557654321"),
    ];
    let message = [
        ("MessageSid", "0a059168-ead0-41af-9d1f-343dae832527"),
        ("AccountSid", "ea108133-d6b3-407c-9536-9fad8a929a6a"),
        ("From", "+15551234567"),
        ("To", "+15557654321"),
        ("Body", "Is it you? 100% & more"),
    ];
    let status = [("CallSid", call[0].1), ("CallStatus", "completed")];
    let sign = |path: &str, form: &[(&'static str, &'static str)]| {
        key.sign_form(&signed_url(public_url, address, path), form.iter().copied())
    };

    println!("# a call, answered with cXML: 200");
    print_form(address, "/voice", &sign("/voice", &call), &call);
    println!("# a message, answered with cXML: 200");
    print_form(address, "/sms", &sign("/sms", &message), &message);
    println!("# a call, answered with SWML: 200");
    let swml = r#"{"call":{"call_id":"b3877c40-da60-4998-90ad-b792e98472af","direction":"inbound","type":"phone","from":"+15551234567","to":"+15557654321"},"vars":{},"params":{}}"#;
    let url = signed_url(public_url, address, "/swml");
    println!(
        "curl -i -w '\\n' http://{address}/swml \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -H 'X-SignalWire-Signature: {}' \\\n  \
         -H 'X-SignalWire-SHA256-Signature: {}' \\\n  \
         --data '{swml}'\n",
        key.sign_body_sha1(&url, swml.as_bytes()),
        key.sign_body_sha256(&url, swml.as_bytes()),
    );
    println!("# a status callback: 200");
    print_form(address, "/status", &sign("/status", &status), &status);
    println!("# a message that was changed after it was signed: 403, and the log says why");
    let mut forged = message;
    forged[2].1 = "+15550000000";
    print_form(address, "/sms", &sign("/sms", &message), &forged);
    println!("# not protected: 200\ncurl -i -w '\\n' http://{address}/health\n");
}

/// The likeliest of the URLs that the layer will try for this path.
fn signed_url(public_url: &PublicUrl, address: SocketAddr, path: &str) -> String {
    let mut request = Request::new(());
    *request.uri_mut() = path.parse().expect("the paths above are paths");
    let host = address.to_string().parse();
    let host = host.expect("an address is a value of Host");
    request.headers_mut().insert(HOST, host);
    let (parts, ()) = request.into_parts();
    public_url.candidates(&parts).swap_remove(0)
}

fn print_form(address: SocketAddr, path: &str, signature: &str, form: &[(&str, &str)]) {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    println!(
        "curl -i -w '\\n' http://{address}{path} \\\n  \
         -H 'X-SignalWire-Signature: {signature}' \\\n  \
         --data '{form}'\n"
    );
}
