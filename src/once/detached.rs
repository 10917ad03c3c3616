use std::{future::poll_fn, pin::Pin, task::Poll};

use tracing::Instrument as _;

pub(super) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Sees to it that `work` is done, whoever stops waiting for it.
///
/// Work that has nothing to wait for is done at once, and costs no task.
pub(super) async fn start(mut work: Work) {
    let done_at_once = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await;
    if !done_at_once {
        tokio::spawn(work.in_current_span());
    }
}
