//! Which keys may have signed a request: fixed, rotating, or looked up.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;

use super::rejection::Rejection;
use crate::{
    config_error::ConfigError,
    key::{RotatingKeys, SigningKey, SigningKeys},
    verify::RejectionReason,
};

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

/// Where a layer's signing keys come from: a [`SigningKey`], [`SigningKeys`], [`RotatingKeys`],
/// or a [`SigningKeyProvider`].
#[derive(Clone)]
pub struct KeySource(Kind);

#[derive(Clone)]
enum Kind {
    Fixed(SigningKeys),
    Rotating(RotatingKeys),
    Provider(Arc<dyn ErasedProvider>),
    Unconfigured(Arc<ConfigError>),
}

impl KeySource {
    /// Asks `provider` for the keys of each request: for many projects on one server.
    pub fn provider(provider: impl SigningKeyProvider) -> Self {
        Self(Kind::Provider(Arc::new(provider)))
    }

    pub(super) fn unconfigured(error: ConfigError) -> Self {
        Self(Kind::Unconfigured(Arc::new(error)))
    }

    /// The keys for a request that begins now: it is not to see a later
    /// [`replace`](RotatingKeys::replace).
    pub(super) fn as_of_now(&self) -> Result<RequestKeys, Rejection> {
        match &self.0 {
            Kind::Fixed(keys) => Ok(RequestKeys::Known(keys.clone())),
            Kind::Rotating(keys) => Ok(RequestKeys::Known(keys.current())),
            Kind::Provider(provider) => Ok(RequestKeys::Asked(provider.clone())),
            Kind::Unconfigured(error) => Err(Rejection::caused_by(
                RejectionReason::NoSigningKey,
                error.clone(),
            )),
        }
    }
}

/// Where the keys for one request come from.
pub(super) enum RequestKeys {
    Known(SigningKeys),
    Asked(Arc<dyn ErasedProvider>),
}

impl From<SigningKey> for KeySource {
    fn from(key: SigningKey) -> Self {
        SigningKeys::from(key).into()
    }
}

impl From<SigningKeys> for KeySource {
    fn from(keys: SigningKeys) -> Self {
        Self(Kind::Fixed(keys))
    }
}

impl From<RotatingKeys> for KeySource {
    fn from(keys: RotatingKeys) -> Self {
        Self(Kind::Rotating(keys))
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Fixed(keys) => keys.fmt(formatter),
            Kind::Rotating(keys) => keys.fmt(formatter),
            Kind::Provider(_) => formatter.write_str("SigningKeyProvider"),
            Kind::Unconfigured(error) => {
                formatter.debug_tuple("Unconfigured").field(error).finish()
            }
        }
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
