//! What is not handled is handled when it comes again.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    body::Body,
    handler::Handler,
    http::{HeaderValue, Request, Response, StatusCode},
};
use futures_util::FutureExt as _;
use signalwire_webhook::{DeliverOnceLayer, MemoryDeliveries, SignalWireWebhookLayer};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::support::{Moody, Runs, answering, app, delivered, key, respond, send};

#[tokio::test]
async fn a_failure_is_handled_again() {
    for status in [500, 502, 503, 504, 599, 408, 425, 429] {
        let status = StatusCode::from_u16(status).unwrap();
        let runs = Runs::default();
        let app = app(DeliverOnceLayer::in_memory(), at_first(status, &runs));
        send(&app, delivered())
            .await
            .assert_is(status.as_u16(), "run 1");
        send(&app, delivered()).await.assert_is(200, "run 2");
        send(&app, delivered()).await.assert_is(200, "run 2");
    }
}

#[tokio::test]
async fn any_other_status_is_an_answer() {
    for status in [
        200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 405, 409, 410, 415, 422,
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let runs = Runs::default();
        let app = app(DeliverOnceLayer::in_memory(), at_first(status, &runs));
        let first = send(&app, delivered()).await;
        assert_eq!(first.status, status);
        assert_eq!(send(&app, delivered()).await, first);
        assert_eq!(runs.get(), 1, "{status}");
    }
}

/// What is not a success may be of what the signature says nothing about.
#[tokio::test]
async fn a_success_is_for_each_copy_and_any_other_answer_for_what_is_received_equally() {
    let otherwise = || {
        let mut request = delivered();
        let accept = HeaderValue::from_static("text/plain");
        request.headers_mut().insert("accept", accept);
        request
    };
    for (status, is_for_each) in [
        (200, true),
        (202, true),
        (206, false),
        (303, false),
        (304, false),
        (404, false),
        (406, false),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        for store in [
            DeliverOnceLayer::in_memory(),
            DeliverOnceLayer::new(MemoryDeliveries::new()),
            DeliverOnceLayer::new(Moody::new()),
        ] {
            let runs = Runs::default();
            let app = app(store, at_first(status, &runs));
            assert_eq!(send(&app, otherwise()).await.status, status);
            assert_eq!(send(&app, otherwise()).await.status, status);
            assert_eq!(runs.get(), 1, "{status}");
            let expected = if is_for_each { status } else { StatusCode::OK };
            assert_eq!(send(&app, delivered()).await.status, expected);
            // From then on there is an answer for each.
            assert_eq!(send(&app, otherwise()).await.status, expected);
            assert_eq!(runs.get(), if is_for_each { 1 } else { 2 }, "{status}");
        }
    }
}

/// A handler that answers with this status when it runs first, and with 200 after that.
fn at_first(status: StatusCode, runs: &Runs) -> impl Handler<((),), ()> {
    answering(runs, move |run| {
        let status = if run == 1 { status } else { StatusCode::OK };
        (status, format!("run {run}"))
    })
}

#[tokio::test]
async fn an_error_reaches_the_outer_service_and_is_no_answer() {
    let runs = Runs::default();
    let counted = runs.clone();
    let inner = service_fn(move |_: Request<Body>| {
        let run = counted.count();
        async move {
            match run {
                1 => Err(std::io::Error::other("the first run fails")),
                _ => Ok(Response::new(Body::from("handled"))),
            }
        }
    });
    let service =
        SignalWireWebhookLayer::new(key()).layer(DeliverOnceLayer::in_memory().layer(inner));
    let error = service.clone().oneshot(delivered()).await.unwrap_err();
    assert_eq!(error.to_string(), "the first run fails");
    for _ in 0..2 {
        let response = service.clone().oneshot(delivered()).await.unwrap();
        super::support::read(response)
            .await
            .assert_is(200, "handled");
    }
    assert_eq!(runs.get(), 2);
}

#[tokio::test]
async fn a_panic_goes_on_where_the_request_is_and_is_no_answer() {
    for waits in [false, true] {
        let runs = Runs::default();
        let counted = runs.clone();
        let handler = move || async move {
            let run = counted.count();
            if waits {
                tokio::task::yield_now().await;
            }
            assert_ne!(run, 1, "the first run panics");
            "handled"
        };
        let app = app(DeliverOnceLayer::in_memory(), handler);
        let panic = AssertUnwindSafe(respond(&app, delivered()))
            .catch_unwind()
            .await
            .unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains("the first run panics"), "{message}");
        send(&app, delivered()).await.assert_is(200, "handled");
        send(&app, delivered()).await.assert_is(200, "handled");
        assert_eq!(runs.get(), 2);
    }
}

#[tokio::test]
async fn a_service_that_panics_when_it_is_called_is_caught_too() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let inner = service_fn(move |_: Request<Body>| {
        assert_ne!(counted.fetch_add(1, Ordering::SeqCst), 0, "not called yet");
        async { Ok::<_, std::io::Error>(Response::new(Body::from("handled"))) }
    });
    let service =
        SignalWireWebhookLayer::new(key()).layer(DeliverOnceLayer::in_memory().layer(inner));
    let call = AssertUnwindSafe(service.clone().oneshot(delivered()));
    assert!(call.catch_unwind().await.is_err());
    assert!(service.oneshot(delivered()).await.is_ok());
}
