//! Copies that come while the first is being handled.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, Request, Response, StatusCode},
};
use futures_util::{FutureExt as _, future::join_all};
use signalwire_webhook::{DeliverOnceLayer, SignalWireWebhookLayer};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::support::{Runs, answering, app, callback, delivered, key, respond, send, taking};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn they_wait_for_its_answer() {
    let runs = Runs::default();
    let app = app(DeliverOnceLayer::in_memory(), taking(2 * SECOND, &runs));
    let begun = Instant::now();
    for answer in join_all((0..10).map(|_| send(&app, delivered()))).await {
        answer.assert_is(200, "run 1");
    }
    assert_eq!((runs.get(), begun.elapsed().as_secs()), (1, 2));
}

/// SignalWire gives up after 5 seconds, twice, and its last attempt gets the answer.
#[tokio::test(start_paused = true)]
async fn a_client_that_hangs_up_does_not_end_the_handler() {
    let runs = Runs::default();
    let app = app(DeliverOnceLayer::in_memory(), taking(8 * SECOND, &runs));
    timeout(5 * SECOND, respond(&app, delivered()))
        .await
        .unwrap_err();
    // The second attempt would wait until the ninth second, and is told to come again.
    let second = timeout(5 * SECOND, send(&app, delivered())).await.unwrap();
    second.assert_is(200, "run 1");
    let third = send(&app, delivered()).now_or_never().unwrap();
    third.assert_is(200, "run 1");
    assert_eq!(runs.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn they_wait_4_seconds_at_most() {
    let app = app(
        DeliverOnceLayer::in_memory(),
        taking(60 * SECOND, &Runs::default()),
    );
    let first = tokio::spawn({
        let app = app.clone();
        async move { send(&app, delivered()).await }
    });
    sleep(SECOND).await;
    let begun = Instant::now();
    send(&app, delivered()).await.assert_deferred();
    assert_eq!(begun.elapsed().as_secs(), 4);
    first.await.unwrap().assert_is(200, "run 1");
}

#[tokio::test(start_paused = true)]
async fn beyond_16_they_are_told_at_once_to_come_again() {
    let runs = Runs::default();
    let app = app(DeliverOnceLayer::in_memory(), taking(3 * SECOND, &runs));
    let mut waiting: Vec<_> = (0..17).map(|_| Box::pin(send(&app, delivered()))).collect();
    for copy in &mut waiting {
        assert!(copy.now_or_never().is_none());
    }
    for _ in 0..983 {
        send(&app, delivered())
            .now_or_never()
            .unwrap()
            .assert_deferred();
    }
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    // Another delivery is not concerned.
    let other = callback("SM2", "delivered").signed_by(&key());
    assert!(send(&app, other).now_or_never().is_none());
    // One that gives up makes room for one.
    waiting.pop();
    let mut next = Box::pin(send(&app, delivered()));
    assert!((&mut next).now_or_never().is_none());
    send(&app, delivered())
        .now_or_never()
        .unwrap()
        .assert_deferred();
    waiting.push(next);
    for answer in join_all(waiting).await {
        answer.assert_is(200, "run 1");
    }
    assert_eq!(runs.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn they_give_up_their_request() {
    let app = app(
        DeliverOnceLayer::in_memory(),
        async |request: axum::extract::Request| {
            sleep(2 * SECOND).await;
            drop(request);
        },
    );
    let marks: Vec<_> = (0..3).map(Arc::new).collect();
    let mut copies: Vec<_> = marks
        .iter()
        .map(|mark| {
            let mut request = delivered();
            request.extensions_mut().insert(mark.clone());
            Box::pin(send(&app, request))
        })
        .collect();
    for copy in &mut copies {
        assert!(copy.now_or_never().is_none());
    }
    let is_kept = |mark: &Arc<i32>| Arc::strong_count(mark) > 1;
    assert_eq!(
        marks.iter().map(is_kept).collect::<Vec<_>>(),
        [true, false, false],
    );
    join_all(copies).await;
}

/// A service that is ready may hold a permit, as one of tower's `ConcurrencyLimit` does.
#[tokio::test(start_paused = true)]
async fn they_give_up_their_place_at_the_handler() {
    let permit = Arc::new(());
    let held = permit.clone();
    let handler = service_fn(move |_: Request<Body>| {
        // Each clone of the handler has one.
        let _: &Arc<()> = &held;
        async {
            sleep(2 * SECOND).await;
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }
    });
    let service =
        SignalWireWebhookLayer::new(key()).layer(DeliverOnceLayer::in_memory().layer(handler));
    let call = || Box::pin(service.clone().oneshot(delivered()));
    let before = Arc::strong_count(&permit);
    let mut copies = [call(), call(), call()];
    for copy in &mut copies {
        assert!(copy.now_or_never().is_none());
    }
    assert_eq!(Arc::strong_count(&permit), before + 1);
    join_all(copies).await;
}

#[tokio::test(start_paused = true)]
async fn they_are_told_to_come_again_where_the_first_fails() {
    let runs = Runs::default();
    let counted = runs.clone();
    let handler = move || async move {
        let run = counted.count();
        sleep(SECOND).await;
        if run == 1 {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::OK
        }
    };
    let app = app(DeliverOnceLayer::in_memory(), handler);
    let (first, second) = tokio::join!(send(&app, delivered()), send(&app, delivered()));
    assert_eq!(first.status, StatusCode::INTERNAL_SERVER_ERROR);
    second.assert_deferred();
    assert_eq!(send(&app, delivered()).await.status, StatusCode::OK);
    assert_eq!(runs.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn they_get_an_answer_that_is_not_a_success_where_they_were_received_equally() {
    let runs = Runs::default();
    let counted = runs.clone();
    let handler = async move || {
        let run = counted.count();
        sleep(SECOND).await;
        (StatusCode::NOT_FOUND, format!("run {run}"))
    };
    let app = app(DeliverOnceLayer::in_memory(), handler);
    let mut other = delivered();
    other
        .headers_mut()
        .insert("accept", HeaderValue::from_static("*/*"));
    let copies = [delivered(), delivered(), other, delivered()];
    let [first, equal, other, equal_too] = copies.map(|copy| send(&app, copy));
    let (first, equal, other, equal_too) = tokio::join!(first, equal, other, equal_too);
    for answer in [first, equal, equal_too] {
        answer.assert_is(404, "run 1");
    }
    other.assert_deferred();
    assert_eq!(runs.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn they_are_refused_where_duplicates_are_and_only_once_the_first_is_handled() {
    let runs = Runs::default();
    let layer = DeliverOnceLayer::in_memory().refuse_duplicates();
    let app = app(layer, taking(2 * SECOND, &runs));
    let begun = Instant::now();
    let (first, second) = tokio::join!(send(&app, delivered()), send(&app, delivered()));
    first.assert_is(200, "run 1");
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(begun.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn ten_threads_at_once_run_one_handler() {
    let runs = Runs::default();
    let app = app(
        DeliverOnceLayer::in_memory(),
        answering(&runs, |run| format!("run {run}")),
    );
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let app = app.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    for number in 0..200 {
                        let request = callback(&format!("SM{number}"), "sent").signed_by(&key());
                        assert_eq!(send(&app, request).await.status, StatusCode::OK);
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(runs.get(), 200);
}
