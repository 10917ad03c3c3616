use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use axum::{BoxError, body::Body, response::Response};
use bytes::Bytes;
use http::Request;
use tower_service::Service;

use super::{
    events::{log_handled, log_handled_without_claim, log_released},
    handling::{Client, Outcome, Reply, Unsent, handle},
    layer::Settings,
    received::Received,
    store::{Claimed, HeldClaim},
    stored_answer::StoredAnswer,
    under_way::{Ending, Entry},
};

/// The first copy of a delivery in this process, with all that its task needs.
pub(super) struct FirstCopy<S: Service<Request<Body>>> {
    pub(super) settings: Arc<Settings>,
    pub(super) entry: Entry,
    pub(super) inner: S,
    pub(super) request: Request<Body>,
    pub(super) received: Received,
    pub(super) client: Client<S::Error>,
}

impl<S, B> FirstCopy<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    /// Claims the delivery, handles it, and keeps the answer, whoever listens.
    pub(super) async fn deliver(self) {
        let Settings { store, policy, .. } = &*self.settings;
        let claim = match store.claim(*policy, self.entry.delivery()).await {
            Claimed::Here(claim) => claim,
            Claimed::Before(answer) => return drop(self.end(Ending::Answered(answer))),
            Claimed::Elsewhere => return drop(self.end(Ending::TryAgain)),
            Claimed::Unavailable(claim) => {
                // The client need not wait for the store once more.
                let _entry = self.end(Ending::Unavailable);
                return claim.release().await;
            }
        };
        let handling = handle(self.inner, self.request, self.client);
        match while_renewing(&claim, handling).await {
            Outcome::Complete(answer) => {
                let answer = self.settings.to_be_kept(answer);
                complete(&self.entry, &claim, answer).await;
            }
            Outcome::Particular(answer, unsent) => {
                let answer = self.settings.to_be_kept(answer);
                claim.release_answered(&self.received, &answer).await;
                log_handled();
                release(self.entry, unsent);
            }
            Outcome::Release(failure, unsent) => {
                log_released(self.entry.delivery(), failure);
                claim.release().await;
                release(self.entry, unsent);
            }
        }
    }

    /// The handler does not run here. The delivery is under way until the entry is dropped.
    fn end(self, ending: Ending) -> Entry {
        self.entry.end(&ending);
        self.client.send(Reply::NotHandledHere(ending));
        self.entry
    }
}

impl Settings {
    fn to_be_kept(&self, answer: StoredAnswer) -> StoredAnswer {
        if self.refuse_duplicates {
            StoredAnswer::without_body(answer.status())
        } else {
            answer
        }
    }
}

async fn complete(entry: &Entry, claim: &HeldClaim, answer: StoredAnswer) {
    // The copies that wait need not wait for the store too.
    entry.end(&Ending::Answered(answer.clone()));
    if claim.complete(&answer).await {
        log_handled();
    } else {
        log_handled_without_claim(entry.delivery());
    }
}

/// Once the client has its reply it may try again, and finds the delivery free.
fn release<E>(entry: Entry, unsent: Unsent<E>) {
    entry.end(&Ending::TryAgain);
    drop(entry);
    if let Some((client, reply)) = unsent {
        client.send(reply);
    }
}

/// The lease needs no renewal, and no timer, where the handler is done at once.
async fn while_renewing<T>(claim: &HeldClaim, handling: impl Future<Output = T>) -> T {
    let mut handling = pin!(handling);
    let mut renewing = None;
    poll_fn(|context| {
        let handled = handling.as_mut().poll(context);
        if handled.is_pending() {
            let renewing = renewing.get_or_insert_with(|| Box::pin(claim.keep()));
            // It ends only when it is dropped.
            let _: Poll<()> = renewing.as_mut().poll(context);
        }
        handled
    })
    .await
}
