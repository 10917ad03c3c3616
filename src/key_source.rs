use std::{fmt, future::Future, pin::Pin, sync::Arc};

use arc_swap::ArcSwap;
use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;

use crate::{
    config_error::ConfigError,
    key::{SigningKey, SigningKeys},
    rejection::{Rejection, RejectionReason},
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
/// use signalwire_webhook::{ConfigError, KeySource, SignalWireWebhookLayer, SigningKey, SigningKeys};
///
/// let layer = SignalWireWebhookLayer::new(KeySource::provider(|parts: &Parts, _: &Bytes| {
///     let project = parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
///     async move { SigningKey::new(format!("PSK-of-{project}")).map(SigningKeys::from) }
/// }));
/// ```
pub trait SigningKeyProvider: Send + Sync + 'static {
    /// Yields the keys that may have signed the request. Nothing bounds the time that it takes:
    /// put a `timeout` around a look-up that may hang.
    ///
    /// # Errors
    ///
    /// Whatever kept the provider from finding the keys: logged, and answered with 503, so that
    /// SignalWire's fallback URL is called.
    ///
    /// An error that is a [`RejectionReason`] becomes the reason: return
    /// [`SignatureMismatch`](RejectionReason::SignatureMismatch) for a project that does not
    /// exist, so that a forger gets 403 for it as for any other.
    fn signing_keys(
        &self,
        parts: &Parts,
        body: &Bytes,
    ) -> impl Future<Output = Result<SigningKeys, BoxError>> + Send;
}

impl<F, Lookup, E> SigningKeyProvider for F
where
    F: Fn(&Parts, &Bytes) -> Lookup + Send + Sync + 'static,
    Lookup: Future<Output = Result<SigningKeys, E>> + Send,
    E: Into<BoxError>,
{
    async fn signing_keys(&self, parts: &Parts, body: &Bytes) -> Result<SigningKeys, BoxError> {
        self(parts, body).await.map_err(Into::into)
    }
}

/// Keys that the program replaces while the layer is at work.
///
/// The layer keeps one clone, the program another. A request is verified with the keys that were
/// there when it began, however long its body takes to arrive. The dashboard shows a new key
/// before the reset and takes about a minute to make it active: put the old and the new one in,
/// reset, and drop the old one when calls come with the new.
///
/// ```
/// use signalwire_webhook::{RotatingKeys, SignalWireWebhookLayer, SigningKey, SigningKeys};
///
/// let keys = RotatingKeys::new(SigningKey::new("PSKold")?);
/// let layer = SignalWireWebhookLayer::new(keys.clone());
///
/// keys.replace(SigningKeys::new([SigningKey::new("PSKold")?, SigningKey::new("PSKnew")?])?);
/// keys.replace(SigningKey::new("PSKnew")?);
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct RotatingKeys(Arc<ArcSwap<SigningKeys>>);

impl RotatingKeys {
    /// Starts with these keys.
    pub fn new(keys: impl Into<SigningKeys>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(keys.into())))
    }

    /// Replaces all keys at once, for every request that begins after this.
    pub fn replace(&self, keys: impl Into<SigningKeys>) {
        self.0.store(Arc::new(keys.into()));
    }
}

impl fmt::Debug for RotatingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("RotatingKeys")
            .field(&self.0.load())
            .finish()
    }
}

/// Where a layer's signing keys come from: a [`SigningKey`], [`SigningKeys`], [`RotatingKeys`],
/// or a [`SigningKeyProvider`].
#[derive(Clone)]
pub struct KeySource(Source);

#[derive(Clone)]
enum Source {
    Fixed(SigningKeys),
    Rotating(RotatingKeys),
    Provider(Arc<dyn ErasedProvider>),
    Unconfigured(Arc<ConfigError>),
}

impl KeySource {
    /// Asks `provider` for the keys of each request: for many projects on one server.
    pub fn provider(provider: impl SigningKeyProvider) -> Self {
        Self(Source::Provider(Arc::new(provider)))
    }

    pub(crate) fn unconfigured(error: ConfigError) -> Self {
        Self(Source::Unconfigured(Arc::new(error)))
    }

    /// The keys for a request that begins now: it is not to see a later
    /// [`replace`](RotatingKeys::replace).
    pub(crate) fn as_of_now(&self) -> Result<RequestKeys, Rejection> {
        match &self.0 {
            Source::Fixed(keys) => Ok(RequestKeys::Known(keys.clone())),
            Source::Rotating(keys) => Ok(RequestKeys::Known(SigningKeys::clone(&keys.0.load()))),
            Source::Provider(provider) => Ok(RequestKeys::Asked(provider.clone())),
            Source::Unconfigured(error) => Err(Rejection::caused_by(
                RejectionReason::NoSigningKey,
                error.clone(),
            )),
        }
    }
}

/// Where the keys for one request come from.
pub(crate) enum RequestKeys {
    Known(SigningKeys),
    Asked(Arc<dyn ErasedProvider>),
}

/// What is to be said of a look-up that yielded no keys.
pub(crate) fn not_found(error: BoxError) -> Rejection {
    match error.downcast::<RejectionReason>() {
        Ok(reason) => (*reason).into(),
        Err(error) => Rejection::caused_by(RejectionReason::KeyLookupFailed, error),
    }
}

impl From<SigningKey> for KeySource {
    fn from(key: SigningKey) -> Self {
        SigningKeys::from(key).into()
    }
}

impl From<SigningKeys> for KeySource {
    fn from(keys: SigningKeys) -> Self {
        Self(Source::Fixed(keys))
    }
}

impl From<RotatingKeys> for KeySource {
    fn from(keys: RotatingKeys) -> Self {
        Self(Source::Rotating(keys))
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(keys) => keys.fmt(formatter),
            Source::Rotating(keys) => keys.fmt(formatter),
            Source::Provider(_) => formatter.write_str("SigningKeyProvider"),
            Source::Unconfigured(error) => {
                formatter.debug_tuple("Unconfigured").field(error).finish()
            }
        }
    }
}

/// [`SigningKeyProvider`] for any future, so that the layer needs no type parameter.
pub(crate) trait ErasedProvider: Send + Sync {
    fn signing_keys<'a>(
        &'a self,
        parts: &'a Parts,
        body: &'a Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<SigningKeys, BoxError>> + Send + 'a>>;
}

impl<P: SigningKeyProvider> ErasedProvider for P {
    fn signing_keys<'a>(
        &'a self,
        parts: &'a Parts,
        body: &'a Bytes,
    ) -> Pin<Box<dyn Future<Output = Result<SigningKeys, BoxError>> + Send + 'a>> {
        Box::pin(SigningKeyProvider::signing_keys(self, parts, body))
    }
}
