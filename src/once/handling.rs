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
    /// It was, and the answer is for requests that are received equally.
    Particular(StoredAnswer, Unsent<E>),
    /// It was not, so a retry is to be handled.
    Release(Failure, Unsent<E>),
}

/// The reply that is sent once the next copy can be handled; there is none where the client had the
/// beginning of it.
pub(super) type Unsent<E> = Option<(Client<E>, Reply<E>)>;

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
    if asks_for_a_retry(status) {
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

/// Whether the answer is of the message, however it was written. Any other may be of the method, the path,
/// the headers or the cut of the fields, which whoever captured the request may choose: it must not be
/// given to the genuine one too.
fn is_of_the_message(status: StatusCode) -> bool {
    status.is_success() && status != StatusCode::PARTIAL_CONTENT
}

async fn pass_on<E>(response: Response, client: Client<E>) -> Outcome<E> {
    let (parts, body) = response.into_parts();
    let status = parts.status;
    let mut copying = Copying::new(body);
    let at_once = poll_fn(|context| Poll::Ready(copying.poll(context))).await;
    if at_once == Poll::Ready(Copied::Whole) && !copying.has_trailers() {
        let bytes = copying.into_bytes();
        let answer = StoredAnswer::new(status, &parts.headers, bytes.clone());
        let reply = Reply::Answer(Response::from_parts(parts, Body::from(bytes)));
        if !is_of_the_message(status) {
            return Outcome::Particular(answer, Some((client, reply)));
        }
        client.send(reply);
        return Outcome::Complete(answer);
    }
    let headers = parts.headers.clone();
    let beginning = Response::from_parts(parts, Body::new(copying.begin_to_pass()));
    client.send(Reply::Answer(beginning));
    let copied = match at_once {
        Poll::Ready(copied) => copied,
        Poll::Pending => poll_fn(|context| copying.poll(context)).await,
    };
    let answer = match copied {
        Copied::Whole => StoredAnswer::new(status, &headers, copying.into_bytes()),
        Copied::TooLong => StoredAnswer::without_body(status),
        Copied::BrokeOff => return Outcome::Release(Failure::BrokenBody, None),
    };
    if is_of_the_message(status) {
        Outcome::Complete(answer)
    } else {
        Outcome::Particular(answer, None)
    }
}
