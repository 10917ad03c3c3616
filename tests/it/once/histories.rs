//! What servers that are slow, suspended and killed may do with a store, in any order, and what it is
//! to say: of two that believe that a delivery is theirs, one is right.

use std::{collections::HashMap, time::Duration};

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use signalwire_webhook::{
    Deliveries, DeliveryId,
    once::{Claim, ClaimToken, StoredAnswer},
};

pub(crate) const LEASE: Duration = Duration::from_secs(10);
const RETENTION: Duration = Duration::from_secs(1_000);
const SERVERS: usize = 3;
const DELIVERIES: usize = 2;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Claim(usize, usize),
    Renew(usize, usize),
    Complete(usize, usize),
    Release(usize, usize),
    /// All leases run out.
    LeasesEnd,
}

pub(crate) fn histories() -> impl Strategy<Value = Vec<Step>> {
    let pair = || (0..SERVERS, 0..DELIVERIES);
    let step = prop_oneof![
        4 => pair().prop_map(|(server, delivery)| Step::Claim(server, delivery)),
        2 => pair().prop_map(|(server, delivery)| Step::Renew(server, delivery)),
        3 => pair().prop_map(|(server, delivery)| Step::Complete(server, delivery)),
        2 => pair().prop_map(|(server, delivery)| Step::Release(server, delivery)),
        2 => Just(Step::LeasesEnd),
    ];
    vec(step, 1..40)
}

/// A store whose leases end when the test says so.
pub(crate) trait Store {
    type Deliveries: Deliveries;

    fn deliveries(&self) -> &Self::Deliveries;

    async fn end_leases(&self, held: &[DeliveryId]);
}

/// What every store should say.
#[derive(Clone, Debug, PartialEq)]
enum Expected {
    Held(ClaimToken),
    Answered(StoredAnswer),
}

/// Each server keeps its token for a delivery, as a handler that runs does, until it ends it.
pub(crate) async fn run(store: &impl Store, round: &str, history: &[Step]) {
    let deliveries = store.deliveries();
    let delivery = |number: usize| DeliveryId::of(format!("{round}/{number}"));
    let mut tokens: HashMap<(usize, usize), ClaimToken> = HashMap::new();
    let mut expected: HashMap<usize, Expected> = HashMap::new();
    for (time, step) in history.iter().enumerate() {
        match *step {
            Step::Claim(server, number) => {
                let token = *tokens
                    .entry((server, number))
                    .or_insert_with(ClaimToken::random);
                let claim = deliveries.claim(delivery(number), token, LEASE).await;
                match expected.get(&number) {
                    Some(Expected::Held(holder)) if *holder != token => {
                        assert!(matches!(claim, Ok(Claim::Held)), "{time}: {claim:?}");
                    }
                    Some(Expected::Answered(answer)) => {
                        let Ok(Claim::Answered(kept)) = claim else {
                            panic!("{time}: {claim:?}");
                        };
                        assert_eq!(kept, *answer, "{time}");
                    }
                    _ => {
                        assert!(matches!(claim, Ok(Claim::Granted)), "{time}: {claim:?}");
                        expected.insert(number, Expected::Held(token));
                    }
                }
            }
            Step::Renew(server, number) => {
                let Some(token) = tokens.get(&(server, number)) else {
                    continue;
                };
                let is_free = is_free(expected.get(&number), *token);
                let renewed = deliveries.renew(delivery(number), *token, LEASE).await;
                assert_eq!(renewed.unwrap(), is_free, "{time}");
                if is_free {
                    expected.insert(number, Expected::Held(*token));
                }
            }
            Step::Complete(server, number) => {
                let Some(token) = tokens.remove(&(server, number)) else {
                    continue;
                };
                let answer = answer(time);
                let is_free = is_free(expected.get(&number), token);
                // Twice: the result of the first was lost.
                for _ in 0..2 {
                    let completed = deliveries
                        .complete(delivery(number), token, &answer, RETENTION)
                        .await;
                    assert_eq!(completed.unwrap(), is_free, "{time}");
                }
                if is_free {
                    expected.insert(number, Expected::Answered(answer));
                }
            }
            Step::Release(server, number) => {
                let Some(token) = tokens.remove(&(server, number)) else {
                    continue;
                };
                deliveries.release(delivery(number), token).await.unwrap();
                if expected.get(&number) == Some(&Expected::Held(token)) {
                    expected.remove(&number);
                }
            }
            Step::LeasesEnd => {
                let held: Vec<_> = (0..DELIVERIES)
                    .filter(|number| matches!(expected.get(number), Some(Expected::Held(_))))
                    .collect();
                let ids: Vec<_> = held.iter().map(|number| delivery(*number)).collect();
                store.end_leases(&ids).await;
                expected.retain(|number, _| !held.contains(number));
            }
        }
    }
}

fn is_free(expected: Option<&Expected>, token: ClaimToken) -> bool {
    match expected {
        None => true,
        Some(Expected::Held(holder)) => *holder == token,
        Some(Expected::Answered(_)) => false,
    }
}

/// One that no other step makes.
fn answer(time: usize) -> StoredAnswer {
    StoredAnswer::new(
        StatusCode::OK,
        &HeaderMap::new(),
        Bytes::from(format!("at {time}")),
    )
}
