//! What the layer says.

use std::time::Duration;

use axum::http::StatusCode;
use signalwire_webhook::DeliverOnceLayer;

use crate::support::Log;

use super::support::{Runs, answering, app, delivered, send, taking};

fn of_deliveries(log: &Log) -> Vec<String> {
    log.events()
        .into_iter()
        .filter(|event| event.contains(" delivery="))
        .collect()
}

#[tokio::test]
async fn a_first_delivery_is_no_event_and_a_duplicate_is_one_at_debug() {
    let log = Log::capture();
    let app = app(
        DeliverOnceLayer::in_memory(),
        answering(&Runs::default(), |_| StatusCode::ACCEPTED),
    );
    send(&app, delivered()).await;
    assert_eq!(of_deliveries(&log), [""; 0]);
    send(&app, delivered()).await;
    let [event] = &of_deliveries(&log)[..] else {
        panic!("{}", log.text());
    };
    assert!(event.starts_with("DEBUG"), "{event}");
    assert!(event.contains("duplicate answered"), "{event}");
    assert!(event.contains("status=202"), "{event}");
    let delivery = event.split("delivery=").nth(1).unwrap();
    let delivery = delivery.split(' ').next().unwrap();
    assert!(
        delivery.len() == 64 && delivery.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{event}"
    );
}

#[tokio::test]
async fn a_duplicate_that_is_refused_is_one_too() {
    let log = Log::capture();
    let app = app(
        DeliverOnceLayer::in_memory().refuse_duplicates(),
        answering(&Runs::default(), |_| ()),
    );
    send(&app, delivered()).await;
    send(&app, delivered()).await;
    let [event] = &of_deliveries(&log)[..] else {
        panic!("{}", log.text());
    };
    assert!(
        event.starts_with("DEBUG") && event.contains("duplicate refused"),
        "{event}"
    );
}

#[tokio::test]
async fn a_handler_that_failed_is_one_with_its_reason() {
    let log = Log::capture();
    let app = app(
        DeliverOnceLayer::in_memory(),
        answering(&Runs::default(), |_| StatusCode::BAD_GATEWAY),
    );
    send(&app, delivered()).await;
    let [event] = &of_deliveries(&log)[..] else {
        panic!("{}", log.text());
    };
    for expected in ["DEBUG", "delivery not handled", "502 Bad Gateway"] {
        assert!(event.contains(expected), "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_waited_in_vain_is_one() {
    let log = Log::capture();
    let app = app(
        DeliverOnceLayer::in_memory(),
        taking(Duration::from_secs(9), &Runs::default()),
    );
    tokio::join!(send(&app, delivered()), send(&app, delivered()));
    let [event] = &of_deliveries(&log)[..] else {
        panic!("{}", log.text());
    };
    assert!(
        event.starts_with("DEBUG") && event.contains("duplicate deferred"),
        "{event}"
    );
}

/// A handler that runs on in a task of its own logs into the span of its request.
#[tokio::test(start_paused = true)]
async fn the_span_of_the_request_goes_with_its_handler() {
    use tracing::Instrument as _;

    let log = Log::capture();
    let handler = || async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        tracing::info!("the handler is done");
    };
    let app = app(DeliverOnceLayer::in_memory(), handler);
    let span = tracing::info_span!("request", number = 42);
    send(&app, delivered()).instrument(span).await;
    let text = log.text();
    let line = text
        .lines()
        .find(|line| line.contains("the handler is done"));
    assert!(line.unwrap().contains("request{number=42}"), "{text}");
}
