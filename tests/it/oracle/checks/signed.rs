//! The ways to sign a request, of which the last two are not SignalWire's, or not for a body.

use super::oracle::{base64, canonical, distinct, hex, hmac_sha1, hmac_sha256, parameters};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Signed {
    Sha256,
    Sha1,
    Form,
    /// What npm `twilio` makes of equal names.
    DistinctForm,
    UrlAlone,
}

impl Signed {
    pub(super) const ALL: [Self; 5] = [
        Self::Sha256,
        Self::Sha1,
        Self::Form,
        Self::DistinctForm,
        Self::UrlAlone,
    ];

    pub(super) fn sign(self, key: &str, url: &str, body: &[u8]) -> String {
        let key = key.as_bytes();
        let message = |rest: &[u8]| [url.as_bytes(), rest].concat();
        match self {
            Self::Sha256 => hex(&hmac_sha256(key, &message(body))),
            Self::Sha1 => hex(&hmac_sha1(key, &message(body))),
            Self::Form => base64(&hmac_sha1(key, &message(&canonical(&parameters(body))))),
            Self::DistinctForm => base64(&hmac_sha1(key, &message(&distinct(parameters(body))))),
            Self::UrlAlone => base64(&hmac_sha1(key, &message(b""))),
        }
    }
}
