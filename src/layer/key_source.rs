//! Which keys may have signed a request: fixed, rotating, or looked up.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;

use super::{
    key_look_up::KeyLookUp,
    key_provider::{ErasedProvider, SigningKeyProvider},
    rejection::Rejection,
};
use crate::{
    config_error::ConfigError,
    key::{RotatingKeys, SigningKey, SigningKeys},
    verify::RejectionReason,
};

/// Where a layer's signing keys come from: a [`SigningKey`], [`SigningKeys`], [`RotatingKeys`],
/// a [look-up](Self::look_up) by project, or a [`SigningKeyProvider`].
#[derive(Clone)]
pub struct KeySource(Kind);

#[derive(Clone)]
enum Kind {
    Fixed(SigningKeys),
    Rotating(RotatingKeys),
    LookUp(KeyLookUp),
    Provider(Arc<dyn ErasedProvider>),
    Unconfigured(Arc<ConfigError>),
}

impl KeySource {
    /// Looks up the keys of each request by the name of its project: for many projects on one
    /// server.
    ///
    /// `identify` names the project, by the request's parts and its whole body. `find` finds the keys
    /// of that name. Where `identify` names none, or `find` finds none, the request is refused with
    /// 403 as [`NoKeyForRequest`](RejectionReason::NoKeyForRequest). An error of `find`, and a
    /// look-up that takes longer than its [time limit](Self::time_limit), is logged and answered with
    /// 503, so that SignalWire's fallback URL is called.
    ///
    /// What `identify` sees is not verified yet: a field of the body may choose the key, and only
    /// [`VerifiedWebhook::key_id`](crate::VerifiedWebhook::key_id) may be believed afterwards.
    ///
    /// ```
    /// use std::time::Duration;
    /// use signalwire_webhook::{KeySource, SignalWireWebhookLayer, SigningKey};
    /// # async fn select(project: &str) -> std::io::Result<Option<String>> {
    /// #     Ok((project == "sales").then(|| "PSKsales".to_owned()))
    /// # }
    ///
    /// let keys = KeySource::look_up(
    ///     |parts, _| parts.uri.path().strip_prefix("/sms/").map(str::to_owned),
    ///     |project| async move {
    ///         // SELECT signing_key FROM projects WHERE name = $1
    ///         let Some(key) = select(&project).await? else {
    ///             return Ok(None);
    ///         };
    ///         Ok(Some(SigningKey::new(key)?.with_id(project).into()))
    ///     },
    /// );
    /// let layer = SignalWireWebhookLayer::new(keys.cached_for(Duration::from_secs(60)));
    /// ```
    ///
    /// Any error will do, since `?` boxes it. A function with an error of its own is called within a
    /// closure: `|project| async move { Ok(find(project).await?) }`.
    ///
    /// # Panics
    ///
    /// The look-up panics outside a tokio runtime with a timer: use [`provider`](Self::provider)
    /// there.
    pub fn look_up<Identify, Find, Finding>(identify: Identify, find: Find) -> Self
    where
        Identify: Fn(&Parts, &Bytes) -> Option<String> + Send + Sync + 'static,
        Find: Fn(String) -> Finding + Send + Sync + 'static,
        // A type of error of its own could not be inferred from `Ok` and `?` in a closure.
        Finding: Future<Output = Result<Option<SigningKeys>, BoxError>> + Send + 'static,
    {
        Self(Kind::LookUp(KeyLookUp::new(identify, find)))
    }

    /// How long a [look-up](Self::look_up) may take; 2 seconds unless set. Other sources of keys
    /// have no limit to set.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        if let Kind::LookUp(look_up) = &mut self.0 {
            look_up.time_limit = limit;
        }
        self
    }

    /// Remembers the keys that a [look-up](Self::look_up) has found for so long; not at all unless
    /// set. A key that is replaced in the meantime is not seen before. Other sources of keys are not
    /// cached.
    ///
    /// Requests fill the cache before they are verified. So it holds only projects that were found,
    /// at most 10,000 of them, with names of at most 256 bytes. Let `find` find a project by one
    /// spelling: each other one, as with spaces at its end, is an entry of its own.
    #[must_use]
    pub fn cached_for(mut self, how_long: Duration) -> Self {
        if let Kind::LookUp(look_up) = &mut self.0 {
            look_up.remember_for(how_long);
        }
        self
    }

    /// Asks `provider` for the keys of each request. [`look_up`](Self::look_up) is simpler.
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
            Kind::LookUp(look_up) => Ok(RequestKeys::Asked(Arc::new(look_up.clone()))),
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

/// What [`SignalWireWebhookLayer::new`](crate::SignalWireWebhookLayer::new) takes: a
/// [`SigningKey`], [`SigningKeys`], [`RotatingKeys`] or [`KeySource`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source of signing keys",
    label = "expected a `SigningKey`, `SigningKeys`, `RotatingKeys` or `KeySource`",
    note = "make a key of a text with `SigningKey::new(text)?`, look keys up with `KeySource::look_up`"
)]
pub trait IntoKeySource {
    /// The same keys as a [`KeySource`].
    fn into_key_source(self) -> KeySource;
}

#[diagnostic::do_not_recommend]
impl<T: Into<KeySource>> IntoKeySource for T {
    fn into_key_source(self) -> KeySource {
        self.into()
    }
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
            Kind::LookUp(look_up) => look_up.fmt(formatter),
            Kind::Provider(_) => formatter.write_str("SigningKeyProvider"),
            Kind::Unconfigured(error) => {
                formatter.debug_tuple("Unconfigured").field(error).finish()
            }
        }
    }
}
