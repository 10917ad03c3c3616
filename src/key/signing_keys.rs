use std::sync::Arc;

use super::SigningKey;
use crate::config_error::ConfigError;

/// One or more signing keys, in the order in which they are tried; cheap to clone.
///
/// ```
/// use signalwire_webhook::{SigningKey, SigningKeys};
///
/// let keys = SigningKeys::new([
///     SigningKey::new("PSKold")?.with_id("old"),
///     SigningKey::new("PSKnew")?.with_id("new"),
/// ])?;
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SigningKeys(Arc<[SigningKey]>);

impl SigningKeys {
    /// Collects the keys; put the one most in use first.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoSigningKeys`] for none, [`ConfigError::DuplicateSigningKey`] for a key
    /// given twice and [`ConfigError::DuplicateKeyId`] for two keys of one id.
    pub fn new(keys: impl IntoIterator<Item = SigningKey>) -> Result<Self, ConfigError> {
        let keys: Vec<SigningKey> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(ConfigError::NoSigningKeys);
        }
        for (index, key) in keys.iter().enumerate() {
            let id = || key.id().to_owned();
            let before = &keys[..index];
            if before.iter().any(|other| other.signs_like(key)) {
                return Err(ConfigError::DuplicateSigningKey { id: id() });
            }
            if before.iter().any(|other| other.id() == key.id()) {
                return Err(ConfigError::DuplicateKeyId { id: id() });
            }
        }
        Ok(Self(keys.into()))
    }

    /// The keys, in the order in which they are tried.
    pub fn iter(&self) -> impl Iterator<Item = &SigningKey> {
        self.0.iter()
    }
}

impl From<SigningKey> for SigningKeys {
    fn from(key: SigningKey) -> Self {
        Self(Arc::new([key]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_or_an_id_given_twice_is_an_error() {
        let key = |text: &str, id: &str| SigningKey::new(text).unwrap().with_id(id);
        assert_eq!(
            SigningKeys::new([key("a", "1"), key("b", "2"), key("a", "3")]).err(),
            Some(ConfigError::DuplicateSigningKey { id: "3".into() })
        );
        assert_eq!(
            SigningKeys::new([key("a", "1"), key("b", "1")]).err(),
            Some(ConfigError::DuplicateKeyId { id: "1".into() })
        );
        assert_eq!(SigningKeys::new([]).err(), Some(ConfigError::NoSigningKeys));
    }
}
