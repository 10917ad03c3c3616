use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

use super::stored_answer::BODY_LIMIT;

/// What goes from the task of a delivery to the client of its first copy.
enum Part {
    Frame(Frame<Bytes>),
    /// The body broke off.
    Failed(axum::Error),
    /// The rest of a body that is too long to be copied.
    Rest(Body),
    End,
}

/// A handler's body on its way: read here, kept as far as it can be given again, and sent on to a
/// [`PassingBody`].
///
/// The client's pace does not matter, since what waits for it is no more than what is kept anyway.
pub(super) struct Copying {
    body: Body,
    expected: SizeHint,
    kept: Vec<Bytes>,
    length: usize,
    trailers: bool,
    outlet: Outlet,
}

/// Most bodies are there at once, and need no channel.
enum Outlet {
    Unsent(Vec<Part>),
    Client(mpsc::UnboundedSender<Part>),
}

/// How far a body was copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Copied {
    Whole,
    TooLong,
    BrokeOff,
}

impl Copying {
    pub(super) fn new(body: Body) -> Self {
        Self {
            expected: http_body::Body::size_hint(&body),
            body,
            kept: Vec::new(),
            length: 0,
            trailers: false,
            outlet: Outlet::Unsent(Vec::new()),
        }
    }

    /// What the client gets in place of the body: all that was read, and what is to come.
    pub(super) fn begin_to_pass(&mut self) -> PassingBody {
        let (client, parts) = mpsc::unbounded_channel();
        if let Outlet::Unsent(unsent) = &mut self.outlet {
            for part in unsent.drain(..) {
                // The receiver is still here.
                let _ = client.send(part);
            }
        }
        self.outlet = Outlet::Client(client);
        PassingBody {
            parts,
            rest: None,
            expected: self.expected,
        }
    }

    /// A client that left makes no difference, so nothing here looks whether it is there.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Copied> {
        loop {
            match ready!(http_body::Body::poll_frame(
                Pin::new(&mut self.body),
                context
            )) {
                None => {
                    self.send(Part::End);
                    return Poll::Ready(Copied::Whole);
                }
                Some(Err(error)) => {
                    self.send(Part::Failed(error));
                    return Poll::Ready(Copied::BrokeOff);
                }
                // Any number of these would take memory and say nothing.
                Some(Ok(frame)) if frame.data_ref().is_some_and(Bytes::is_empty) => {}
                Some(Ok(frame)) => {
                    self.keep(&frame);
                    self.send(Part::Frame(frame));
                    if self.length > BODY_LIMIT {
                        let rest = std::mem::take(&mut self.body);
                        self.send(Part::Rest(rest));
                        return Poll::Ready(Copied::TooLong);
                    }
                }
            }
        }
    }

    /// The bytes that were read; trailers are not among them.
    pub(super) fn into_bytes(self) -> Bytes {
        match <[Bytes; 1]>::try_from(self.kept) {
            Ok([whole]) => whole,
            Err(chunks) => chunks.concat().into(),
        }
    }

    /// Whether the bytes are all that there was.
    pub(super) fn has_trailers(&self) -> bool {
        self.trailers
    }

    fn keep(&mut self, frame: &Frame<Bytes>) {
        match frame.data_ref() {
            Some(data) => {
                self.length = self.length.saturating_add(data.len());
                self.kept.push(data.clone());
            }
            None => self.trailers = true,
        }
    }

    fn send(&mut self, part: Part) {
        match &mut self.outlet {
            Outlet::Unsent(unsent) => unsent.push(part),
            // Where the client left, there is nobody to send it to.
            Outlet::Client(client) => drop(client.send(part)),
        }
    }
}

/// The body that the client of the first copy gets, as it comes.
pub(super) struct PassingBody {
    parts: mpsc::UnboundedReceiver<Part>,
    rest: Option<Body>,
    /// What is left of what the handler's body announced.
    expected: SizeHint,
}

impl http_body::Body for PassingBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if let Some(rest) = &mut this.rest {
            return http_body::Body::poll_frame(Pin::new(rest), context);
        }
        match ready!(this.parts.poll_recv(context)) {
            Some(Part::Frame(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.expected = less(&this.expected, data.len());
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Part::Failed(error)) => Poll::Ready(Some(Err(error))),
            Some(Part::Rest(rest)) => {
                let rest = this.rest.insert(rest);
                http_body::Body::poll_frame(Pin::new(rest), context)
            }
            Some(Part::End) => Poll::Ready(None),
            None => Poll::Ready(Some(Err(axum::Error::new(BrokeOff)))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.rest {
            Some(rest) => http_body::Body::size_hint(rest),
            None => self.expected,
        }
    }
}

/// The task that sent the body panicked, or the runtime is shutting down.
#[derive(Debug, thiserror::Error)]
#[error("the handler's answer broke off")]
struct BrokeOff;

fn less(expected: &SizeHint, bytes: usize) -> SizeHint {
    let bytes = bytes as u64;
    let mut left = SizeHint::new();
    if let Some(upper) = expected.upper() {
        left.set_upper(upper.saturating_sub(bytes));
    }
    left.set_lower(expected.lower().saturating_sub(bytes));
    left
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        task::{Context, Poll, Waker},
    };

    use http_body_util::StreamBody;

    use super::*;

    #[test]
    fn frames_without_data_are_not_kept() {
        let frames =
            ["", "a", "", "", "b", ""].map(|data| Ok::<_, Infallible>(Frame::data(data.into())));
        let body = Body::new(StreamBody::new(futures_util::stream::iter(frames)));
        let mut copying = Copying::new(body);
        let copied = copying.poll(&mut Context::from_waker(Waker::noop()));
        assert!(copied == Poll::Ready(Copied::Whole));
        assert_eq!(copying.kept, ["a", "b"]);
    }
}
