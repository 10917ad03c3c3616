//! Word of each new request, as server-sent events.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderValue, header};
use hyper::body::Frame;
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        mpsc,
    },
    time::timeout,
};

use super::{
    super::{history::History, record::Record},
    view::summary,
};

/// So many events wait for a browser that reads slowly. After that, it is told to read the list anew.
const WAITING: usize = 16;

/// So that a connection which nobody reads is noticed.
const SILENCE: Duration = Duration::from_secs(15);

pub(super) fn events(history: &History) -> Response {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(tell(history.news(), sender));
    let mut response = Response::new(Body::new(Events(receiver)));
    let content_type = HeaderValue::from_static("text/event-stream");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    response
}

async fn tell(mut news: Receiver<Arc<Record>>, browser: mpsc::Sender<Bytes>) {
    let mut next = Bytes::from_static(b"retry: 1000\n\n");
    while browser.send(next).await.is_ok() {
        next = match timeout(SILENCE, news.recv()).await {
            Ok(Ok(record)) => format!("event: request\ndata: {}\n\n", summary(&record)).into(),
            Ok(Err(RecvError::Lagged(_))) => Bytes::from_static(b"event: missed\ndata:\n\n"),
            Ok(Err(RecvError::Closed)) => return,
            Err(_) => Bytes::from_static(b":\n\n"),
        };
    }
}

struct Events(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_recv(context);
        next.map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}
