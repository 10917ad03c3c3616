use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::scheme::SignatureScheme;
use crate::{encoding::encode_hex, url::without_variants};

/// The proof that SignalWire signed a request.
///
/// [`Verifier::verify`](crate::Verifier::verify) returns it. The layer puts it into the request's
/// extensions, and with the feature `axum` it is an extractor.
#[derive(Clone)]
pub struct VerifiedWebhook {
    pub(super) scheme: SignatureScheme,
    pub(super) url: String,
    pub(super) key_id: Arc<str>,
    pub(super) content: SignedContent,
}

/// What followed the URL in the signed message.
#[derive(Clone)]
pub(super) enum SignedContent {
    /// The raw body, which the handler reads too.
    Body(Bytes),
    /// The form's parameters in their canonical form; empty where there are none.
    Parameters(Vec<u8>),
}

impl AsRef<[u8]> for SignedContent {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Body(body) => body,
            Self::Parameters(text) => text,
        }
    }
}

impl VerifiedWebhook {
    /// The scheme whose signature matched.
    #[must_use]
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// The URL that SignalWire signed; it may hold credentials, so do not log it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The [`id`](crate::SigningKey::id) of the key that signed.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What identifies this delivery: the SHA-256 of the signed message, its URL written as `https`,
    /// with the host in lower case, without port and credentials.
    ///
    /// It is the same for every copy of a request, in whatever scheme, encoding or order it is
    /// written, with whatever port, and by whichever key it is signed. So it can be a unique key in
    /// a database, by which a handler runs once for each delivery.
    ///
    /// - That SignalWire sends a retry byte for byte as the first one is an assumption that no
    ///   source confirms. Fields that identify the event, as `MessageSid` and `MessageStatus`
    ///   together, do not rest on it.
    /// - Nothing signed carries a time. So a GET to a URL without parameters has one identity for
    ///   ever, and within a call a document that loops sends equal requests that are not copies.
    ///
    /// Each call hashes the message; nothing is hashed before.
    ///
    /// ```
    /// use signalwire_webhook::{SigningKey, Verifier};
    ///
    /// let key = SigningKey::new("PSKtest")?;
    /// let signature = key.sign_form("https://hooks.example.com/sms", [("MessageSid", "1")]);
    /// let (request, ()) = http::Request::post("/sms")
    ///     .header("host", "hooks.example.com")
    ///     .header("content-type", "application/x-www-form-urlencoded")
    ///     .header("x-signalwire-signature", signature)
    ///     .body(())?
    ///     .into_parts();
    ///
    /// let verified = Verifier::new(key).verify(&request, b"MessageSid=1")?;
    /// assert_eq!(verified.delivery_id().to_string().len(), 64);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn delivery_id(&self) -> DeliveryId {
        let mut message = Sha256::new();
        message.update(without_variants(&self.url));
        message.update(&self.content);
        DeliveryId(message.finalize().into())
    }
}

/// Without the URL, whose query and credentials belong in no log, and without the content.
impl fmt::Debug for VerifiedWebhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifiedWebhook")
            .field("scheme", &self.scheme)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The identity of a delivery: 32 bytes, shown as 64 hex digits.
///
/// [`VerifiedWebhook::delivery_id`] is the identity of what was signed; [`DeliveryId::of`] makes
/// one of your own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveryId([u8; 32]);

/// Every part of a digest is as good as the whole, and eight bytes are hashed in half the time.
impl Hash for DeliveryId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0[..8]);
        state.write_u64(u64::from_ne_bytes(first));
    }
}

impl DeliveryId {
    /// The SHA-256 of what identifies an event for you.
    ///
    /// Put a separator between several fields that none of them can contain, so that no two
    /// events have one text.
    ///
    /// ```
    /// use signalwire_webhook::DeliveryId;
    ///
    /// let sent = DeliveryId::of("SM1/sent");
    /// let delivered = DeliveryId::of("SM1/delivered");
    /// assert_ne!(sent, delivered);
    /// ```
    #[must_use]
    pub fn of(identity: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(identity).into())
    }

    /// The 32 bytes, for a binary column.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 hex digits in lower case.
impl fmt::Display for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&encode_hex(&self.0))
    }
}

impl fmt::Debug for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DeliveryId({self})")
    }
}
