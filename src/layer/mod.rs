//! Tower and axum: the verdict of [`verify`](crate::verify) in front of a service.
//!
//! Answers what becomes of a request: when its body is read, which keys count, what is logged, and
//! how a refusal is answered. It must not know how a signature is verified.

mod admission;
mod body;
mod events;
#[cfg(feature = "explain")]
mod explain;
mod extract;
mod future;
mod key_look_up;
mod key_provider;
mod key_source;
#[cfg(feature = "metrics")]
mod metrics;
mod received_uri;
mod rejection;
mod request_body;
mod service;
mod settings;

use std::{borrow::Borrow, sync::Arc, time::Duration};

use axum::response::Response;
use tower_layer::Layer;

use self::{
    body::BodyLimits,
    settings::{RejectionResponse, Settings},
};
pub use self::{
    extract::{Verified, VerifiedRejection},
    future::ResponseFuture,
    key_provider::SigningKeyProvider,
    key_source::{IntoKeySource, KeySource},
    rejection::Rejection,
    request_body::RequestBody,
    service::SignalWireWebhook,
};
use crate::{
    config_error::ConfigError,
    key::SigningKeys,
    url::PublicUrl,
    verify::{AcceptedSchemes, Policy, SignatureScheme},
};

/// The layer as the environment configures it: [`SignalWireWebhookLayer::from_env`], for a
/// program that would rather start than stop.
///
/// ```
/// use axum::{Router, routing::post};
/// use signalwire_webhook::webhook;
///
/// let app: Router = Router::new()
///     .route("/voice", post(|| async { "<Response><Hangup/></Response>" }))
///     .layer(webhook());
/// ```
///
/// It never panics. Where a variable is missing or unusable, it logs the
/// [`ConfigError`] once at ERROR, and the layer answers every request with 500 and
/// [`RejectionReason::NoSigningKey`](crate::RejectionReason::NoSigningKey).
pub fn webhook() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::from_env().unwrap_or_else(|error| {
        tracing::error!(
            target: "signalwire_webhook",
            %error,
            "webhook layer not configured: it answers every request with 500",
        );
        SignalWireWebhookLayer::unconfigured(error)
    })
}

/// Lets a request through only when SignalWire signed it: a [`tower::Layer`](Layer) for a
/// [`Router`](axum::Router), a route, a handler, or a `ServiceBuilder`.
///
/// ```
/// use std::time::Duration;
/// use axum::{Router, routing::post};
/// use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, SigningKey};
///
/// let layer = SignalWireWebhookLayer::new(SigningKey::new("PSKtest")?)
///     .public_url(PublicUrl::base("https://hooks.example.com")?)
///     .body_limit(64 * 1024)
///     .body_deadline(Duration::from_secs(5));
///
/// let app: Router = Router::new()
///     .route("/voice", post(|| async { "<Response><Hangup/></Response>" }))
///     .layer(layer);
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
///
/// The checks, in their order; the first that fails decides, and
/// [`RejectionReason`](crate::RejectionReason) has the response of each:
///
/// 1. A signature header is there, is there once, and holds hex or base64 of the right length in
///    an accepted scheme. Otherwise the request is refused with its body unread.
/// 2. The body declares no more than the limit, and comes whole within limit and deadline.
/// 3. The URL that was called is known: see [`PublicUrl`].
/// 4. The signing keys are known: see [`KeySource`].
/// 5. A presented signature matches one of the URLs by one of the keys, and covers the body.
///
/// What reaches the inner service has its body byte for byte, a
/// [`VerifiedWebhook`](crate::VerifiedWebhook) in its extensions, and no trailers, since nothing
/// signs those.
///
/// # Panics
///
/// The layer panics on no input. Reading a body takes tokio's timer, so that a runtime built
/// without `enable_time` panics in [tokio](https://docs.rs/tokio/latest/tokio/time/fn.sleep.html).
#[derive(Clone, Debug)]
#[must_use]
pub struct SignalWireWebhookLayer {
    settings: Settings,
}

impl SignalWireWebhookLayer {
    /// Verifies with these keys: a [`SigningKey`](crate::SigningKey), [`SigningKeys`],
    /// [`RotatingKeys`](crate::RotatingKeys), or a [`KeySource`] that looks them up.
    pub fn new(keys: impl IntoKeySource) -> Self {
        Self {
            settings: Settings {
                keys: keys.into_key_source(),
                policy: Policy::default(),
                body_limits: BodyLimits::default(),
                report_only: false,
                explains: false,
                on_rejection: None,
            },
        }
    }

    /// Takes the keys from `SIGNALWIRE_SIGNING_KEY` (several, separated by commas, while a key is
    /// being rotated) and the URL from `SIGNALWIRE_WEBHOOK_URL`, or where that is absent from
    /// `SWML_PROXY_URL_BASE`: a [`PublicUrl::base`]. An empty variable counts as absent.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the variable which is missing or cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        let layer = Self::new(SigningKeys::from_env()?);
        Ok(match PublicUrl::from_env()? {
            Some(url) => layer.public_url(url),
            None => layer,
        })
    }

    /// Says where SignalWire sent the request; [`PublicUrl::from_request`] unless set.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.settings.policy.public_url = url;
        self
    }

    /// The most bytes that a body may have; 1 MiB (1,048,576) unless set.
    ///
    /// Anyone may have so much read and hashed. A body of 1 MiB takes 0.5 ms where its first signature is right, and
    /// 16 ms for each key in the very worst case that SECURITY.md describes (on a core with SHA extensions;
    /// `cargo bench --bench overhead`). So set what the endpoint needs:
    ///
    /// | endpoint | limit |
    /// |---|---|
    /// | cXML: calls, messages and their status callbacks | 64 KiB |
    /// | requests for a SWML document | 256 KiB |
    /// | `post_prompt_url`, which is sent what was said in a call | 1 MiB |
    ///
    /// axum's own extractors stop at 2 MB unless the route has a
    /// [`DefaultBodyLimit`](axum::extract::DefaultBodyLimit), whatever is set here.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limits.bytes = bytes;
        self
    }

    /// How long the whole body may take to arrive; 10 seconds unless set.
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.settings.body_limits.deadline = Some(deadline);
        self
    }

    /// Lets the body take as long as it likes: for a runtime without tokio's timer, where something
    /// else ends a connection that is too slow.
    pub fn no_body_deadline(mut self) -> Self {
        self.settings.body_limits.deadline = None;
        self
    }

    /// Narrows the layer to these schemes, as to SHA-256 alone for a SWML voice endpoint; all
    /// unless set. With none of them every request is refused, and an ERROR event says so at once.
    ///
    /// ```
    /// use signalwire_webhook::{SignalWireWebhookLayer, SignatureScheme, SigningKey};
    ///
    /// let layer = SignalWireWebhookLayer::new(SigningKey::new("PSKtest")?)
    ///     .accept([SignatureScheme::RawBodySha256]);
    /// # Ok::<_, signalwire_webhook::ConfigError>(())
    /// ```
    pub fn accept<S: Borrow<SignatureScheme>>(
        mut self,
        schemes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.settings.policy.accepted = AcceptedSchemes::of(schemes);
        if self.settings.policy.accepted.is_empty() {
            tracing::error!(
                target: "signalwire_webhook",
                "webhook layer accepts no scheme: it answers every request with 403; name one in `accept`",
            );
        }
        self
    }

    /// Takes only forms whose first name, in the canonical order, is this one: `AccountSid` for
    /// cXML. See [`Verifier::forms_begin_with`](crate::Verifier::forms_begin_with).
    pub fn forms_begin_with(mut self, name: &str) -> Self {
        self.settings.policy.first_name = Some(name.into());
        self
    }

    /// Logs what would be rejected and forwards it all the same: for a roll-out, never for good.
    ///
    /// Such a request has the [`Rejection`] in its extensions and no
    /// [`VerifiedWebhook`](crate::VerifiedWebhook), so that a handler with
    /// [`Verified`](crate::Verified) still answers 403. The limits on the body stay in force, and so
    /// does the 500 of a layer that has no key.
    pub fn report_only(mut self) -> Self {
        self.settings.report_only = true;
        self
    }

    /// Explains each rejection: what was signed against what was seen, and the code or
    /// configuration to change. For development and staging.
    ///
    /// The [`Explanation`](crate::explain::Explanation) is in the response's extensions (and in the
    /// request's under [`report_only`](Self::report_only)), and in the log as the field
    /// `explanation` of the rejection's event. It changes no verdict and nothing that the caller
    /// sees.
    ///
    /// In production a forged request would cost the whole search, up to
    /// [`MAX_COMPUTATIONS`](crate::explain::MAX_COMPUTATIONS) HMACs, in the task that serves it;
    /// and a request whose signature header is missing or malformed is read to its end, within
    /// limit and deadline, before it is refused.
    ///
    /// ```
    /// use signalwire_webhook::webhook;
    ///
    /// let layer = webhook();
    /// let layer = if cfg!(debug_assertions) { layer.explain_rejections() } else { layer };
    /// ```
    #[cfg(feature = "explain")]
    pub fn explain_rejections(mut self) -> Self {
        self.settings.explains = true;
        self
    }

    /// Answers a rejected request with `response` instead of [`Rejection`]'s own; the rejection
    /// is put into its extensions all the same.
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use signalwire_webhook::webhook;
    ///
    /// let layer = webhook().on_rejection(|rejection| {
    ///     let xml = [("content-type", "application/xml")];
    ///     (rejection.status(), xml, "<Response><Reject/></Response>").into_response()
    /// });
    /// ```
    pub fn on_rejection<F>(mut self, response: F) -> Self
    where
        F: Fn(&Rejection) -> Response + Send + Sync + 'static,
    {
        self.settings.on_rejection = Some(RejectionResponse(Arc::new(response)));
        self
    }

    /// A layer that refuses everything, since it cannot verify anything.
    pub(crate) fn unconfigured(error: ConfigError) -> Self {
        Self::new(KeySource::unconfigured(error))
    }
}

impl<S> Layer<S> for SignalWireWebhookLayer {
    type Service = SignalWireWebhook<S>;

    fn layer(&self, inner: S) -> Self::Service {
        #[cfg(feature = "metrics")]
        metrics::describe();
        SignalWireWebhook::new(inner, Arc::new(self.settings.clone()))
    }
}
