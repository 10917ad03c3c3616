use std::{future::poll_fn, task::Poll};

use axum::{BoxError, body::Body, response::Response};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
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
    mut request: Request<Body>,
    client: Client<S::Error>,
) -> Outcome<S::Error>
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    // A router leaves the body out of its answer to a HEAD, which the genuine GET would be given then.
    if request.method() == Method::HEAD {
        *request.method_mut() = Method::GET;
    }
    let release = |failure, client, reply| Outcome::Release(failure, Some((client, reply)));
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
    catch_panic(pass_on(response, client))
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

/// Whether the answer may be of the method, the path, the content type or the way the body is written, which
/// whoever captured the request may choose: kept, it would be given to the genuine one too. The path is
/// theirs where the body is cut into it, and under [`PublicUrl::exact`](crate::PublicUrl::exact).
fn speaks_of_what_is_not_signed(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::PARTIAL_CONTENT
            | StatusCode::NOT_MODIFIED
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_ACCEPTABLE
            | StatusCode::LENGTH_REQUIRED
            | StatusCode::PRECONDITION_FAILED
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::RANGE_NOT_SATISFIABLE
            | StatusCode::EXPECTATION_FAILED
            | StatusCode::MISDIRECTED_REQUEST
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    )
}

async fn pass_on<E>(response: Response, client: Client<E>) -> Outcome<E> {
    let (parts, body) = response.into_parts();
    let status = parts.status;
    let mut copying = Copying::new(body);
    let at_once = poll_fn(|context| Poll::Ready(copying.poll(context))).await;
    if at_once == Poll::Ready(Copied::Whole) && !copying.has_trailers() {
        let bytes = copying.into_bytes();
        let answer = StoredAnswer::new(status, &parts.headers, bytes.clone());
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
            Outcome::Complete(StoredAnswer::new(status, &headers, bytes))
        }
        Copied::TooLong => Outcome::Complete(StoredAnswer::without_body(status)),
        Copied::BrokeOff => Outcome::Release(Failure::BrokenBody, None),
    }
}
