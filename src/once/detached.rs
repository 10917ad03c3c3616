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
        if let Some(work) = &mut self.work
            && work.as_mut().poll(context).is_ready()
        {
            self.work = None;
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
