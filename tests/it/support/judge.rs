//! The verdict on a request, by `Verifier` and by the layer, which must agree.

#[cfg(feature = "axum")]
use std::convert::Infallible;

use axum::body::{Body, to_bytes};
use futures_util::FutureExt as _;
use http::Request;
#[cfg(feature = "axum")]
use http::Response;
use signalwire_webhook::{
    PublicUrl, RejectionReason, SignatureScheme, SigningKeys, VerifiedWebhook, Verifier,
};
#[cfg(feature = "axum")]
use signalwire_webhook::{Rejection, SignalWireWebhookLayer};
#[cfg(feature = "axum")]
use tower::{Layer as _, ServiceExt as _, service_fn};

/// A verifier and, with the feature `axum`, a layer of the same settings.
#[derive(Clone)]
pub struct Judge {
    verifier: Verifier,
    #[cfg(feature = "axum")]
    layer: SignalWireWebhookLayer,
}

pub type Verdict = Result<VerifiedWebhook, RejectionReason>;

impl Judge {
    pub fn new(keys: impl Into<SigningKeys>) -> Self {
        let keys = keys.into();
        Self {
            #[cfg(feature = "axum")]
            layer: SignalWireWebhookLayer::new(keys.clone()),
            verifier: Verifier::new(keys),
        }
    }

    pub fn public_url(self, url: PublicUrl) -> Self {
        Self {
            #[cfg(feature = "axum")]
            layer: self.layer.public_url(url.clone()),
            verifier: self.verifier.public_url(url),
        }
    }

    pub fn accept<const N: usize>(self, schemes: [SignatureScheme; N]) -> Self {
        Self {
            verifier: self.verifier.accept(schemes),
            #[cfg(feature = "axum")]
            layer: self.layer.accept(schemes),
        }
    }

    pub fn forms_begin_with(self, name: &str) -> Self {
        Self {
            verifier: self.verifier.forms_begin_with(name),
            #[cfg(feature = "axum")]
            layer: self.layer.forms_begin_with(name),
        }
    }

    #[track_caller]
    pub fn judge(&self, request: Request<Body>) -> Verdict {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).now_or_never();
        let body = body.expect("the body is there").unwrap();
        let verdict = self.verifier.verify(&parts, &body);
        #[cfg(feature = "axum")]
        {
            let request = Request::from_parts(parts, Body::from(body));
            let by_layer = judged_by_layer(&self.layer, request);
            // A length that is declared says nothing to a verifier, which has the whole body.
            if by_layer.as_ref().err() != Some(&RejectionReason::BodyTooLarge) {
                assert_eq!(told(&by_layer), told(&verdict), "the layer disagrees");
            }
        }
        verdict
    }

    #[track_caller]
    pub fn scheme(&self, request: Request<Body>) -> Result<SignatureScheme, RejectionReason> {
        self.judge(request).map(|verified| verified.scheme())
    }

    #[track_caller]
    pub fn passes(&self, request: Request<Body>) -> bool {
        self.judge(request).is_ok()
    }
}

/// All that a verdict says.
#[cfg(feature = "axum")]
fn told(verdict: &Verdict) -> Result<(SignatureScheme, &str, &str, String), RejectionReason> {
    match verdict {
        Ok(verified) => Ok((
            verified.scheme(),
            verified.url(),
            verified.key_id(),
            verified.delivery_id().to_string(),
        )),
        Err(reason) => Err(*reason),
    }
}

#[cfg(feature = "axum")]
fn judged_by_layer(layer: &SignalWireWebhookLayer, request: Request<Body>) -> Verdict {
    async fn pass_on_proof(request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let verified: &VerifiedWebhook = request.extensions().get().expect("the layer's proof");
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(verified.clone());
        Ok(response)
    }
    let service = layer.layer(service_fn(pass_on_proof));
    let response = service.oneshot(request).now_or_never();
    let response = response.expect("nothing is waited for").unwrap();
    match response.extensions().get::<Rejection>() {
        Some(rejection) => {
            assert_eq!(response.status(), rejection.status());
            Err(rejection.reason())
        }
        None => Ok(response.extensions().get().cloned().unwrap()),
    }
}
