//! The whole body, within limit and deadline.

use std::{error::Error, future::poll_fn, pin::Pin, pin::pin, task::Poll, time::Duration};

use axum::{BoxError, body::Body};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt as _, LengthLimitError};
use tower_http::timeout::{DeadlineBody, TimeoutError};

use super::{rejection::Rejection, request_body::RequestBody};
use crate::verify::RejectionReason;

/// How much of a body is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    pub(super) bytes: usize,
    pub(super) deadline: Option<Duration>,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024,
            deadline: Some(Duration::from_secs(10)),
        }
    }
}

impl BodyLimits {
    /// Whether the body says beforehand that it is longer than the limit.
    pub(super) fn are_exceeded_by(self, body: &impl http_body::Body, headers: &HeaderMap) -> bool {
        let declared = body.size_hint().lower().max(content_length(headers));
        usize::try_from(declared).map_or(true, |declared| declared > self.bytes)
    }
}

fn content_length(headers: &HeaderMap) -> u64 {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or_default()
}

/// Reads a body to its end. Trailers are dropped: nothing signs them.
///
/// A server reads the body after the headers only when it is asked for, and has it at the task's next
/// turn. A timer set before that, to be cancelled at once, would wake another of tokio's workers
/// for each request. So the deadline begins with the first wait that is longer.
pub(super) async fn read_body(
    body: impl RequestBody,
    limits: BodyLimits,
) -> Result<Bytes, Rejection> {
    let mut body = Body::new(body);
    let mut whole = Buffer::at_most(limits.bytes);
    if body.is_end_stream() {
        return Ok(whole.into_bytes());
    }
    match early_frame(&mut body).await {
        Poll::Pending => {}
        Poll::Ready(None) => return Ok(whole.into_bytes()),
        Poll::Ready(Some(frame)) => {
            whole.push(frame.map_err(|error| rejection(error.into()))?)?;
            if body.is_end_stream() {
                return Ok(whole.into_bytes());
            }
        }
    }
    // In a box, so that a body that is there at once needs no room for a timer.
    match limits.deadline {
        Some(deadline) => Box::pin(whole.fill(DeadlineBody::new(deadline, body))).await?,
        None => Box::pin(whole.fill(body)).await?,
    }
    Ok(whole.into_bytes())
}

type PolledFrame = Poll<Option<Result<Frame<Bytes>, axum::Error>>>;

/// The first frame, if it is there at this turn of the task or at its next.
async fn early_frame(body: &mut Body) -> PolledFrame {
    let mut had_a_turn = false;
    poll_fn(|context| {
        let frame = Pin::new(&mut *body).poll_frame(context);
        if frame.is_pending() && !had_a_turn {
            had_a_turn = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(frame)
    })
    .await
}

/// What has come of a body. A single chunk is not copied. Several are joined as they come, so that a
/// million of one byte cost no more than their bytes.
struct Buffer {
    limit: usize,
    chunks: Chunks,
}

enum Chunks {
    None,
    One(Bytes),
    Joined(BytesMut),
}

impl Buffer {
    fn at_most(limit: usize) -> Self {
        Self {
            limit,
            chunks: Chunks::None,
        }
    }

    async fn fill<B>(&mut self, rest: B) -> Result<(), Rejection>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let mut rest = pin!(rest);
        while let Some(frame) = rest.frame().await {
            self.push(frame.map_err(|error| rejection(error.into()))?)?;
        }
        Ok(())
    }

    fn push(&mut self, frame: Frame<Bytes>) -> Result<(), Rejection> {
        let Ok(chunk) = frame.into_data() else {
            return Ok(());
        };
        if chunk.len() > self.limit - self.len() {
            return Err(RejectionReason::BodyTooLarge.into());
        }
        match &mut self.chunks {
            Chunks::None => self.chunks = Chunks::One(chunk),
            Chunks::One(first) => {
                let mut joined = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                joined.extend_from_slice(first);
                joined.extend_from_slice(&chunk);
                self.chunks = Chunks::Joined(joined);
            }
            Chunks::Joined(joined) => joined.extend_from_slice(&chunk),
        }
        Ok(())
    }

    fn len(&self) -> usize {
        match &self.chunks {
            Chunks::None => 0,
            Chunks::One(chunk) => chunk.len(),
            Chunks::Joined(bytes) => bytes.len(),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self.chunks {
            Chunks::None => Bytes::new(),
            Chunks::One(chunk) => chunk,
            Chunks::Joined(joined) => joined.freeze(),
        }
    }
}

/// The limits of layers outside this one are told apart too, by the errors that they leave in
/// the body.
fn rejection(error: BoxError) -> Rejection {
    // Each body is axum's here, whatever it was, and so is its error.
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
