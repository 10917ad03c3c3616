//! The store fails, hangs, or answers too late.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::join_all;
use signalwire_webhook::DeliverOnceLayer;
use tokio::time::{Instant, sleep};

use crate::support::Log;

use super::support::{Mood, Moody, Runs, answering, app, callback, delivered, key, send, taking};

const DOWN: [Mood; 5] = [
    Mood::Failing,
    Mood::Panicking,
    Mood::PanickingAtOnce,
    Mood::Hanging,
    Mood::Mute,
];

#[tokio::test(start_paused = true)]
async fn deliveries_are_handled_once_in_this_process() {
    for mood in DOWN {
        let store = Moody::new();
        store.becomes(mood);
        let runs = Runs::default();
        let app = app(
            DeliverOnceLayer::new(store),
            taking(Duration::from_secs(1), &runs),
        );
        for answer in join_all((0..3).map(|_| send(&app, delivered()))).await {
            answer.assert_is(200, "run 1");
        }
        sleep(Duration::from_secs(10)).await;
        send(&app, delivered()).await.assert_is(200, "run 1");
        assert_eq!(runs.get(), 1, "{mood:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_store_delays_a_call_by_its_deadline_and_no_more() {
    type Configure = fn(DeliverOnceLayer) -> DeliverOnceLayer;
    let as_it_is: Configure = |layer| layer;
    for (configure, handled, status, milliseconds) in [
        (as_it_is, 200, 200, 250),
        (
            |layer| layer.store_deadline(Duration::from_millis(100)),
            200,
            200,
            100,
        ),
        (|layer| layer.refuse_when_unavailable(), 200, 503, 250),
        // Its claim, and that it is released before the client comes again.
        (as_it_is, 502, 502, 500),
    ] {
        let store = Moody::new();
        store.becomes(Mood::Hanging);
        let handled = StatusCode::from_u16(handled).unwrap();
        let app = app(
            configure(DeliverOnceLayer::new(store)),
            answering(&Runs::default(), move |_| handled),
        );
        let begun = Instant::now();
        assert_eq!(send(&app, delivered()).await.status, status);
        let delay = begun.elapsed();
        let expected = Duration::from_millis(milliseconds);
        assert!(
            delay >= expected && delay < expected + Duration::from_millis(5),
            "{delay:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_handled_here_before_is_answered_without_the_store() {
    let store = Moody::new();
    let runs = Runs::default();
    let app = app(
        DeliverOnceLayer::new(store.clone()).refuse_when_unavailable(),
        answering(&runs, |run| format!("run {run}")),
    );
    send(&app, delivered()).await.assert_is(200, "run 1");
    store.becomes(Mood::Failing);
    send(&app, delivered()).await.assert_is(200, "run 1");
    assert_eq!(store.calls(), ["claim", "complete"]);
}

#[tokio::test(start_paused = true)]
async fn the_layer_can_refuse_instead() {
    for mood in DOWN {
        let store = Moody::new();
        store.becomes(mood);
        let runs = Runs::default();
        let app = app(
            DeliverOnceLayer::new(store.clone()).refuse_when_unavailable(),
            answering(&runs, |run| format!("run {run}")),
        );
        let refused = send(&app, delivered()).await;
        refused.assert_is(
            503,
            "Whether this delivery was handled cannot be told, try again later.",
        );
        assert_eq!(refused.headers["retry-after"], "5");
        assert_eq!(runs.get(), 0, "{mood:?}");
        // A claim that was granted unheard was given back.
        sleep(Duration::from_secs(1)).await;
        assert_eq!(store.calls(), ["claim", "release"]);
        store.becomes(Mood::Well);
        send(&app, delivered()).await.assert_is(200, "run 1");
    }
}

/// The claim that timed out here was granted there, and completed.
#[tokio::test(start_paused = true)]
async fn a_claim_whose_answer_came_too_late_is_completed() {
    let store = Moody::new();
    let others = DeliverOnceLayer::new(store.deliveries().clone());
    store.becomes(Mood::Mute);
    let runs = Runs::default();
    let slow = app(
        DeliverOnceLayer::new(store.clone()),
        answering(&runs, |run| format!("run {run}")),
    );
    send(&slow, delivered()).await.assert_is(200, "run 1");
    sleep(Duration::from_secs(1)).await;
    let other = app(others, answering(&runs, |run| format!("run {run}")));
    send(&other, delivered()).await.assert_is(200, "run 1");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_could_not_be_kept_is_kept_a_second_later() {
    let store = Moody::new();
    let runs = Runs::default();
    let layer = DeliverOnceLayer::new(store.clone());
    let running = layer.running();
    let here = app(layer, taking(Duration::from_secs(1), &runs));
    let (answer, ()) = tokio::join!(send(&here, delivered()), async {
        sleep(Duration::from_millis(500)).await;
        store.becomes(Mood::Failing);
    });
    answer.assert_is(200, "run 1");
    store.becomes(Mood::Well);
    running.finished().await;
    assert_eq!(store.calls(), ["claim", "complete", "complete"]);
    let other = DeliverOnceLayer::new(store.deliveries().clone());
    let other = app(other, answering(&runs, |run| format!("run {run}")));
    send(&other, delivered()).await.assert_is(200, "run 1");
}

#[tokio::test(start_paused = true)]
async fn a_failing_handler_is_run_again_while_the_store_is_down() {
    for mood in DOWN {
        let store = Moody::new();
        store.becomes(mood);
        let runs = Runs::default();
        let handler = answering(&runs, |run| match run {
            1 => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::OK,
        });
        let app = app(DeliverOnceLayer::new(store), handler);
        assert_eq!(send(&app, delivered()).await.status.as_u16(), 500);
        assert_eq!(send(&app, delivered()).await.status.as_u16(), 200);
        assert_eq!(send(&app, delivered()).await.status.as_u16(), 200);
        assert_eq!(runs.get(), 2, "{mood:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_one_error_event_a_minute() {
    let log = Log::capture();
    let store = Moody::new();
    store.becomes(Mood::Failing);
    let app = app(
        DeliverOnceLayer::new(store),
        answering(&Runs::default(), |_| "handled"),
    );
    for minute in 1..=2 {
        for delivery in 0..100 {
            let message = format!("SM{minute}-{delivery}");
            send(&app, callback(&message, "sent").signed_by(&key())).await;
        }
        sleep(Duration::from_secs(61)).await;
    }
    let errors: Vec<_> = log
        .events()
        .into_iter()
        .filter(|event| event.starts_with("ERROR"))
        .collect();
    assert_eq!(errors.len(), 2, "{errors:?}");
    for expected in [
        "delivery store unavailable",
        "operation=\"claim\"",
        "error=the store is on fire",
        "deliveries are handled once in this process alone",
    ] {
        assert!(errors[0].contains(expected), "{}", errors[0]);
    }
    assert!(errors[0].contains("failures=1 "), "{}", errors[0]);
    // A claim and two tries to keep the answer for each of 100 deliveries, but the first, and one more.
    assert!(errors[1].contains("failures=300 "), "{}", errors[1]);
}

/// A store that is somebody else's, and its connections too, may do so.
#[tokio::test(start_paused = true)]
async fn a_store_that_panics_is_said_so_in_one_line() {
    let log = Log::capture();
    let store = Moody::new();
    store.becomes(Mood::Panicking);
    let app = app(
        DeliverOnceLayer::new(store),
        answering(&Runs::default(), |_| "handled"),
    );
    send(&app, delivered()).await.assert_is(200, "handled");
    let log = log.text();
    let expected = "error=the store panicked: the store is on fire";
    assert!(log.contains(expected), "{log}");
}
