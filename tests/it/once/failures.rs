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
    http::{Request, Response, StatusCode},
};
use futures_util::FutureExt as _;
use signalwire_webhook::{DeliverOnceLayer, SignalWireWebhookLayer};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::support::{Runs, answering, app, delivered, key, respond, send};

#[tokio::test]
async fn a_failure_and_what_was_not_understood_are_handled_again() {
    for status in [
        500, 502, 503, 504, 599, 408, 425, 429, // the handler failed
        206, 304, 400, 404, 405, 406, 411, 412, 413, 415, 416, 417, 421, 422,
        431, // what is not signed
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let runs = Runs::default();
        let handler = answering(&runs, move |run| {
            let status = if run == 1 { status } else { StatusCode::OK };
            (status, format!("run {run}"))
        });
        let app = app(DeliverOnceLayer::in_memory(), handler);
        send(&app, delivered())
            .await
            .assert_is(status.as_u16(), "run 1");
        send(&app, delivered()).await.assert_is(200, "run 2");
        send(&app, delivered()).await.assert_is(200, "run 2");
    }
}

#[tokio::test]
async fn any_other_status_is_an_answer() {
    for status in [200, 204, 301, 401, 403, 409, 410] {
        let status = StatusCode::from_u16(status).unwrap();
        let runs = Runs::default();
        let app = app(
            DeliverOnceLayer::in_memory(),
            answering(&runs, move |_| status),
        );
        for _ in 0..2 {
            assert_eq!(send(&app, delivered()).await.status, status);
        }
        assert_eq!(runs.get(), 1, "{status}");
    }
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
