//! The layer in front of a plain hyper server: no Router, no extractors, HTTP/1.1 and HTTP/2.
//!
//! ```sh
//! SIGNALWIRE_SIGNING_KEY=PSK… SIGNALWIRE_WEBHOOK_URL=https://hooks.example.com \
//!     cargo run --example hyper -- 127.0.0.1:3000
//! ```
//!
//! It answers every call with cXML.

use std::{convert::Infallible, env, error::Error};

use axum::body::Body;
use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use http_body_util::BodyExt as _;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use signalwire_webhook::{SignalWireWebhookLayer, VerifiedWebhook};
use tokio::net::TcpListener;
use tower::{ServiceBuilder, service_fn};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:3000")).await?;
    let layer = SignalWireWebhookLayer::from_env()?;
    println!("Listening on http://{}", listener.local_addr()?);
    serve(listener, layer).await
}

async fn serve(listener: TcpListener, layer: SignalWireWebhookLayer) -> Result<(), Box<dyn Error>> {
    let service = ServiceBuilder::new()
        .layer(layer)
        .service(service_fn(answer));
    let service = TowerToHyperService::new(service);
    let mut server = Builder::new(TokioExecutor::new());
    // Without a timer hyper has no timeout for the headers of a request.
    server.http1().timer(TokioTimer::new());
    server.http2().timer(TokioTimer::new());
    loop {
        let (stream, _) = listener.accept().await?;
        let (server, service) = (server.clone(), service.clone());
        tokio::spawn(async move {
            let connection = server.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection failed");
            }
        });
    }
}

/// The layer lets through only what SignalWire signed.
async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let form = body.collect().await.unwrap_or_default().to_bytes();
    tracing::info!(
        key_id = parts.extensions.get().map(VerifiedWebhook::key_id),
        from = field(&form, "From"),
        "a call",
    );
    let mut response = Response::new(Body::from(
        "<Response><Say>Hello from hyper.</Say></Response>",
    ));
    let xml = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(CONTENT_TYPE, xml);
    Ok(response)
}

fn field(form: &[u8], wanted: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(form);
    let (_, value) = fields.find(|(name, _)| name == wanted)?;
    Some(value.into_owned())
}
