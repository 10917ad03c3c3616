use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::request::Parts,
    middleware::{self, Next},
    response::Response,
};
use http_body_util::BodyExt as _;
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, VerifiedWebhook};

use super::key;

/// A request as it reached the server.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

impl Received {
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.parts.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The parameters of a form, decoded.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }
}

/// A server with the layer, as a user has it.
pub(crate) struct Server {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(crate) fn start(public_url: Option<&str>) -> Self {
        let mut layer = SignalWireWebhookLayer::new(key());
        if let Some(url) = public_url {
            layer = layer.public_url(PublicUrl::base(url).unwrap());
        }
        let received = Arc::default();
        let app = Router::new()
            .fallback(answer)
            .layer(layer)
            .layer(middleware::from_fn_with_state(Arc::clone(&received), note));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, app).await.unwrap();
            });
        });
        Self { address, received }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The last request that arrived.
    #[track_caller]
    pub(crate) fn last(&self) -> Received {
        self.received.lock().unwrap().last().unwrap().clone()
    }
}

/// The scheme by which the request was verified, in XML.
async fn answer(request: Request) -> String {
    let verified = request.extensions().get::<VerifiedWebhook>();
    let scheme = verified.map_or_else(String::new, |verified| verified.scheme().to_string());
    format!("<Response><Say>{scheme}</Say></Response>")
}

async fn note(
    State(received): State<Arc<Mutex<Vec<Received>>>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    received.lock().unwrap().push(Received {
        parts: parts.clone(),
        body: body.clone(),
    });
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// A server that gives one answer, these very bytes.
pub(crate) fn answer_with(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut vec![0; 64 * 1024]);
        let _ = stream.write_all(&answer);
    });
    url
}
