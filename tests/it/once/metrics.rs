//! What the feature `metrics` counts.

use std::time::Duration;

use axum::http::StatusCode;
use metrics_exporter_prometheus::PrometheusBuilder;
use signalwire_webhook::DeliverOnceLayer;
use tokio::time::sleep;

use super::support::{Mood, Moody, Runs, answering, app, callback, delivered, key, send, taking};

#[tokio::test(start_paused = true)]
async fn deliveries_are_counted_by_outcome() {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let prometheus = recorder.handle();
    let _recording = metrics::set_default_local_recorder(recorder);

    let runs = Runs::default();
    let handler = answering(&runs, |run| match run {
        1 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::OK,
    });
    let memory = app(DeliverOnceLayer::in_memory(), handler);
    for _ in 0..4 {
        send(&memory, delivered()).await;
    }
    let refusing = app(
        DeliverOnceLayer::in_memory().refuse_duplicates(),
        taking(Duration::from_secs(9), &runs),
    );
    tokio::join!(send(&refusing, delivered()), send(&refusing, delivered()));
    send(&refusing, delivered()).await;

    let store = Moody::new();
    store.becomes(Mood::Failing);
    let unavailable = DeliverOnceLayer::new(store.clone()).refuse_when_unavailable();
    send(&app(unavailable, answering(&runs, |_| ())), delivered()).await;

    let lost = DeliverOnceLayer::new(store.clone());
    let running = lost.running();
    let lost = app(lost, taking(Duration::from_secs(2), &runs));
    let request = || callback("SM2", "sent").signed_by(&key());
    tokio::join!(send(&lost, request()), async {
        sleep(Duration::from_secs(1)).await;
        store.becomes(Mood::Well);
        let other = DeliverOnceLayer::new(store.clone());
        send(&app(other, answering(&runs, |_| ())), request()).await;
    });
    running.finished().await;

    let text = prometheus.render();
    for line in [
        r#"signalwire_webhook_deliveries_total{outcome="handled"} 3"#,
        r#"signalwire_webhook_deliveries_total{outcome="released"} 1"#,
        r#"signalwire_webhook_deliveries_total{outcome="answered"} 2"#,
        r#"signalwire_webhook_deliveries_total{outcome="refused"} 1"#,
        r#"signalwire_webhook_deliveries_total{outcome="deferred"} 1"#,
        r#"signalwire_webhook_deliveries_total{outcome="unavailable"} 1"#,
        r#"signalwire_webhook_deliveries_total{outcome="lost"} 1"#,
        r#"signalwire_webhook_delivery_store_errors_total{operation="claim"} 2"#,
        r#"signalwire_webhook_delivery_store_errors_total{operation="release"} 1"#,
    ] {
        assert!(
            text.contains(&format!("\n{line}\n")),
            "{line} is not in {text}"
        );
    }
}
