use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Version},
    response::{IntoResponse, Response},
};
use signalwire_webhook::{
    PublicUrl, SignalWireWebhookLayer, VerifiedWebhook, explain::Explanation,
};
use tokio::{net::TcpListener, runtime, sync::oneshot};
use tower::ServiceExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::signing_key;

/// An axum server with the layer. It answers a genuine request with the URL that was signed, and
/// remembers what arrives.
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// The server runs until this is dropped.
    _running: oneshot::Sender<()>,
}

/// A request as it arrived, before the layer saw it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The version of HTTP.
    pub version: Version,
    /// The path and query.
    pub target: String,
    /// The host of the URI, or the `Host` header.
    pub host: String,
    /// The headers.
    pub headers: HeaderMap,
}

struct Shared {
    app: Mutex<Router>,
    received: Mutex<Vec<Received>>,
    log: Log,
    explanations: Mutex<Vec<Explanation>>,
    answers_may_be_cached: AtomicBool,
}

impl Upstream {
    /// Starts it, with nothing configured but the key.
    #[must_use]
    pub fn start() -> Self {
        let shared = Arc::new(Shared {
            app: Mutex::new(app(PublicUrl::from_request(), false)),
            received: Mutex::default(),
            log: Log::default(),
            explanations: Mutex::default(),
            answers_may_be_cached: AtomicBool::new(false),
        });
        let (running, stopped) = oneshot::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the port that was free");
        let for_server = shared.clone();
        thread::spawn(move || serve(listener, for_server, stopped));
        Self {
            address,
            shared,
            _running: running,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Configures the layer.
    pub fn configure(&self, public_url: PublicUrl) {
        *lock(&self.shared.app) = app(public_url, false);
    }

    /// Configures the layer, and has it explain what it refuses.
    pub fn configure_and_explain(&self, public_url: PublicUrl) {
        *lock(&self.shared.app) = app(public_url, true);
    }

    /// Leaves out the `Cache-Control: no-store` that its answers have.
    pub fn let_answers_be_cached(&self) {
        self.shared
            .answers_may_be_cached
            .store(true, Ordering::Relaxed);
    }

    /// What has arrived since this was last called.
    #[must_use]
    pub fn take_received(&self) -> Vec<Received> {
        std::mem::take(&mut lock(&self.shared.received))
    }

    /// The explanations of what it has refused since this was last called.
    #[must_use]
    pub fn take_explanations(&self) -> Vec<Explanation> {
        std::mem::take(&mut lock(&self.shared.explanations))
    }

    /// What the server has logged since this was last called.
    #[must_use]
    pub fn take_log(&self) -> String {
        let bytes = std::mem::take(&mut *lock(&self.shared.log.0));
        String::from_utf8(bytes).expect("a log is text")
    }
}

fn app(public_url: PublicUrl, explains: bool) -> Router {
    let layer = SignalWireWebhookLayer::new(signing_key()).public_url(public_url);
    let layer = if explains {
        layer.explain_rejections()
    } else {
        layer
    };
    let answer = |webhook: VerifiedWebhook| async move { webhook.url().to_owned() };
    Router::new().fallback(answer).layer(layer)
}

/// A thread of its own has a log of its own.
fn serve(listener: std::net::TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let log = shared.log.clone();
    let _log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || log.clone())
        .finish()
        .set_default();
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        listener
            .set_nonblocking(true)
            .expect("a socket that can be");
        let listener = TcpListener::from_std(listener).expect("a listener of tokio's");
        let app = Router::new().fallback(record_and_answer).with_state(shared);
        tokio::select! {
            served = axum::serve(listener, app) => served.expect("axum serves"),
            _ = stopped => {}
        }
    });
}

async fn record_and_answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    lock(&shared.received).push(Received::of(&request));
    let app = lock(&shared.app).clone();
    let answer = app.oneshot(request).await.into_response();
    let explanation = answer.extensions().get::<Explanation>();
    lock(&shared.explanations).extend(explanation.cloned());
    if shared.answers_may_be_cached.load(Ordering::Relaxed) {
        return answer;
    }
    ([("cache-control", "no-store")], answer).into_response()
}

impl Received {
    fn of(request: &Request) -> Self {
        let uri = request.uri();
        let target = uri.path_and_query();
        let host = match uri.authority() {
            Some(authority) => authority.to_string(),
            None => text(request.headers().get("host")),
        };
        Self {
            version: request.version(),
            target: target.map(ToString::to_string).unwrap_or_default(),
            host,
            headers: request.headers().clone(),
        }
    }

    /// Every line of this header, in order.
    #[must_use]
    pub fn lines(&self, header: &str) -> Vec<String> {
        let lines = self.headers.get_all(header).iter();
        lines.map(|line| text(Some(line))).collect()
    }
}

fn text(value: Option<&axum::http::HeaderValue>) -> String {
    value
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with the lock")
}
