//! What speaks for another key.

use super::{Reason, Visible};
use crate::key::SigningKey;

impl Visible<'_> {
    pub(super) fn key(&self) -> Reason {
        const ANOTHER: &str = "another Signing Key signed it: compare the fingerprint of the key in the dashboard's API \
             Credentials (`printf %s \"$KEY\" | sha256sum | cut -c1-8`) with those of the keys tried, of \
             the project that owns the number, and allow a minute after a reset";
        let begins_with =
            |prefix: &'static [u8]| move |key: &SigningKey| key.text().starts_with(prefix);
        let is_placeholder = |key: &SigningKey| {
            let starts: [&[u8]; 5] = [b"${", b"$(", b"{{", b"%(", b"<%"];
            starts.iter().any(|start| key.text().starts_with(start))
        };
        let (weight, text) = if self.keys.iter().any(is_placeholder) {
            (
                11,
                "the configured key is a placeholder that nothing has replaced with the Signing Key"
                    .to_owned(),
            )
        } else if self.keys.iter().any(begins_with(b"PT")) {
            (
                11,
                "the configured key begins with PT, as an API token does: copy the Signing Key, which \
                 begins with PSK, from the dashboard's API Credentials"
                    .to_owned(),
            )
        } else if !self.keys.iter().any(begins_with(b"PSK")) {
            (
                if self.dashboard.is_some() { 9 } else { 7 },
                format!(
                    "no configured key begins with PSK, as a Signing Key does: copy it from the \
                     dashboard's API Credentials; or {ANOTHER}"
                ),
            )
        } else {
            let weight = if self.dashboard.is_some() { 8 } else { 6 };
            (weight, ANOTHER.to_owned())
        };
        Reason { weight, text }
    }
}
