use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use signalwire_webhook::{Rejection, RejectionReason};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server on a port of the system's choice, stopped when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    pub counts: Counts,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves `app`, and counts outside of all its layers.
    pub async fn start(app: Router) -> Self {
        let counts = Counts::default();
        let app = app.layer(from_fn_with_state(counts.clone(), count));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            counts,
            task: tokio::spawn(async { axum::serve(listener, app).await.unwrap() }),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What became of the requests.
#[derive(Clone, Default)]
pub struct Counts(Arc<Inner>);

#[derive(Default)]
struct Inner {
    started: AtomicUsize,
    ended: AtomicUsize,
    reasons: Mutex<Vec<RejectionReason>>,
}

impl Counts {
    /// Requests whose head arrived.
    pub fn started(&self) -> usize {
        self.0.started.load(Ordering::SeqCst)
    }

    /// Those of them that were answered or, their client being gone, given up.
    pub fn ended(&self) -> usize {
        self.0.ended.load(Ordering::SeqCst)
    }

    /// How many were refused for this reason.
    pub fn refused(&self, reason: RejectionReason) -> usize {
        let reasons = self.0.reasons.lock().unwrap();
        reasons.iter().filter(|other| **other == reason).count()
    }
}

struct Ending(Counts);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

async fn count(State(counts): State<Counts>, request: Request, next: Next) -> Response {
    counts.0.started.fetch_add(1, Ordering::SeqCst);
    let _ending = Ending(counts.clone());
    let response = next.run(request).await;
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        counts.0.reasons.lock().unwrap().push(rejection.reason());
    }
    response
}
