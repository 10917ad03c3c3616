//! A shutdown waits for handlers whose client left.

use std::time::Duration;

use futures_util::FutureExt as _;
use signalwire_webhook::DeliverOnceLayer;
use tokio::time::{Instant, sleep, timeout};

use super::support::{Runs, app, delivered, respond, taking};

#[tokio::test(start_paused = true)]
async fn running_deliveries_can_be_waited_for() {
    let runs = Runs::default();
    let layer = DeliverOnceLayer::in_memory();
    let running = layer.running();
    assert_eq!(running.count(), 0);
    assert_eq!(running.finished().now_or_never(), Some(()));

    let app = app(layer, taking(Duration::from_secs(8), &runs));
    let begun = Instant::now();
    timeout(Duration::from_secs(5), respond(&app, delivered()))
        .await
        .unwrap_err();
    assert_eq!(running.count(), 1);
    assert_eq!(running.finished().now_or_never(), None);
    running.finished().await;
    assert_eq!(begun.elapsed().as_secs(), 8);
    assert_eq!((running.count(), runs.get()), (0, 1));
}

/// The runtime is dropped before the handler is done.
#[test]
fn a_runtime_that_ends_leaves_nothing_waiting() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let layer = DeliverOnceLayer::in_memory();
    let running = layer.running();
    let app = app(layer, taking(Duration::from_secs(60), &Runs::default()));
    runtime.block_on(async {
        tokio::spawn(async move { respond(&app, delivered()).await });
        while running.count() == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    });
    drop(runtime);
    assert_eq!(running.count(), 0);
}
