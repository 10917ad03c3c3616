use std::fmt;

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
    /// cXML with a body that is no form.
    BodyDigest,
}

impl SignatureScheme {
    /// Every scheme, strongest first.
    pub const ALL: [Self; 4] = [
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

/// The schemes that a layer lets through.
#[derive(Clone, Copy)]
pub(crate) struct AcceptedSchemes([bool; SignatureScheme::ALL.len()]);

impl AcceptedSchemes {
    pub(crate) const ALL: Self = Self([true; SignatureScheme::ALL.len()]);

    pub(crate) fn is_empty(self) -> bool {
        self.0 == [false; SignatureScheme::ALL.len()]
    }

    pub(crate) fn contains(self, scheme: SignatureScheme) -> bool {
        self.0[scheme as usize]
    }
}

impl fmt::Debug for AcceptedSchemes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accepted = SignatureScheme::ALL
            .into_iter()
            .filter(|scheme| self.contains(*scheme));
        formatter.debug_list().entries(accepted).finish()
    }
}

impl FromIterator<SignatureScheme> for AcceptedSchemes {
    fn from_iter<I: IntoIterator<Item = SignatureScheme>>(schemes: I) -> Self {
        let mut accepted = [false; SignatureScheme::ALL.len()];
        for scheme in schemes {
            accepted[scheme as usize] = true;
        }
        Self(accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_schemes_are_shown_by_their_names() {
        let accepted: AcceptedSchemes =
            [SignatureScheme::BodyDigest, SignatureScheme::RawBodySha256]
                .into_iter()
                .collect();
        assert_eq!(format!("{accepted:?}"), "[RawBodySha256, BodyDigest]");
    }
}
