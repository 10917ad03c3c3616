use std::{future::Future, pin::Pin};

use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;

use crate::key::SigningKeys;

/// Looks up the signing keys of the project that a request seems to be from.
///
/// It sees the request's parts and the whole body. Neither is verified yet: a field of the body
/// may choose the key, and only [`VerifiedWebhook::key_id`](crate::VerifiedWebhook::key_id) may
/// be believed afterwards. A closure of the same shape is a provider too:
///
/// ```
/// use bytes::Bytes;
/// use http::request::Parts;
/// use signalwire_webhook::{KeySource, SignalWireWebhookLayer, SigningKey};
///
/// let layer = SignalWireWebhookLayer::new(KeySource::provider(|parts: &Parts, _: &Bytes| {
///     let project = parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
///     async move { SigningKey::new(format!("PSK-of-{project}")).map(|key| Some(key.into())) }
/// }));
/// ```
pub trait SigningKeyProvider: Send + Sync + 'static {
    /// Yields the keys that may have signed the request; `None` for a project that is not known, so
    /// that a forger gets 403 for it as for any other. Nothing bounds the time that it takes: put a
    /// `timeout` around a look-up that may hang.
    ///
    /// # Errors
    ///
    /// Whatever kept the provider from finding the keys. It is logged, and answered with 503, so
    /// that SignalWire's fallback URL is called.
    fn signing_keys(
        &self,
        parts: &Parts,
        body: &Bytes,
    ) -> impl Future<Output = Result<Option<SigningKeys>, BoxError>> + Send;
}

impl<F, Lookup, E> SigningKeyProvider for F
where
    F: Fn(&Parts, &Bytes) -> Lookup + Send + Sync + 'static,
    Lookup: Future<Output = Result<Option<SigningKeys>, E>> + Send,
    E: Into<BoxError>,
{
    async fn signing_keys(
        &self,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<Option<SigningKeys>, BoxError> {
        self(parts, body).await.map_err(Into::into)
    }
}

/// [`SigningKeyProvider`] for any future, so that the layer needs no type parameter.
pub(super) trait ErasedProvider: Send + Sync {
    fn signing_keys<'a>(
        &'a self,
        parts: &'a Parts,
        body: &'a Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<Option<SigningKeys>, BoxError>> + Send + 'a>>;
}

impl<P: SigningKeyProvider> ErasedProvider for P {
    fn signing_keys<'a>(
        &'a self,
        parts: &'a Parts,
        body: &'a Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<Option<SigningKeys>, BoxError>> + Send + 'a>> {
        Box::pin(SigningKeyProvider::signing_keys(self, parts, body))
    }
}
