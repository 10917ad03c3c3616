use std::sync::Arc;

use super::under_way::UnderWay;

/// The deliveries that a [`DeliverOnceLayer`](super::DeliverOnceLayer) is busy with, for a server
/// that shuts down: a handler whose client left is still running when the last connection closes.
///
/// ```no_run
/// use axum::{Router, routing::post};
/// use signalwire_webhook::{DeliverOnceLayer, webhook};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let once = DeliverOnceLayer::in_memory();
/// let running = once.running();
/// let app: Router = Router::new()
///     .route("/status", post(|| async {}))
///     .layer(once)
///     .layer(webhook());
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// axum::serve(listener, app)
///     .with_graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or_default() })
///     .await?;
/// running.finished().await;
/// # Ok(())
/// # }
/// ```
///
/// Put a `timeout` around `finished` where a handler may hang.
#[derive(Clone, Debug)]
pub struct RunningDeliveries(pub(super) Arc<UnderWay>);

impl RunningDeliveries {
    /// How many deliveries are being handled, waited for or written to the store in this process.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.count()
    }

    /// Waits until there are none.
    pub async fn finished(&self) {
        self.0.finished().await;
    }
}
