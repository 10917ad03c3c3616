use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    BoxError,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderValue, header::CONTENT_TYPE, request::Parts};

use crate::{
    body::BodyReader,
    events::log_verified,
    extract::VerifiedWebhook,
    form::is_form,
    key::SigningKeys,
    key_source::{ErasedProvider, RequestKeys, not_found},
    measure::Stopwatch,
    rejection::{Rejection, RejectionReason},
    request_url::RequestUrl,
    settings::Settings,
    signature::PresentedSignatures,
    verify::Verification,
};

type Presented = Result<PresentedSignatures, RejectionReason>;

/// The body for the inner service, or the response that the request is refused with.
type Decision = Result<Bytes, Box<Response>>;

/// A request between its arrival and the decision on it.
///
/// No `async` block, which would take an allocation for each request. What identifies the request
/// stays where it is: `Parts` are large, and a copy of what was just written stalls the processor.
pub(crate) struct Admission {
    settings: Arc<Settings>,
    presented: Presented,
    keys: RequestKeys,
    step: Step,
}

enum Step {
    ReadingBody(BodyReader),
    LookingUpKeys(LookUp),
    Decided,
}

/// Gives the parts back, which a provider sees.
type LookUp = Pin<Box<dyn Future<Output = (Parts, Decision)> + Send>>;

impl Admission {
    /// Rejects what can be rejected with the body unread.
    pub(crate) fn begin<B>(
        settings: &Arc<Settings>,
        parts: &Parts,
        body: B,
    ) -> Result<Self, Rejection>
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let keys = settings.keys.as_of_now()?;
        let presented = PresentedSignatures::from_headers(&parts.headers, settings.accepted);
        if !(settings.report_only || settings.explains) {
            presented?;
        }
        let reader = BodyReader::new(settings.body_limits, &parts.headers, body)
            .map_err(|unread| settings.rejection_of_unread(&presented, unread.into()))?;
        Ok(Self {
            settings: settings.clone(),
            presented,
            keys,
            step: Step::ReadingBody(reader),
        })
    }

    /// The parts are there at first and with the decision; in between, a provider has them.
    pub(crate) fn poll(
        &mut self,
        parts: &mut Option<Parts>,
        context: &mut Context<'_>,
    ) -> Poll<Decision> {
        if let Step::ReadingBody(reader) = &mut self.step {
            let read = ready!(reader.poll(context));
            self.step = Step::Decided;
            if let Some(decision) = self.decide_or_look_up(parts, read) {
                return Poll::Ready(decision);
            }
        }
        let Step::LookingUpKeys(look_up) = &mut self.step else {
            // Nobody polls what has ended.
            return Poll::Pending;
        };
        let (received, decision) = ready!(look_up.as_mut().poll(context));
        *parts = Some(received);
        self.step = Step::Decided;
        Poll::Ready(decision)
    }

    /// `None` where a provider takes the parts, to look up the keys.
    fn decide_or_look_up(
        &mut self,
        parts: &mut Option<Parts>,
        read: Result<Bytes, Rejection>,
    ) -> Option<Decision> {
        let (settings, presented) = (&self.settings, self.presented);
        let received = parts.as_mut()?;
        let body = match read {
            Ok(body) => body,
            Err(unread) => {
                let rejection = settings.rejection_of_unread(&presented, unread);
                return Some(Err(Box::new(settings.refuse(received, 0, rejection))));
            }
        };
        let stopwatch = Stopwatch::start();
        let provider = match &self.keys {
            RequestKeys::Asked(provider) => provider.clone(),
            RequestKeys::Known(keys) => {
                return Some(settings.decide(received, body, &presented, Ok(keys), stopwatch));
            }
        };
        let settings = settings.clone();
        let mut parts = parts.take()?;
        self.step = Step::LookingUpKeys(Box::pin(async move {
            let look_up = settings.look_up(&*provider, &parts, &body, &presented);
            let keys = look_up.await;
            let decision = settings.decide(&mut parts, body, &presented, keys.as_ref(), stopwatch);
            (parts, decision)
        }));
        None
    }
}

impl Settings {
    /// A body matters only where a signature may cover it.
    fn rejection_of_unread(&self, presented: &Presented, unread: Rejection) -> Rejection {
        match presented {
            Err(by_headers) if !self.report_only => (*by_headers).into(),
            _ => unread,
        }
    }

    /// Asks the provider where an answer can make a difference: what refuses a request without keys
    /// is looked at before, if only to be looked at again with them.
    async fn look_up(
        &self,
        provider: &dyn ErasedProvider,
        parts: &Parts,
        body: &Bytes,
        presented: &Presented,
    ) -> Result<SigningKeys, Rejection> {
        if !self.explains {
            (*presented)?;
            let request_url = RequestUrl::of(parts);
            let candidates = self.public_url.candidate_urls(&request_url);
            candidates.ok_or(RejectionReason::UnknownUrl)?;
        }
        provider.signing_keys(parts, body).await.map_err(not_found)
    }

    fn decide(
        &self,
        parts: &mut Parts,
        body: Bytes,
        presented: &Presented,
        keys: Result<&SigningKeys, &Rejection>,
        stopwatch: Stopwatch,
    ) -> Decision {
        let verdict = match presented {
            Ok(presented) => {
                let verdict = self.verify(parts, &body, presented, keys);
                stopwatch.record(body.len());
                verdict
            }
            Err(reason) => Err((*reason).into()),
        };
        let verdict = match (verdict, keys) {
            (Err(rejection), Ok(keys)) if self.explains => {
                Err(self.explained(parts, &body, keys, rejection))
            }
            (verdict, _) => verdict,
        };
        match verdict {
            Ok(verified) => {
                log_verified(parts, body.len(), &verified);
                parts.extensions.remove::<Rejection>();
                parts.extensions.insert(verified);
            }
            Err(rejection) if self.report_only => {
                self.log_reported(parts, body.len(), &rejection);
                parts.extensions.remove::<VerifiedWebhook>();
                parts.extensions.insert(rejection);
            }
            Err(rejection) => return Err(Box::new(self.refuse(parts, body.len(), rejection))),
        }
        Ok(body)
    }

    fn verify(
        &self,
        parts: &Parts,
        body: &[u8],
        presented: &PresentedSignatures,
        keys: Result<&SigningKeys, &Rejection>,
    ) -> Result<VerifiedWebhook, Rejection> {
        let request_url = RequestUrl::of(parts);
        let candidates = self.public_url.candidate_urls(&request_url);
        let candidates = candidates.ok_or(RejectionReason::UnknownUrl)?;
        let content_type = parts.headers.get(CONTENT_TYPE);
        let found = Verification {
            keys: keys.map_err(Rejection::clone)?,
            urls: &candidates,
            body,
            is_form: is_form(content_type.map(HeaderValue::as_bytes)),
            accepted: self.accepted,
        }
        .verify(presented)?;
        Ok(VerifiedWebhook::new(
            found.scheme,
            found.url,
            found.key.shared_id(),
        ))
    }

    pub(crate) fn refuse(
        &self,
        parts: &Parts,
        body_bytes: usize,
        rejection: Rejection,
    ) -> Response {
        self.log_rejected(parts, body_bytes, &rejection);
        let Some(respond) = &self.on_rejection else {
            return rejection.into_response();
        };
        let mut response = respond.0(&rejection);
        response.extensions_mut().insert(rejection);
        response
    }
}
