use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;

use super::SigningKeys;

/// Keys that the program replaces while it runs.
///
/// The layer keeps one clone, the program another. A request is verified with the keys that were
/// there when it began, however long its body takes to arrive. The dashboard shows a new key
/// before the reset and takes about a minute to make it active. So put the old key and the new one
/// in, reset, and drop the old one when calls come with the new.
///
/// ```
/// use signalwire_webhook::{RotatingKeys, SigningKey, SigningKeys};
///
/// let keys = RotatingKeys::new(SigningKey::new("PSKold")?);
/// let of_the_layer = keys.clone();
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

    /// The keys as they are now.
    #[must_use]
    pub fn current(&self) -> SigningKeys {
        SigningKeys::clone(&self.0.load())
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
            .field(&self.current())
            .finish()
    }
}
