use std::{
    error::Error,
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use axum::BoxError;
use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::{Body, Frame};
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

impl BodyLimits {
    /// Buffers the whole body. One that comes in a single chunk is not copied; chunks are
    /// joined as they come, so that a million of one byte cost no more than their bytes.
    /// Trailers are dropped: nothing signs them.
    pub(crate) async fn read<B>(self, headers: &HeaderMap, body: B) -> Result<Bytes, Rejection>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let declared = body.size_hint().lower().max(content_length(headers));
        if usize::try_from(declared).map_or(true, |declared| declared > self.bytes) {
            return Err(RejectionReason::BodyTooLarge.into());
        }
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        let mut body = pin!(body);
        let mut whole = Buffer::Empty;
        match frame_without_timer(body.as_mut()).await {
            Poll::Ready(None) => return Ok(Bytes::new()),
            Poll::Ready(Some(frame)) => self.push(&mut whole, frame)?,
            Poll::Pending => {}
        }
        if !body.is_end_stream() {
            let mut body = pin!(DeadlineBody::new(self.deadline, body));
            while let Some(frame) = body.frame().await {
                self.push(&mut whole, frame)?;
            }
        }
        Ok(whole.into_bytes())
    }

    fn push<Data: Buf>(
        self,
        whole: &mut Buffer,
        frame: Result<Frame<Data>, impl Into<BoxError>>,
    ) -> Result<(), Rejection> {
        let frame = frame.map_err(|error| rejection(error.into()))?;
        let Ok(mut chunk) = frame.into_data() else {
            return Ok(());
        };
        if chunk.remaining() > self.bytes - whole.len() {
            return Err(RejectionReason::BodyTooLarge.into());
        }
        whole.push(chunk.copy_to_bytes(chunk.remaining()));
        Ok(())
    }
}

/// The first frame, where it is there now or once the task has had another turn.
///
/// A server reads the body behind the headers only when it is asked for, and has it at that next
/// turn. A timer set before that, to be cancelled at once, would wake another of tokio's workers
/// for each request.
async fn frame_without_timer<B: Body>(
    mut body: Pin<&mut B>,
) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
    let mut had_another_turn = false;
    poll_fn(|context| match body.as_mut().poll_frame(context) {
        Poll::Pending if !mem::replace(&mut had_another_turn, true) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        polled => Poll::Ready(polled),
    })
    .await
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
