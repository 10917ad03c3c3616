//! Histories of servers over the store in memory; over Redis in `tests/once_redis`.

use std::time::Duration;

use proptest::prelude::*;
use signalwire_webhook::{DeliveryId, MemoryDeliveries};

use super::histories::{LEASE, Store, histories, run};

impl Store for MemoryDeliveries {
    type Deliveries = Self;

    fn deliveries(&self) -> &Self {
        self
    }

    async fn end_leases(&self, _: &[DeliveryId]) {
        tokio::time::advance(LEASE + Duration::from_millis(1)).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn of_claims_in_memory_one_is_right(history in histories()) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(run(&MemoryDeliveries::new(), "memory", &history));
    }
}
