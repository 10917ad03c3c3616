//! Clients that go away in the middle of a body leave nothing over.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, routing::post};
use futures_util::future::join_all;
use signalwire_webhook::{RejectionReason, SignalWireWebhookLayer, testing::WebhookRequest};
use signalwire_webhook_load::{
    Client, RawRequest, Server, URL, allow_open_files, in_time, key, until,
};

const CLIENTS: usize = 200;

struct Counted {
    server: Server,
    calls: Arc<AtomicUsize>,
}

impl Counted {
    async fn start() -> Self {
        allow_open_files(2_000);
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let handler = move || async move {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        let app = Router::new()
            .route("/hook", post(handler))
            .layer(SignalWireWebhookLayer::new(key()));
        Self {
            server: Server::start(app).await,
            calls,
        }
    }

    /// Connections that have each sent the half of a signed body.
    async fn half_sent(&self) -> Vec<Client> {
        let request = RawRequest::signed(WebhookRequest::json(URL, &["0123456789"]), &key());
        let half = &request.bytes()[..request.bytes().len() - 6];
        let clients = join_all((0..CLIENTS).map(async |_| {
            let mut client = Client::connect(self.server.address).await;
            client.write(half).await;
            client
        }))
        .await;
        until(|| self.server.counts.started() == CLIENTS).await;
        clients
    }

    async fn is_still_at_work(&self) {
        let honest = RawRequest::signed(WebhookRequest::json(URL, &["honest"]), &key()).closing();
        let answer = in_time(Client::exchange(self.server.address, &honest.bytes())).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(self.calls.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_client_that_closes_its_half_is_told_that_the_body_broke_off() {
    let counted = Counted::start().await;
    let mut clients = counted.half_sent().await;
    let answers = in_time(join_all(clients.iter_mut().map(async |client| {
        client.finish().await;
        client.read_to_end().await
    })))
    .await;
    for answer in answers {
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(
            answer.ends_with("Request body could not be read."),
            "{answer}"
        );
    }
    let counts = &counted.server.counts;
    assert_eq!(counts.refused(RejectionReason::BodyUnreadable), CLIENTS);
    counted.is_still_at_work().await;
}

#[tokio::test]
async fn clients_that_vanish_leave_no_request_under_way() {
    let counted = Counted::start().await;
    assert_eq!(counted.server.counts.ended(), 0);
    drop(counted.half_sent().await);
    until(|| counted.server.counts.ended() == CLIENTS).await;
    counted.is_still_at_work().await;
}
