use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit as _, Mac};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
#[cfg(feature = "explain")]
use zeroize::Zeroizing;

use crate::{
    config_error::ConfigError,
    encoding::{Sha1Digest, Sha256Digest, encode_base64, encode_hex},
    form::{CanonicalForm, ParameterText},
};

/// A project's Signing Key, ready to verify and to sign.
///
/// The key is in the dashboard under API Credentials and looks like `PSK…`. What is kept of it, the
/// keyed state of the two HMACs, is zeroed when the last clone is dropped; what was passed in
/// remains the caller's to clear. With the feature `explain` the key's text is kept too, and zeroed
/// likewise. `Debug` shows the fingerprint alone.
///
/// ```
/// use signalwire_webhook::SigningKey;
///
/// let key = SigningKey::new("PSKtest1234567890abcdef")?;
/// assert_eq!(
///     key.sign_body_sha1(
///         "https://example.ngrok.io/webhook",
///         br#"{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}"#,
///     ),
///     "c3c08c1fefaf9ee198a100d5906765a6f394bf0f",
/// );
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    keyed: Arc<KeyedHmacs>,
    fingerprint: Arc<str>,
    id: Arc<str>,
}

/// Keyed once, cloned for each message. The `zeroize` feature of each hash clears them on drop.
struct KeyedHmacs {
    sha1: Hmac<Sha1>,
    sha256: Hmac<Sha256>,
    /// What a key was meant to be can be told from its text alone.
    #[cfg(feature = "explain")]
    text: Zeroizing<Box<[u8]>>,
}

/// Fails to compile where a hash, and with it the HMAC that is made of two, would leave a key in
/// memory.
const _: () = {
    const fn assert_zeroized<T: zeroize::ZeroizeOnDrop>() {}
    assert_zeroized::<Sha1>();
    assert_zeroized::<Sha256>();
};

impl SigningKey {
    /// Takes a key as the dashboard shows it; white space at its ends is dropped.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptySigningKey`] where nothing but ASCII white space is left, or nothing but
    /// NUL bytes: HMAC pads a key with those, so they sign as the empty key does (RFC 2104).
    ///
    /// # Panics
    ///
    /// Never: HMAC takes keys of any length.
    pub fn new(key: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let key = key.as_ref().trim_ascii();
        if key.iter().all(|byte| *byte == 0) {
            return Err(ConfigError::EmptySigningKey);
        }
        let fingerprint: Arc<str> =
            format!("sha256:{}", encode_hex(&Sha256::digest(key)[..4])).into();
        Ok(Self {
            keyed: Arc::new(KeyedHmacs {
                sha1: Hmac::new_from_slice(key).expect("HMAC takes keys of any length"),
                sha256: Hmac::new_from_slice(key).expect("HMAC takes keys of any length"),
                #[cfg(feature = "explain")]
                text: Zeroizing::new(key.into()),
            }),
            id: fingerprint.clone(),
            fingerprint,
        })
    }

    /// Names the key, for log events and
    /// [`VerifiedWebhook::key_id`](crate::VerifiedWebhook::key_id).
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into().into();
        self
    }

    /// The key's name: `sha256:` and the first 8 hex digits of the key's SHA-256, unless
    /// [`with_id`](Self::with_id) gave it another.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn shared_id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// Signs a form as SignalWire signs a cXML request; the result is base64, 28 characters.
    ///
    /// `url` is the one configured in the dashboard and `parameters` are decoded. Equal names
    /// keep their order. A GET has no parameters: they are in the URL's query.
    ///
    /// ```
    /// use signalwire_webhook::SigningKey;
    ///
    /// let signature = SigningKey::new("12345")?.sign_form(
    ///     "https://mycompany.com/myapp.php?foo=1&bar=2",
    ///     [
    ///         ("CallSid", "CA1234567890ABCDE"),
    ///         ("Caller", "+14158675309"),
    ///         ("Digits", "1234"),
    ///         ("From", "+14158675309"),
    ///         ("To", "+18005551212"),
    ///     ],
    /// );
    /// assert_eq!(signature, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    /// # Ok::<_, signalwire_webhook::ConfigError>(())
    /// ```
    #[must_use]
    pub fn sign_form<K: ParameterText, V: ParameterText>(
        &self,
        url: &str,
        parameters: impl IntoIterator<Item = (K, V)>,
    ) -> String {
        let form = CanonicalForm::from_decoded(parameters);
        encode_base64(&self.hmac_sha1(&[url.as_bytes(), form.text()]))
    }

    /// Signs a raw body with HMAC-SHA1; the result is hex, 40 characters.
    #[must_use]
    pub fn sign_body_sha1(&self, url: &str, body: &[u8]) -> String {
        encode_hex(&self.hmac_sha1(&[url.as_bytes(), body]))
    }

    /// Signs a raw body with HMAC-SHA256; the result is hex, 64 characters.
    #[must_use]
    pub fn sign_body_sha256(&self, url: &str, body: &[u8]) -> String {
        encode_hex(&self.hmac_sha256(&[url.as_bytes(), body]))
    }

    /// Compares in constant time.
    pub(crate) fn signed_sha1(&self, message: &[&[u8]], presented: &Sha1Digest) -> bool {
        self.hmac_sha1(message).ct_eq(presented).into()
    }

    /// Compares in constant time.
    pub(crate) fn signed_sha256(&self, message: &[&[u8]], presented: &Sha256Digest) -> bool {
        self.hmac_sha256(message).ct_eq(presented).into()
    }

    /// The key itself, for [`crate::explain`] alone.
    #[cfg(feature = "explain")]
    pub(crate) fn text(&self) -> &[u8] {
        &self.keyed.text
    }

    /// Two texts that sign alike are one key: HMAC pads a short key with zero bytes.
    pub(crate) fn signs_like(&self, other: &Self) -> bool {
        self.signed_sha256(&[], &other.hmac_sha256(&[]))
    }

    pub(crate) fn hmac_sha1(&self, message: &[&[u8]]) -> Sha1Digest {
        authenticate(&self.keyed.sha1, message).into()
    }

    pub(crate) fn hmac_sha256(&self, message: &[&[u8]]) -> Sha256Digest {
        authenticate(&self.keyed.sha256, message).into()
    }
}

#[cfg(test)]
thread_local! {
    /// How many HMACs this thread has computed: the work of a verification, whatever the machine.
    pub(crate) static HMACS_COMPUTED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    /// How many bytes those HMACs have read.
    pub(crate) static BYTES_HASHED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

fn authenticate<M: Mac + Clone>(keyed: &M, message: &[&[u8]]) -> hmac::digest::Output<M> {
    #[cfg(test)]
    count(message);
    let mut hmac = keyed.clone();
    for part in message {
        hmac.update(part);
    }
    hmac.finalize().into_bytes()
}

#[cfg(test)]
fn count(message: &[&[u8]]) {
    let bytes = message.iter().map(|part| part.len()).sum::<usize>();
    HMACS_COMPUTED.set(HMACS_COMPUTED.get() + 1);
    BYTES_HASHED.set(BYTES_HASHED.get() + bytes);
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", self.fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_key_is_not_part_of_it() {
        let bare = SigningKey::new("PSKtest").unwrap();
        let spaced = SigningKey::new(" \t\r\nPSKtest\n").unwrap();
        assert!(bare.signs_like(&spaced));
        assert_eq!(bare.id(), spaced.id());
    }

    #[test]
    fn an_empty_key_is_an_error() {
        for text in ["", " ", "\r\n\t"] {
            assert_eq!(
                SigningKey::new(text).err(),
                Some(ConfigError::EmptySigningKey)
            );
        }
    }

    #[test]
    fn a_key_of_nul_bytes_alone_is_an_error() {
        for text in ["\0", "\0\0\0\0", " \0\n"] {
            assert_eq!(
                SigningKey::new(text).err(),
                Some(ConfigError::EmptySigningKey)
            );
        }
        assert!(SigningKey::new("\0a").is_ok());
    }

    #[test]
    fn the_default_id_is_the_start_of_the_keys_sha_256() {
        // printf %s PSKtest | sha256sum
        let expected = "sha256:621201b8";
        let key = SigningKey::new("PSKtest").unwrap();
        assert_eq!(key.id(), expected);
        assert_eq!(
            format!("{:?}", key.with_id("mine")),
            format!("SigningKey({expected})")
        );
    }
}
