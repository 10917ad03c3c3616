//! Streams of HTTP/2 that are reset in the middle of a body, beside honest ones of the same
//! connection.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Bytes, http::Request, routing::post};
use h2::{Reason, SendStream, client::SendRequest};
use http_body_util::BodyExt as _;
use signalwire_webhook::{SignalWireWebhookLayer, testing::WebhookRequest};
use signalwire_webhook_load::{Server, URL, in_time, key, until};
use tokio::net::TcpStream;

const RESETS: usize = 500;
const HONEST_EVERY: usize = 10;

/// Sends the head alone.
async fn send_head(
    connection: &mut SendRequest<Bytes>,
) -> (h2::client::ResponseFuture, SendStream<Bytes>, Bytes) {
    let request = WebhookRequest::json(URL, &["0123456789"]).signed_by(&key());
    let (mut parts, body) = request.into_parts();
    parts.uri = URL.parse().unwrap();
    parts.headers.remove("host");
    let body = body.collect().await.unwrap().to_bytes();
    let mut ready = connection.clone().ready().await.unwrap();
    let (response, stream) = ready
        .send_request(Request::from_parts(parts, ()), false)
        .unwrap();
    (response, stream, body)
}

#[tokio::test]
async fn reset_streams_are_given_up_and_the_others_of_the_connection_are_answered() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let handler = move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let app = Router::new()
        .route("/hook", post(handler))
        .layer(SignalWireWebhookLayer::new(key()));
    let server = Server::start(app).await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut connection, driver) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(driver);

    let mut honest = 0;
    for reset in 0..RESETS {
        let (_response, mut stream, body) = in_time(send_head(&mut connection)).await;
        stream.send_data(body.slice(..6), false).unwrap();
        until(|| server.counts.started() == reset + honest + 1).await;
        stream.send_reset(Reason::CANCEL);
        if reset % HONEST_EVERY == 0 {
            let (response, mut stream, body) = in_time(send_head(&mut connection)).await;
            stream.send_data(body, true).unwrap();
            assert_eq!(in_time(response).await.unwrap().status(), 200);
            honest += 1;
        }
    }
    until(|| server.counts.ended() == RESETS + honest).await;
    assert_eq!(honest, RESETS / HONEST_EVERY);
    assert_eq!(calls.load(Ordering::SeqCst), honest);
    assert_eq!(server.counts.started(), RESETS + honest);
}
