//! The store in memory.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_util::FutureExt as _;
use signalwire_webhook::{
    Deliveries as _, DeliveryId, MemoryDeliveries,
    once::{Claim, ClaimToken, StoredAnswer},
};
use tokio::time::advance;

const LEASE: Duration = Duration::from_secs(10);
const RETENTION: Duration = Duration::from_secs(60);

fn delivery(number: usize) -> DeliveryId {
    DeliveryId::of(number.to_string())
}

fn answer(length: usize) -> StoredAnswer {
    StoredAnswer::new(
        StatusCode::OK,
        &HeaderMap::new(),
        Bytes::from(vec![b'x'; length]),
    )
}

/// No call waits for anything.
fn claim(store: &MemoryDeliveries, number: usize) -> Claim {
    store
        .claim(delivery(number), ClaimToken::random(), LEASE)
        .now_or_never()
        .unwrap()
        .unwrap()
}

async fn handle(store: &MemoryDeliveries, number: usize, answer: &StoredAnswer) {
    let token = ClaimToken::random();
    let delivery = delivery(number);
    store.claim(delivery, token, LEASE).await.unwrap();
    assert!(
        store
            .complete(delivery, token, answer, RETENTION)
            .await
            .unwrap()
    );
}

fn is_answered(store: &MemoryDeliveries, number: usize) -> bool {
    matches!(claim(store, number), Claim::Answered(_))
}

#[tokio::test]
async fn a_full_store_keeps_the_newest() {
    let store = MemoryDeliveries::bounded(1_000, u64::MAX / 2);
    for number in 0..2_000 {
        handle(&store, number, &answer(10)).await;
    }
    let newest = (1_000..2_000)
        .filter(|number| is_answered(&store, *number))
        .count();
    let oldest = (0..1_000)
        .filter(|number| is_answered(&store, *number))
        .count();
    assert!(newest >= 990, "{newest}");
    assert!(oldest <= 100, "{oldest}");
}

#[tokio::test]
async fn the_bytes_are_bounded_too() {
    let store = MemoryDeliveries::bounded(1_000, 100 * 1024);
    for number in 0..100 {
        handle(&store, number, &answer(10 * 1024)).await;
    }
    let kept = (0..100)
        .filter(|number| is_answered(&store, *number))
        .count();
    assert!((5..=15).contains(&kept), "{kept}");
    assert!(is_answered(&store, 99));
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_remembered_without_its_body() {
    let store = MemoryDeliveries::bounded(10, 10 * 1024);
    let token = ClaimToken::random();
    store.claim(delivery(1), token, LEASE).await.unwrap();
    let long = answer(20 * 1024);
    assert!(
        store
            .complete(delivery(1), token, &long, RETENTION)
            .await
            .unwrap()
    );
    let Claim::Answered(kept) = claim(&store, 1) else {
        panic!("it is not remembered");
    };
    assert_eq!(kept, StoredAnswer::without_body(StatusCode::OK));
    // The call is repeated, as one is whose result was lost.
    assert!(
        store
            .complete(delivery(1), token, &long, RETENTION)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn however_small_it_is_the_last_delivery_is_remembered() {
    for (entries, bytes) in [(0, 0), (10, 0), (10, 100), (0, u64::MAX)] {
        let store = MemoryDeliveries::bounded(entries, bytes);
        handle(&store, 1, &answer(10)).await;
        assert!(is_answered(&store, 1), "{entries} {bytes}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_being_handled_is_not_forgotten_however_full_it_is() {
    let store = MemoryDeliveries::bounded(10, 10 * 1024);
    let token = ClaimToken::random();
    store.claim(delivery(0), token, LEASE).await.unwrap();
    for number in 1..3_000 {
        assert!(matches!(claim(&store, number), Claim::Granted));
    }
    assert!(matches!(claim(&store, 0), Claim::Held));
    advance(LEASE / 2).await;
    assert!(store.renew(delivery(0), token, LEASE).await.unwrap());
    advance(LEASE / 2 + Duration::from_secs(1)).await;
    assert!(matches!(claim(&store, 0), Claim::Held));
    // The claims that were left behind are gone, and swept away.
    assert!(matches!(claim(&store, 1), Claim::Granted));
    for number in 3_000..6_100 {
        claim(&store, number);
    }
    let debug = format!("{store:?}");
    let held: usize = debug
        .split("held: ")
        .nth(1)
        .and_then(|rest| rest.split(',').next())
        .unwrap()
        .parse()
        .unwrap();
    assert!(held < 4_000, "{debug}");
}

#[tokio::test]
async fn a_clone_is_the_same_store() {
    let store = MemoryDeliveries::default();
    handle(&store, 1, &answer(1)).await;
    assert!(is_answered(&store.clone(), 1));
}

mod stored_answers {
    use proptest::prelude::*;

    use super::*;

    /// More than a map can have: a store may hold anything.
    #[test]
    fn are_not_made_of_any_number_of_headers() {
        for (count, is_read) in [(10_u16, true), (40_000, false)] {
            let head = [1, 0, 200, 1];
            let headers = [0, 1, b'a', 0, 0].repeat(count.into());
            let bytes = [&head[..], &count.to_be_bytes(), &headers].concat();
            assert_eq!(StoredAnswer::from_bytes(bytes).is_ok(), is_read, "{count}");
        }
    }

    proptest! {
        #[test]
        fn come_back_from_their_bytes(
            status in 100_u16..1000,
            headers in proptest::collection::vec(("[a-z-]{1,20}", "[ -~]{0,50}"), 0..10),
            body in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..2_000)),
        ) {
            let status = StatusCode::from_u16(status).unwrap();
            let answer = match body {
                None => StoredAnswer::without_body(status),
                Some(body) => {
                    let headers: HeaderMap = headers
                        .iter()
                        .map(|(name, value)| (name.parse::<axum::http::HeaderName>().unwrap(), value.parse().unwrap()))
                        .collect();
                    StoredAnswer::new(status, &headers, body.into())
                }
            };
            prop_assert_eq!(StoredAnswer::from_bytes(answer.to_bytes()).unwrap(), answer);
        }

        #[test]
        fn are_never_made_of_other_bytes_with_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = StoredAnswer::from_bytes(bytes);
        }

        #[test]
        fn are_not_made_of_a_part(length in 0_usize..30) {
            let headers: HeaderMap = [("content-type".parse().unwrap(), "text/plain".parse().unwrap())]
                .into_iter()
                .collect();
            let bytes = StoredAnswer::new(StatusCode::OK, &headers, Bytes::new()).to_bytes();
            prop_assume!(length < bytes.len());
            let error = StoredAnswer::from_bytes(bytes[..length].to_vec()).unwrap_err();
            prop_assert!(error.to_string().contains("key prefix"));
        }
    }
}
