//! Two servers share a store; here two layers in one process, in `tests/once_redis` real ones.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use signalwire_webhook::{
    DeliverOnceLayer, Deliveries, DeliveryId,
    once::{Claim, ClaimToken, StoredAnswer},
};
use tokio::time::{Instant, sleep, timeout};

use crate::support::Log;

use super::support::{Mood, Moody, Runs, answering, app, delivered, respond, send, taking};

const SECOND: Duration = Duration::from_secs(1);
const LEASE: Duration = Duration::from_secs(10);

fn layers(store: &Moody) -> [DeliverOnceLayer; 2] {
    [0, 1].map(|_| DeliverOnceLayer::new(store.clone()))
}

#[tokio::test(start_paused = true)]
async fn a_copy_at_another_server_waits_for_the_answer() {
    let store = Moody::new();
    let runs = Runs::default();
    let [one, other] = layers(&store).map(|layer| app(layer, taking(2 * SECOND, &runs)));
    let begun = Instant::now();
    let (first, second) = tokio::join!(send(&one, delivered()), send(&other, delivered()));
    first.assert_is(200, "run 1");
    second.assert_is(200, "run 1");
    assert_eq!(runs.get(), 1);
    // The pauses between two looks grow to 320 milliseconds.
    let waited = begun.elapsed();
    assert!(waited < Duration::from_millis(2_320), "{waited:?}");
    let claims = store
        .calls()
        .iter()
        .filter(|call| **call == "claim")
        .count();
    assert!((2..=14).contains(&claims), "{claims}");
}

#[tokio::test(start_paused = true)]
async fn it_waits_4_seconds_at_most() {
    let store = Moody::new();
    let [one, other] =
        layers(&store).map(|layer| app(layer, taking(60 * SECOND, &Runs::default())));
    let first = tokio::spawn(async move { send(&one, delivered()).await });
    sleep(SECOND).await;
    let begun = Instant::now();
    send(&other, delivered()).await.assert_deferred();
    assert_eq!(begun.elapsed(), 4 * SECOND);
    first.await.unwrap().assert_is(200, "run 1");
}

#[tokio::test(start_paused = true)]
async fn it_is_handled_where_the_first_server_fails() {
    let store = Moody::new();
    let runs = Runs::default();
    let [one, other] = layers(&store).map(|layer| {
        let counted = runs.clone();
        let handler = move || async move {
            let run = counted.count();
            sleep(SECOND).await;
            match run {
                1 => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::OK,
            }
        };
        app(layer, handler)
    });
    let (first, second) = tokio::join!(send(&one, delivered()), send(&other, delivered()));
    assert_eq!([first.status.as_u16(), second.status.as_u16()], [500, 200]);
    assert_eq!(runs.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_another_server_handles_is_not_handled_here_when_the_store_goes_down() {
    let store = Moody::new();
    let runs = Runs::default();
    let [one, other] = layers(&store).map(|layer| app(layer, taking(2 * SECOND, &runs)));
    let (first, second, ()) =
        tokio::join!(send(&one, delivered()), send(&other, delivered()), async {
            sleep(SECOND).await;
            store.becomes(Mood::Failing);
        },);
    first.assert_is(200, "run 1");
    second.assert_deferred();
    assert_eq!(runs.get(), 1);
}

/// As when a server is killed: nothing renews its claim, and nothing ends it.
#[tokio::test(start_paused = true)]
async fn the_claim_of_a_server_that_is_gone_ends_with_its_lease() {
    let store = Moody::new();
    let delivery = delivery_of(delivered()).await;
    let gone = store
        .deliveries()
        .claim(delivery, ClaimToken::random(), LEASE);
    assert!(matches!(gone.await, Ok(Claim::Granted)));
    let runs = Runs::default();
    let app = app(
        DeliverOnceLayer::new(store),
        answering(&runs, |_| "handled"),
    );
    let begun = Instant::now();
    send(&app, delivered()).await.assert_deferred();
    send(&app, delivered()).await.assert_deferred();
    send(&app, delivered()).await.assert_is(200, "handled");
    assert!(begun.elapsed() >= LEASE, "{:?}", begun.elapsed());
    assert!(begun.elapsed() < LEASE + SECOND, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_claim_of_a_handler_that_runs_is_renewed() {
    let store = Moody::new();
    let runs = Runs::default();
    let [one, other] = layers(&store).map(|layer| app(layer, taking(60 * SECOND, &runs)));
    let first = tokio::spawn(async move { send(&one, delivered()).await });
    for _ in 0..11 {
        sleep(SECOND).await;
        send(&other, delivered()).await.assert_deferred();
    }
    first.await.unwrap().assert_is(200, "run 1");
    send(&other, delivered()).await.assert_is(200, "run 1");
    assert_eq!(runs.get(), 1);
}

/// Its store was emptied, as a Redis that was restarted is.
#[tokio::test(start_paused = true)]
async fn a_claim_that_the_store_lost_is_made_again_by_its_renewal() {
    let store = Moody::new();
    let runs = Runs::default();
    let [one, _] = layers(&store).map(|layer| app(layer, taking(20 * SECOND, &runs)));
    let first = tokio::spawn(async move { send(&one, delivered()).await });
    sleep(SECOND).await;
    let delivery = delivery_of(delivered()).await;
    store.forget_claim(delivery).await;
    sleep(3 * SECOND).await;
    let claim = store
        .deliveries()
        .claim(delivery, ClaimToken::random(), LEASE);
    assert!(matches!(claim.await, Ok(Claim::Held)));
    first.await.unwrap().assert_is(200, "run 1");
}

/// The first server was suspended for longer than its lease.
#[tokio::test(start_paused = true)]
async fn a_server_that_lost_its_claim_does_not_overwrite_the_answer_of_the_other() {
    let log = Log::capture();
    let store = Moody::new();
    let runs = Runs::default();
    let [one, other] = layers(&store);
    let running = one.running();
    let one = app(one, taking(30 * SECOND, &runs));
    let other = app(other, taking(SECOND, &runs));
    let first = tokio::spawn({
        let one = one.clone();
        async move { send(&one, delivered()).await }
    });
    sleep(SECOND).await;
    store.becomes(Mood::Failing);
    sleep(LEASE + SECOND).await;
    store.becomes(Mood::Well);
    send(&other, delivered()).await.assert_is(200, "run 2");
    first.await.unwrap().assert_is(200, "run 1");
    running.finished().await;
    for server in [&one, &other] {
        send(server, delivered()).await.assert_is(200, "run 2");
    }
    let warnings: Vec<_> = log
        .events()
        .into_iter()
        .filter(|event| event.starts_with("WARN"))
        .collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("claim lost"), "{warnings:?}");
    assert!(warnings[1].contains("answer not kept"), "{warnings:?}");
}

#[tokio::test(start_paused = true)]
async fn a_first_delivery_takes_two_calls_and_an_answered_copy_one() {
    let store = Moody::new();
    let runs = Runs::default();
    let [one, other] =
        layers(&store).map(|layer| app(layer, answering(&runs, |run| format!("run {run}"))));
    send(&one, delivered()).await.assert_is(200, "run 1");
    assert_eq!(store.calls(), ["claim", "complete"]);
    send(&other, delivered()).await.assert_is(200, "run 1");
    assert_eq!(store.calls(), ["claim", "complete", "claim"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_in_an_arc_is_a_store() {
    let store = Arc::new(Moody::new());
    let app = app(
        DeliverOnceLayer::new(store.clone()),
        taking(4 * SECOND, &Runs::default()),
    );
    send(&app, delivered()).await.assert_is(200, "run 1");
    timeout(SECOND, respond(&app, delivered())).await.unwrap();
    assert_eq!(store.calls(), ["claim", "renew", "complete"]);
    let delivery = DeliveryId::of("another");
    let token = ClaimToken::random();
    let store = &store;
    assert!(matches!(
        store.claim(delivery, token, LEASE).await,
        Ok(Claim::Granted)
    ));
    store.release(delivery, token).await.unwrap();
    let answer = StoredAnswer::without_body(StatusCode::OK);
    assert!(
        store
            .complete(delivery, token, &answer, LEASE)
            .await
            .unwrap()
    );
}

/// What the layer calls this request.
async fn delivery_of(request: axum::http::Request<axum::body::Body>) -> DeliveryId {
    let (names, mut received) = tokio::sync::mpsc::unbounded_channel();
    let layer = DeliverOnceLayer::in_memory().identify(move |_, _, verified| {
        names.send(verified.delivery_id()).unwrap();
        None
    });
    send(&app(layer, async || {}), request).await;
    received.recv().await.unwrap()
}
