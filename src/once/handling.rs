use std::{future::poll_fn, task::Poll};

use axum::{BoxError, body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use tokio::sync::oneshot;
use tower_service::Service;

use super::{
    panics::{Panic, catch_panic},
    passing_body::{Copied, Copying},
    stored_answer::StoredAnswer,
    under_way::Ending,
};

/// What the client of the first copy gets.
pub(super) enum Reply<E> {
    Answer(Response),
    Error(E),
    Panic(Panic),
    /// The handler did not run for it.
    NotHandledHere(Ending),
}

/// Where the request of the first copy waits for its reply.
pub(super) struct Client<E>(pub(super) oneshot::Sender<Reply<E>>);

impl<E> Client<E> {
    pub(super) fn send(self, reply: Reply<E>) {
        // Where the client left, there is nobody to send it to.
        let _ = self.0.send(reply);
    }
}

/// What the handler's answer means for the delivery.
pub(super) enum Outcome<E> {
    /// It was handled.
    Complete(StoredAnswer),
    /// It was not, so a retry is to be handled. The reply is sent once that is possible; there is
    /// none where the client had the beginning of it.
    Release(Failure, Option<(Client<E>, Reply<E>)>),
}

/// Why a delivery is not handled.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the inner service returned an error")]
    Error,
    #[error("the handler panicked")]
    Panic,
    #[error("the handler answered with {0}")]
    Status(StatusCode),
    #[error("the body of the answer broke off")]
    BrokenBody,
}

/// Runs the handler, sends its answer to the client as it comes, and says what is to be kept of it.
pub(super) async fn handle<S, B>(
    mut inner: S,
    request: Request<Body>,
    client: Client<S::Error>,
) -> Outcome<S::Error>
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let release = |failure, client, reply| Outcome::Release(failure, Some((client, reply)));
    let is_head = request.method() == Method::HEAD;
    let response = match catch_panic(async { inner.call(request).await }).await {
        Ok(Ok(response)) => response.map(Body::new),
        Ok(Err(error)) => return release(Failure::Error, client, Reply::Error(error)),
        Err(panic) => return release(Failure::Panic, client, Reply::Panic(panic)),
    };
    let status = response.status();
    if asks_for_a_retry(status) || speaks_of_what_is_not_signed(status) {
        return release(Failure::Status(status), client, Reply::Answer(response));
    }
    // The client of a body that panics sees it break off.
    catch_panic(pass_on(response, client, is_head))
        .await
        .unwrap_or(Outcome::Release(Failure::Panic, None))
}

/// An informational answer hands the connection over, which cannot be done again.
fn asks_for_a_retry(status: StatusCode) -> bool {
    status.is_server_error()
        || status.is_informational()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        )
}

/// Whether the answer may be of the method, the content type or the way the body is written, which whoever
/// captured the request may choose: kept, it would be given to the genuine one too.
fn speaks_of_what_is_not_signed(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_ACCEPTABLE
            | StatusCode::LENGTH_REQUIRED
            | StatusCode::PRECONDITION_FAILED
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::EXPECTATION_FAILED
            | StatusCode::MISDIRECTED_REQUEST
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    )
}

async fn pass_on<E>(response: Response, client: Client<E>, is_head: bool) -> Outcome<E> {
    let (parts, body) = response.into_parts();
    let status = parts.status;
    let mut copying = Copying::new(body);
    let at_once = poll_fn(|context| Poll::Ready(copying.poll(context))).await;
    if at_once == Poll::Ready(Copied::Whole) && !copying.has_trailers() {
        let bytes = copying.into_bytes();
        let answer = answer_to_keep(status, &parts.headers, bytes.clone(), is_head);
        let whole = Response::from_parts(parts, Body::from(bytes));
        client.send(Reply::Answer(whole));
        return Outcome::Complete(answer);
    }
    let headers = parts.headers.clone();
    let beginning = Response::from_parts(parts, Body::new(copying.begin_to_pass()));
    client.send(Reply::Answer(beginning));
    let copied = match at_once {
        Poll::Ready(copied) => copied,
        Poll::Pending => poll_fn(|context| copying.poll(context)).await,
    };
    match copied {
        Copied::Whole => {
            let bytes = copying.into_bytes();
            Outcome::Complete(answer_to_keep(status, &headers, bytes, is_head))
        }
        Copied::TooLong => Outcome::Complete(StoredAnswer::without_body(status)),
        Copied::BrokeOff => Outcome::Release(Failure::BrokenBody, None),
    }
}

/// A HEAD and a GET are one delivery, since the method is not signed: an answer from which the body was
/// left out is not one to a GET.
fn answer_to_keep(
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
    is_head: bool,
) -> StoredAnswer {
    let has_no_body = headers
        .get(header::CONTENT_LENGTH)
        .is_some_and(|length| length == "0");
    if is_head && body.is_empty() && !has_no_body {
        StoredAnswer::without_body(status)
    } else {
        StoredAnswer::new(status, headers, body)
    }
}
