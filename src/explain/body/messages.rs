//! Which variations of the body the presented signatures may be of, likeliest first.

use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

use super::variations::{MessageKind, Variation};
use crate::{
    explain::{
        cause::Cause,
        presented::{Algorithm, Encoding, Presented},
    },
    form::is_form,
};

/// A variation to be hashed with one algorithm. The two of a request share the variation's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) struct Message {
    pub(in crate::explain) variation: usize,
    pub(in crate::explain) algorithm: Algorithm,
    pub(in crate::explain) rank: usize,
}

/// What a request says of its message.
pub(in crate::explain) struct Signs<'a> {
    pub(in crate::explain) presented: &'a [Presented],
    pub(in crate::explain) is_form: bool,
    pub(in crate::explain) has_body: bool,
    /// Of two signatures of a raw body, which one is tried first.
    pub(in crate::explain) preferred: Algorithm,
    /// Whether a URL that may have been signed names the body's digest.
    pub(in crate::explain) names_digest: bool,
}

pub(in crate::explain) fn says_form(headers: &HeaderMap) -> bool {
    is_form(headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes))
}

impl Signs<'_> {
    /// Every message that one of the signatures may be of, likeliest first.
    pub(in crate::explain) fn messages(&self, variations: &[Variation]) -> Vec<Message> {
        let mut found = Vec::new();
        for (algorithm, first_rank) in self.algorithms() {
            found.extend(
                variations
                    .iter()
                    .enumerate()
                    .filter(|(_, variation)| self.is_plausible(variation, algorithm))
                    .map(|(index, variation)| Message {
                        variation: index,
                        algorithm,
                        rank: first_rank
                            + variation.rank
                            + self.kind_rank(variation.kind, algorithm),
                    }),
            );
        }
        found.sort_by_key(|message| message.rank);
        found
    }

    /// A form is signed byte for byte in hex alone: what signs it so in base64 has not changed it.
    fn is_plausible(&self, variation: &Variation, algorithm: Algorithm) -> bool {
        variation.kind != MessageKind::RawBody
            || !variation.causes.contains(&Cause::FormEncoding)
            || self.presents(Encoding::Hex, algorithm)
    }

    /// The encoding and the content type say what is likelier.
    fn kind_rank(&self, kind: MessageKind, algorithm: Algorithm) -> usize {
        let raw_rank = if self.presents(Encoding::Hex, algorithm) {
            0
        } else {
            3
        };
        let form_rank = if self.presents(Encoding::Base64, algorithm) {
            0
        } else {
            2
        };
        match kind {
            MessageKind::RawBody => raw_rank,
            // Nothing else is signed in base64, whatever the content type says.
            MessageKind::Form if form_rank == 0 => usize::from(self.names_digest),
            MessageKind::Form => form_rank + usize::from(!self.is_form),
            MessageKind::UrlAlone if !self.has_body || self.names_digest => form_rank.min(raw_rank),
            MessageKind::UrlAlone => form_rank + 1,
        }
    }

    fn presents(&self, encoding: Encoding, algorithm: Algorithm) -> bool {
        let is_in = |one: &Presented| match one.encoding {
            Encoding::Hex | Encoding::AroundHex => encoding == Encoding::Hex,
            // No scheme has SHA-256 in base64.
            Encoding::AroundBase64 if algorithm == Algorithm::Sha256 => true,
            Encoding::Base64 | Encoding::AroundBase64 => encoding == Encoding::Base64,
        };
        let mut presented = self.presented.iter();
        presented.any(|one| one.digest.algorithm() == algorithm && is_in(one))
    }

    /// Where both are there they are of one message.
    fn algorithms(&self) -> impl Iterator<Item = (Algorithm, usize)> {
        let presents = |algorithm: &Algorithm| {
            let mut presented = self.presented.iter();
            presented.any(|presented| presented.digest.algorithm() == *algorithm)
        };
        let mut algorithms = [Algorithm::Sha1, Algorithm::Sha256];
        if self.preferred == Algorithm::Sha256 && self.presents(Encoding::Hex, Algorithm::Sha256) {
            algorithms.reverse();
        }
        algorithms
            .into_iter()
            .filter(presents)
            .enumerate()
            .map(|(index, algorithm)| (algorithm, 3 * index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{
        body::variations::Bodies, budget::Budget, presented::presented_signatures,
    };

    const HEX: &str = "4523980ede13d5c51374ad4f0ddf77fd556bf01f";
    const BASE64: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    /// The ranks of the body as it is, of the form as it is, and of no body.
    fn ranks(
        signatures: &[(&'static str, &str)],
        is_form: bool,
        names_digest: bool,
        algorithm: Algorithm,
    ) -> [Option<usize>; 3] {
        let headers = signatures
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let presented = presented_signatures(&headers);
        let signs = Signs {
            presented: &presented,
            is_form,
            has_body: true,
            preferred: Algorithm::Sha1,
            names_digest,
        };
        let mut budget = Budget::new();
        let bodies = Bodies::of(b"a=1", "", &mut budget);
        let messages = signs.messages(bodies.all());
        [
            MessageKind::RawBody,
            MessageKind::Form,
            MessageKind::UrlAlone,
        ]
        .map(|kind| {
            messages
                .iter()
                .filter(|message| message.algorithm == algorithm)
                .filter(|message| bodies.all()[message.variation].kind == kind)
                .map(|message| message.rank)
                .min()
        })
    }

    #[test]
    fn the_encoding_and_the_content_type_say_what_is_likelier() {
        let header = "x-signalwire-signature";
        for (signature, is_form, names_digest, expected) in [
            (BASE64, true, false, [3, 0, 1]),
            (BASE64, false, false, [3, 0, 1]),
            (BASE64, false, true, [3, 1, 0]),
            (HEX, false, false, [0, 3, 3]),
            (HEX, true, true, [0, 2, 0]),
            (&BASE64[..27], true, false, [3, 0, 1]),
        ] {
            let signatures = [(header, signature)];
            let found = ranks(&signatures, is_form, names_digest, Algorithm::Sha1);
            assert_eq!(found, expected.map(Some), "{signature} {is_form}");
            let none = ranks(&signatures, is_form, names_digest, Algorithm::Sha256);
            assert_eq!(none, [None; 3]);
        }
    }

    #[test]
    fn of_two_digests_the_shorter_is_tried_first() {
        let sha256 = "ab".repeat(32);
        let both = [
            ("x-signalwire-signature", HEX),
            ("x-signalwire-sha256-signature", &sha256),
        ];
        assert_eq!(
            ranks(&both, false, false, Algorithm::Sha1),
            [0, 3, 3].map(Some)
        );
        assert_eq!(
            ranks(&both, false, false, Algorithm::Sha256),
            [3, 6, 6].map(Some)
        );
    }
}
