//! What one connection of HTTP/1.1 sees: a refusal with its body unread, and what follows it.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::Request};
use http_body_util::BodyExt as _;
use signalwire_webhook::{SignalWireWebhookLayer, testing::WebhookRequest};
use signalwire_webhook_load::{Client, REFUSED, RawRequest, Server, URL, in_time, key};

const LIMIT: usize = 1024 * 1024;
const SMUGGLED: &str = "http://127.0.0.1/smuggled";

/// A server, and the paths that its handler was called with.
struct Recording {
    server: Server,
    called: Arc<Mutex<Vec<String>>>,
}

impl Recording {
    async fn start() -> Self {
        let called = Arc::new(Mutex::new(Vec::new()));
        let calls = called.clone();
        let handler = move |request: Request| async move {
            calls.lock().unwrap().push(request.uri().path().to_owned());
            let body = request.into_body().collect().await.unwrap();
            format!("trailers: {:?}", body.trailers().is_some())
        };
        let app = Router::new()
            .fallback(handler)
            .layer(SignalWireWebhookLayer::new(key()).body_limit(LIMIT));
        Self {
            server: Server::start(app).await,
            called,
        }
    }

    async fn exchange(&self, bytes: &[u8]) -> String {
        in_time(Client::exchange(self.server.address, bytes)).await
    }

    fn called(&self) -> Vec<String> {
        self.called.lock().unwrap().clone()
    }
}

fn signed(url: &str) -> RawRequest {
    RawRequest::signed(WebhookRequest::json(url, &["genuine"]), &key())
}

fn unsigned(body: Vec<u8>) -> RawRequest {
    RawRequest::unsigned(WebhookRequest::raw(URL, "application/json", body))
}

fn statuses(text: &str) -> Vec<&str> {
    text.match_indices("HTTP/1.1 ")
        .map(|(start, _)| &text[start + 9..start + 12])
        .collect()
}

#[tokio::test]
async fn a_refusal_by_the_headers_comes_in_the_place_of_continue() {
    let recording = Recording::start().await;
    for (head, status) in [
        (
            unsigned(Vec::new())
                .header("expect: 100-continue")
                .head_declaring(5),
            "403",
        ),
        (
            unsigned(Vec::new())
                .header("expect: 100-continue")
                .chunked_head(),
            "403",
        ),
        (
            signed(URL)
                .header("expect: 100-continue")
                .head_declaring(LIMIT + 1),
            "413",
        ),
    ] {
        let mut client = Client::connect(recording.server.address).await;
        client.write(&head).await;
        let answer = in_time(client.read_to_end()).await;
        assert_eq!(statuses(&answer), [status], "{answer}");
    }
    assert!(recording.called().is_empty());
}

#[tokio::test]
async fn a_signed_request_is_told_to_continue() {
    let recording = Recording::start().await;
    let request = signed(URL).closing().header("expect: 100-continue");
    let mut client = Client::connect(recording.server.address).await;
    client.write(&request.head()).await;
    let interim = in_time(client.read_head()).await;
    assert!(interim.starts_with("HTTP/1.1 100 "), "{interim}");
    client.write(&request.body).await;
    let answer = in_time(client.read_to_end()).await;
    assert_eq!(statuses(&answer), ["200"]);
    assert_eq!(recording.called(), ["/hook"]);
}

#[tokio::test]
async fn a_chunked_body_passes_without_its_trailers() {
    let recording = Recording::start().await;
    let with_trailers = signed(URL)
        .header("trailer: x-admin")
        .chunked("x-admin: yes\r\nx-signalwire-signature: 0\r\n");
    let next = signed(URL).closing().bytes();
    let answers = recording.exchange(&[with_trailers, next].concat()).await;
    assert_eq!(statuses(&answers), ["200", "200"], "{answers}");
    assert_eq!(answers.matches("trailers: false").count(), 2);
    assert_eq!(recording.called(), ["/hook", "/hook"]);
}

/// The signature headers are trailers, where they sign nothing.
#[tokio::test]
async fn a_signature_in_the_trailers_is_none() {
    let recording = Recording::start().await;
    let genuine = String::from_utf8(signed(URL).head()).unwrap();
    let signatures: String = genuine
        .split_inclusive("\r\n")
        .filter(|line| line.starts_with("x-signalwire"))
        .collect();
    assert!(!signatures.is_empty());
    let request = unsigned(signed(URL).body).closing().chunked(&signatures);
    assert_eq!(statuses(&recording.exchange(&request).await), ["403"]);
    assert!(recording.called().is_empty());
}

/// A refused request whose body is itself a genuine request, which must never be read as one.
fn carriers() -> Vec<Vec<u8>> {
    let smuggled = signed(SMUGGLED).closing().bytes();
    let padded = [vec![b' '; 3 * LIMIT], smuggled.clone()].concat();
    vec![
        unsigned(smuggled.clone()).bytes(),
        unsigned(smuggled.clone()).chunked(""),
        unsigned(padded.clone()).bytes(),
        unsigned(padded.clone()).chunked(""),
        signed(URL).replacing_body(padded.clone()).bytes(),
        signed(URL).replacing_body(padded).chunked(""),
        signed(URL).replacing_body(smuggled.clone()).bytes(),
        signed(URL).replacing_body(smuggled).chunked(""),
    ]
}

#[tokio::test]
async fn the_body_of_a_refused_request_is_never_read_as_a_request() {
    let next = signed(URL).closing().bytes();
    for carrier in carriers() {
        let recording = Recording::start().await;
        let mut client = Client::connect(recording.server.address).await;
        let requests = [carrier, next.clone()].concat();
        let _ = client.try_write(&requests).await;
        let answers = in_time(client.read_to_end()).await;
        let called = recording.called();
        assert!(!called.contains(&"/smuggled".to_owned()), "{answers}");
        assert!(recording.server.counts.started() <= 2);
        match statuses(&answers)[..] {
            ["403" | "413"] => assert!(called.is_empty()),
            ["403" | "413", "200"] => assert_eq!(called, ["/hook"]),
            [] => assert!(
                called.is_empty() && requests.len() > LIMIT,
                "only a reset loses one"
            ),
            _ => panic!("{answers}"),
        }
    }
}

/// The body is there with its head, so that hyper reads past it and the connection lives on.
#[tokio::test]
async fn a_request_after_a_short_refused_one_is_answered() {
    let recording = Recording::start().await;
    let requests = [
        unsigned(b"{}".to_vec()).bytes(),
        signed(URL).bytes(),
        signed(URL).replacing_body(b"forged!!!".to_vec()).bytes(),
        signed(URL).closing().bytes(),
    ];
    let answers = recording.exchange(&requests.concat()).await;
    assert_eq!(
        statuses(&answers),
        ["403", "200", "403", "200"],
        "{answers}"
    );
    assert_eq!(answers.matches(REFUSED).count(), 2);
    assert_eq!(recording.called(), ["/hook", "/hook"]);
}

/// What has not come yet when the refusal is written is never waited for.
#[tokio::test]
async fn a_connection_whose_refused_body_is_still_to_come_is_closed() {
    let recording = Recording::start().await;
    let mut client = Client::connect(recording.server.address).await;
    let smuggled = signed(SMUGGLED).closing().bytes();
    client.write(&unsigned(smuggled.clone()).head()).await;
    let refusal = in_time(client.read_to_end()).await;
    assert_eq!(statuses(&refusal), ["403"], "{refusal}");
    let _ = client.try_write(&smuggled).await;
    assert_eq!(in_time(client.read_to_end()).await, "");
    assert!(recording.called().is_empty());
    assert_eq!(recording.server.counts.started(), 1);
}
