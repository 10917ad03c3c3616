use std::{
    borrow::{Borrow, Cow},
    fmt,
};

/// How a request was signed, strongest first.
///
/// The source is SignalWire's guides "Verify SWML request signatures" and "Webhook security".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// Hex HMAC-SHA256 of the URL and the raw body, in `X-SignalWire-SHA256-Signature`: SWML
    /// requests during a call.
    RawBodySha256,
    /// Hex HMAC-SHA1 of the URL and the raw body: SWML and RELAY requests.
    RawBodySha1,
    /// Base64 HMAC-SHA1 of the URL and the sorted form parameters: cXML (Compatibility API). A
    /// GET has none; its parameters are in the URL.
    FormParameters,
    /// Base64 HMAC-SHA1 of the URL alone, whose query names the body's SHA-256 as `bodySHA256`:
    /// cXML with a body that is not a form.
    BodyDigest,
}

impl SignatureScheme {
    /// Every scheme, strongest first.
    pub const ALL: &'static [Self] = &[
        Self::RawBodySha256,
        Self::RawBodySha1,
        Self::FormParameters,
        Self::BodyDigest,
    ];
}

/// The variant's name, as in log events.
impl fmt::Display for SignatureScheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

/// The schemes that are let through.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AcceptedSchemes(Cow<'static, [SignatureScheme]>);

impl AcceptedSchemes {
    pub(crate) const ALL: Self = Self(Cow::Borrowed(SignatureScheme::ALL));

    /// Those whose signatures are written in base64.
    pub(crate) const BASE64: Self = Self(Cow::Borrowed(&[
        SignatureScheme::FormParameters,
        SignatureScheme::BodyDigest,
    ]));

    pub(crate) fn of<S: Borrow<SignatureScheme>>(schemes: impl IntoIterator<Item = S>) -> Self {
        let named = schemes.into_iter().map(|scheme| *scheme.borrow());
        Self(Cow::Owned(named.collect()))
    }

    #[cfg(feature = "axum")]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, scheme: SignatureScheme) -> bool {
        self.0.contains(&scheme)
    }
}

/// Strongest first, each once.
impl fmt::Debug for AcceptedSchemes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accepted = SignatureScheme::ALL
            .iter()
            .filter(|scheme| self.contains(**scheme));
        formatter.debug_list().entries(accepted).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_schemes_are_shown_by_their_names() {
        let accepted =
            AcceptedSchemes::of([SignatureScheme::BodyDigest, SignatureScheme::RawBodySha256]);
        assert_eq!(format!("{accepted:?}"), "[RawBodySha256, BodyDigest]");
    }
}
