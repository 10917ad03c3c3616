use http::{HeaderMap, header::CONTENT_TYPE};

use crate::explain::body::form::form_variations;
use crate::explain::body::variations::Bodies;
use crate::explain::cause::Cause;
use crate::explain::presented::{Algorithm, Encoding, Presented};
use crate::explain::ranked::Ranked;
use crate::form::is_form;

/// What may stand behind the URL in the signed message.
#[derive(Clone, Debug)]
pub(in crate::explain) struct Message {
    pub(in crate::explain) kind: MessageKind,
    pub(in crate::explain) algorithm: Algorithm,
    pub(in crate::explain) content: Vec<u8>,
    /// What has happened to the body since it was signed.
    pub(in crate::explain) cause: Option<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum MessageKind {
    RawBody,
    Form,
    /// Nothing.
    UrlAlone,
}

/// Every message that one of the presented signatures may be of.
pub(in crate::explain) fn messages(
    headers: &HeaderMap,
    url_names_body_digest: bool,
    body: &[u8],
    bodies: &Bodies<'_>,
    presented: &[Presented],
) -> Vec<Ranked<Message>> {
    let mut all = Vec::new();
    for (algorithm, first_rank) in algorithms(presented) {
        let presents = |encoding: Encoding| {
            presented.iter().any(|presented| {
                presented.digest.algorithm() == algorithm
                    && [encoding, Encoding::Another].contains(&presented.encoding)
            })
        };
        let mut add = |rank, kind, cause, content| {
            all.push(Ranked {
                rank: first_rank + rank,
                value: Message {
                    kind,
                    algorithm,
                    content,
                    cause,
                },
            });
        };
        let raw_rank = if presents(Encoding::Hex) { 0 } else { 2 };
        for (rank, body) in bodies.iter().filter(|(_, body)| !body.content.is_empty()) {
            add(
                raw_rank + rank,
                MessageKind::RawBody,
                body.cause,
                body.content.to_vec(),
            );
        }
        let form_rank = if presents(Encoding::Base64) { 0 } else { 2 };
        let content_type = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        let (type_rank, type_cause) = if is_form(content_type) {
            (0, None)
        } else {
            (1, Some(Cause::ContentType))
        };
        for (rank, cause, content) in form_variations(body) {
            add(
                form_rank + type_rank + rank,
                MessageKind::Form,
                cause.or(type_cause),
                content,
            );
        }
        let alone_rank = if body.is_empty() || url_names_body_digest {
            form_rank.min(raw_rank)
        } else {
            form_rank + 1
        };
        add(alone_rank, MessageKind::UrlAlone, None, Vec::new());
    }
    all
}

/// SHA-1 first: where both are there they are of one message, and it is the cheaper.
fn algorithms(presented: &[Presented]) -> Vec<(Algorithm, usize)> {
    let presents = |algorithm| {
        presented
            .iter()
            .any(|presented| presented.digest.algorithm() == algorithm)
    };
    let present = [Algorithm::Sha1, Algorithm::Sha256]
        .into_iter()
        .filter(|&algorithm| presents(algorithm));
    present
        .enumerate()
        .map(|(rank, algorithm)| (algorithm, 2 * rank))
        .collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::explain::body::variations::body_variations;
    use crate::explain::presented::presented_signatures;
    use crate::explain::ranked::Ranked;

    const HEX: &str = "4523980ede13d5c51374ad4f0ddf77fd556bf01f";
    const BASE64: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";

    fn of(
        signatures: &[(&'static str, &str)],
        content_type: &'static str,
        names_digest: bool,
        body: &str,
    ) -> Vec<Ranked<Message>> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        for (name, value) in signatures {
            headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let presented = presented_signatures(&headers);
        let body = body.as_bytes();
        let bodies = body_variations(body);
        messages(&headers, names_digest, body, &bodies, &presented)
    }

    /// The ranks of the body as it is, of the form as it is, and of no body.
    fn ranks(messages: &[Ranked<Message>], algorithm: Algorithm) -> [Option<usize>; 3] {
        [
            (MessageKind::RawBody, "a=1"),
            (MessageKind::Form, "a1"),
            (MessageKind::UrlAlone, ""),
        ]
        .map(|(kind, content)| {
            let found = messages.iter().find(|message| {
                let message = &message.value;
                message.kind == kind
                    && message.algorithm == algorithm
                    && message.content == content.as_bytes()
            });
            found.map(|message| message.rank)
        })
    }

    #[test]
    fn the_encoding_and_the_content_type_say_what_is_likelier() {
        let header = "x-signalwire-signature";
        for (signature, content_type, names_digest, expected) in [
            (BASE64, FORM, false, [2, 0, 1]),
            (BASE64, JSON, false, [2, 1, 1]),
            (BASE64, JSON, true, [2, 1, 0]),
            (HEX, JSON, false, [0, 3, 3]),
            (HEX, FORM, true, [0, 2, 0]),
            (&BASE64[..27], FORM, false, [0, 0, 1]),
        ] {
            let messages = of(&[(header, signature)], content_type, names_digest, "a=1");
            assert_eq!(
                ranks(&messages, Algorithm::Sha1),
                expected.map(Some),
                "{signature} {content_type}"
            );
            assert_eq!(ranks(&messages, Algorithm::Sha256), [None; 3]);
        }
    }

    #[test]
    fn of_two_digests_the_shorter_is_tried_first() {
        let both = [
            ("x-signalwire-signature", HEX),
            ("x-signalwire-sha256-signature", &"ab".repeat(32)),
        ];
        let messages = of(&both, JSON, false, "a=1");
        assert_eq!(ranks(&messages, Algorithm::Sha1), [0, 3, 3].map(Some));
        assert_eq!(ranks(&messages, Algorithm::Sha256), [2, 5, 5].map(Some));
        let base64_beside_hex = [("x-signalwire-signature", BASE64), both[1]];
        let messages = of(&base64_beside_hex, FORM, false, "a=1");
        assert_eq!(ranks(&messages, Algorithm::Sha1), [2, 0, 1].map(Some));
        assert_eq!(ranks(&messages, Algorithm::Sha256), [2, 4, 5].map(Some));
    }

    #[test]
    fn an_empty_body_is_the_url_alone() {
        for signature in [HEX, BASE64] {
            let messages = of(&[("x-signalwire-signature", signature)], FORM, false, "");
            assert_eq!(ranks(&messages, Algorithm::Sha1), [None, None, Some(0)]);
            assert!(
                messages
                    .iter()
                    .all(|message| message.value.content.is_empty()
                        == (message.value.kind == MessageKind::UrlAlone))
            );
        }
    }

    #[test]
    fn a_form_that_was_changed_is_tried_after_one_that_was_not() {
        let signature = [("x-signalwire-signature", BASE64)];
        for (content_type, expected) in [(FORM, 1), (JSON, 2)] {
            let messages = of(&signature, content_type, false, "a=1%0A");
            let trimmed = messages
                .iter()
                .find(|message| message.value.content == b"a1");
            let trimmed = trimmed.unwrap();
            assert_eq!(trimmed.rank, expected, "{content_type}");
            assert_eq!(trimmed.value.cause, Some(Cause::LineBreak));
        }
    }

    #[test]
    fn a_form_under_another_content_type_has_that_for_its_cause() {
        let signature = [("x-signalwire-signature", BASE64)];
        for (content_type, cause) in [(FORM, None), (JSON, Some(Cause::ContentType))] {
            let messages = of(&signature, content_type, false, "a=1");
            let form = messages
                .iter()
                .find(|message| message.value.kind == MessageKind::Form);
            assert_eq!(form.unwrap().value.cause, cause, "{content_type}");
        }
    }
}
