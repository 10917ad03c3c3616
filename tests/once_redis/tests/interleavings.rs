//! The histories of `tests/it/once/histories.rs`, against Redis.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use signalwire_webhook::{DeliveryId, RedisDeliveries};
use signalwire_webhook_once_redis::Redis;

#[path = "../../it/once/histories.rs"]
mod histories;

use histories::{Store, histories, run};

struct InRedis {
    redis: Redis,
    deliveries: RedisDeliveries,
}

impl Store for InRedis {
    type Deliveries = RedisDeliveries;

    fn deliveries(&self) -> &RedisDeliveries {
        &self.deliveries
    }

    /// A lease that ran out is a key that is gone.
    async fn end_leases(&self, held: &[DeliveryId]) {
        for delivery in held {
            let key = format!("test:{delivery}");
            assert_eq!(self.redis.ask(&["DEL", &key]), "1");
        }
    }
}

static ROUND: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn of_claims_in_redis_one_is_right() {
    let Some(redis) = Redis::start() else { return };
    let deliveries = RedisDeliveries::connect(&redis.url())
        .await
        .unwrap()
        .key_prefix("test:");
    let store = InRedis { redis, deliveries };
    let mut runner = TestRunner::default();
    for _ in 0..300 {
        let history = histories().new_tree(&mut runner).unwrap().current();
        let round = ROUND.fetch_add(1, Ordering::Relaxed).to_string();
        run(&store, &round, &history).await;
    }
}
