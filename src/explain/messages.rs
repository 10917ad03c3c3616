use http::{HeaderMap, header::CONTENT_TYPE};

use super::{
    body_variations::Bodies,
    cause::Cause,
    form_variations::form_variations,
    presented::{Algorithm, Encoding, Presented},
    ranked::Ranked,
};
use crate::form::is_form;

/// What may stand behind the URL in the signed message.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) kind: MessageKind,
    pub(super) algorithm: Algorithm,
    pub(super) content: Vec<u8>,
    /// What has happened to the body since it was signed.
    pub(super) cause: Option<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageKind {
    RawBody,
    Form,
    /// Nothing.
    UrlAlone,
}

/// Every message that one of the presented signatures may be of.
pub(super) fn messages(
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
