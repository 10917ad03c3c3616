use std::{
    any::Any,
    error::Error,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{BoxError, body::Body};
use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt as _, LengthLimitError};
use tower_http::timeout::{DeadlineBody, TimeoutError};

use crate::rejection::{Rejection, RejectionReason};

/// How much of a body is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimits {
    pub(crate) bytes: usize,
    pub(crate) deadline: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024,
            deadline: Duration::from_secs(10),
        }
    }
}

/// Buffers a whole body. One that comes in a single chunk is not copied; chunks are joined as they
/// come, so that a million of one byte cost no more than their bytes. Trailers are dropped: nothing
/// signs them.
pub(crate) struct BodyReader {
    limits: BodyLimits,
    source: Source,
    whole: Buffer,
}

enum Source {
    /// Until the first frame is there, or was not there at the task's next turn.
    ///
    /// A server reads the body behind the headers only when it is asked for, and has it at that
    /// next turn. A timer set before that, to be cancelled at once, would wake another of tokio's
    /// workers for each request.
    Untimed {
        body: Body,
        had_another_turn: bool,
    },
    Timed(Pin<Box<DeadlineBody<Body>>>),
}

impl BodyReader {
    pub(crate) fn new<B>(
        limits: BodyLimits,
        headers: &HeaderMap,
        body: B,
    ) -> Result<Self, RejectionReason>
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let declared = body.size_hint().lower().max(content_length(headers));
        if usize::try_from(declared).map_or(true, |declared| declared > limits.bytes) {
            return Err(RejectionReason::BodyTooLarge);
        }
        Ok(Self {
            limits,
            source: Source::Untimed {
                body: axum_body(body),
                had_another_turn: false,
            },
            whole: Buffer::Empty,
        })
    }

    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Bytes, Rejection>> {
        while !self.source.is_at_end() {
            match ready!(self.source.poll_frame(context, self.limits.deadline)) {
                None => break,
                Some(frame) => self.push(frame.map_err(rejection)?)?,
            }
        }
        Poll::Ready(Ok(mem::replace(&mut self.whole, Buffer::Empty).into_bytes()))
    }

    fn push(&mut self, frame: Frame<Bytes>) -> Result<(), Rejection> {
        let Ok(chunk) = frame.into_data() else {
            return Ok(());
        };
        if chunk.len() > self.limits.bytes - self.whole.len() {
            return Err(RejectionReason::BodyTooLarge.into());
        }
        self.whole.push(chunk);
        Ok(())
    }
}

impl Source {
    /// Whether nothing is left to ask for, so that no timer is needed. A timed body has its timer, and
    /// is asked until there is no frame.
    fn is_at_end(&self) -> bool {
        matches!(self, Self::Untimed { body, .. } if body.is_end_stream())
    }

    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
        deadline: Duration,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let (body, had_another_turn) = match self {
            Self::Timed(body) => return body.as_mut().poll_frame(context),
            Self::Untimed {
                body,
                had_another_turn,
            } => (body, had_another_turn),
        };
        let first = Pin::new(&mut *body).poll_frame(context);
        match first {
            Poll::Pending if !mem::replace(had_another_turn, true) => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Pending => {}
            Poll::Ready(Some(Ok(_))) if !body.is_end_stream() => {}
            Poll::Ready(_) => return first.map_err(Into::into),
        }
        let mut timed = Box::pin(DeadlineBody::new(deadline, mem::take(body)));
        let frame = match first {
            Poll::Pending => timed.as_mut().poll_frame(context),
            Poll::Ready(_) => first.map_err(Into::into),
        };
        *self = Self::Timed(timed);
        frame
    }
}

/// Any body as axum's, which itself is passed on as it is.
fn axum_body<B>(body: B) -> Body
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut body = Some(body);
    match (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>() {
        Some(body) => body.take().unwrap_or_default(),
        None => body.map(in_bytes).unwrap_or_default(),
    }
}

fn in_bytes<B>(body: B) -> Body
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    Body::new(
        body.map_frame(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))),
    )
}

fn content_length(headers: &HeaderMap) -> u64 {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or_default()
}

/// The limits of layers outside this one are told apart too, by the errors that they leave in
/// the body.
fn rejection(error: BoxError) -> Rejection {
    // Each body is axum's here, whatever it was: that the error is, too, is no news.
    let error = match error.downcast::<axum::Error>() {
        Ok(error) => error.into_inner(),
        Err(error) => error,
    };
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(current) = cause {
        if current.is::<TimeoutError>() {
            return RejectionReason::BodyTimeout.into();
        }
        if current.is::<LengthLimitError>() {
            return RejectionReason::BodyTooLarge.into();
        }
        cause = current.source();
    }
    Rejection::caused_by(RejectionReason::BodyUnreadable, error)
}

enum Buffer {
    Empty,
    One(Bytes),
    Joined(BytesMut),
}

impl Buffer {
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(chunk) => chunk.len(),
            Self::Joined(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, chunk: Bytes) {
        match self {
            Self::Empty => *self = Self::One(chunk),
            Self::One(first) => {
                let mut joined = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                joined.extend_from_slice(first);
                joined.extend_from_slice(&chunk);
                *self = Self::Joined(joined);
            }
            Self::Joined(joined) => joined.extend_from_slice(&chunk),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::One(chunk) => chunk,
            Self::Joined(joined) => joined.freeze(),
        }
    }
}
