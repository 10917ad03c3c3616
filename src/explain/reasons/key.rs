//! What speaks for another key.

use super::{Reason, Visible};
use crate::key::SigningKey;

const ANOTHER: &str = "another Signing Key signed it: compare the fingerprint of the key in the \
    dashboard's API Credentials (`printf %s \"$KEY\" | sha256sum | cut -c1-8`) with those of the keys \
    tried, of the project that owns the number, and allow a minute after a reset";

/// What templates begin with, and references to what a secrets manager keeps.
const PLACEHOLDERS: [&[u8]; 14] = [
    b"${",
    b"$(",
    b"{{",
    b"%(",
    b"<%",
    b"op://",
    b"vault:",
    b"arn:aws:",
    b"projects/",
    b"@Microsoft.KeyVault(",
    b"/run/secrets/",
    b"file:",
    b"ENC[",
    b"ref+",
];

impl Visible<'_> {
    pub(super) fn key(&self) -> Reason {
        let is_placeholder = |key: &SigningKey| {
            let mut starts = PLACEHOLDERS.iter();
            starts.any(|start| key.text().starts_with(start))
        };
        let begins_with =
            |prefix: &'static [u8]| move |key: &SigningKey| key.text().starts_with(prefix);
        let is_known = self.dashboard.is_some();
        if self.keys.iter().any(is_placeholder) {
            return Reason {
                weight: 11,
                text:
                    "the configured key is a placeholder or a reference that nothing has replaced \
                       with the Signing Key"
                        .to_owned(),
            };
        }
        if self.keys.iter().any(begins_with(b"PT")) {
            return Reason {
                weight: 11,
                text: "the configured key begins with PT, as an API token does: copy the Signing Key, \
                       which begins with PSK, from the dashboard's API Credentials"
                    .to_owned(),
            };
        }
        if self.keys.iter().any(begins_with(b"PSK")) {
            return Reason {
                weight: if is_known { 8 } else { 6 },
                text: ANOTHER.to_owned(),
            };
        }
        Reason {
            weight: if is_known { 9 } else { 7 },
            text: format!(
                "no configured key begins with PSK, as a Signing Key does: copy it from the \
                 dashboard's API Credentials; or {ANOTHER}"
            ),
        }
    }
}
