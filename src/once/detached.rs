use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{runtime::Handle, sync::oneshot};
use tracing::{Instrument as _, Span};

pub(super) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The reply of some work, which is done to its end whoever stops waiting for the reply: here for as
/// long as somebody waits, and in a task of its own from then on.
pub(super) struct Detached<R> {
    work: Option<Work>,
    reply: oneshot::Receiver<R>,
    span: Span,
}

impl<R> Detached<R> {
    pub(super) fn new(work: Work, reply: oneshot::Receiver<R>) -> Self {
        Self {
            work: Some(work),
            reply,
            span: Span::current(),
        }
    }
}

impl<R> Future for Detached<R> {
    /// An error where the work ended without a reply.
    type Output = Result<R, oneshot::error::RecvError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Work that panics is not touched again.
        if let Some(mut work) = self.work.take()
            && work.as_mut().poll(context).is_pending()
        {
            self.work = Some(work);
        }
        Pin::new(&mut self.reply).poll(context)
    }
}

/// The reply is there, and not all of the work is done; or nobody waits for it any more.
impl<R> Drop for Detached<R> {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else {
            return;
        };
        // Outside a runtime nothing can be done.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(work.instrument(self.span.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::poll_fn,
        panic::{AssertUnwindSafe, catch_unwind},
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        task::Waker,
    };

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_not_gone_on_with() {
        let polled = Arc::new(AtomicUsize::new(0));
        let counting = polled.clone();
        let work = poll_fn(move |_| {
            counting.fetch_add(1, Ordering::SeqCst);
            panic!("as a handler does")
        });
        let (_sender, reply) = oneshot::channel::<()>();
        let mut detached = Detached::new(Box::pin(work), reply);
        let mut context = Context::from_waker(Waker::noop());
        let poll = AssertUnwindSafe(|| Pin::new(&mut detached).poll(&mut context));
        assert!(catch_unwind(poll).is_err());
        drop(detached);
        yield_now().await;
        assert_eq!(polled.load(Ordering::SeqCst), 1);
    }
}
