//! Tries combinations of URL, message and key until one makes a presented signature match.

use std::ops::ControlFlow;

use subtle::ConstantTimeEq as _;

use super::{
    body::{messages::Message, variations::Bodies},
    budget::Budget,
    key::candidates::CandidateKey,
    presented::{Algorithm, Digest, Presented},
    ranked::{Ranked, unlikeliest_first},
    url::variations::{MAX_RANK, UrlVariations},
};
use crate::key::SigningKey;

/// What to try.
pub(super) struct Search<'s> {
    pub(super) urls: &'s UrlVariations,
    pub(super) messages: &'s [Message],
    pub(super) keys: &'s [Ranked<CandidateKey>],
    pub(super) presented: &'s [Presented],
}

/// The combination that makes a presented signature match.
#[derive(Debug)]
pub(super) struct Hit<'s> {
    pub(super) url: String,
    /// Which variation of the body was signed.
    pub(super) variation: usize,
    pub(super) algorithm: Algorithm,
    pub(super) key: &'s CandidateKey,
    pub(super) presented: &'s Presented,
}

/// What came of a search.
pub(super) struct Outcome<'s> {
    pub(super) hit: Option<Hit<'s>>,
    /// Whether everything there was to try was tried.
    pub(super) is_complete: bool,
}

impl<'s> Search<'s> {
    /// Tries combinations in the order of their ranks' sum until one matches or the budget is
    /// spent.
    pub(super) fn run(&self, bodies: &mut Bodies<'_>, budget: &mut Budget) -> Outcome<'s> {
        let mut is_complete = true;
        for rank in 0..=MAX_RANK {
            for message in unlikeliest_first(rank, self.messages, |message| message.rank) {
                if !budget.has_hmacs() {
                    return Outcome {
                        hit: None,
                        is_complete: false,
                    };
                }
                match self.try_message(message, rank - message.rank, bodies, budget) {
                    Ok(Some(hit)) => {
                        return Outcome {
                            hit: Some(hit),
                            is_complete,
                        };
                    }
                    Ok(None) => {}
                    Err(CutShort) => is_complete = false,
                }
            }
        }
        Outcome {
            hit: None,
            is_complete,
        }
    }

    /// With the URLs and keys of this rank together.
    fn try_message(
        &self,
        message: &Message,
        rank: usize,
        bodies: &mut Bodies<'_>,
        budget: &mut Budget,
    ) -> Result<Option<Hit<'s>>, CutShort> {
        let query = bodies.all()[message.variation].query.clone();
        let Some(content) = bodies.content(message.variation, budget) else {
            return Ok(None);
        };
        let mut url = String::new();
        for key in unlikeliest_first(rank, self.keys, |key| key.rank) {
            let found = self
                .urls
                .visit(rank - key.rank, query.as_deref(), &mut url, |url| {
                    if budget.pay_hmac(url.len() + content.len()).is_err() {
                        return ControlFlow::Break(None);
                    }
                    let parts = [url.as_bytes(), &content];
                    let computed = compute(message.algorithm, &key.value.key, &parts);
                    match self
                        .presented
                        .iter()
                        .find(|one| equal(one.digest, computed))
                    {
                        Some(presented) => ControlFlow::Break(Some(presented)),
                        None => ControlFlow::Continue(()),
                    }
                });
            match found {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(None) => return Err(CutShort),
                ControlFlow::Break(Some(presented)) => {
                    return Ok(Some(Hit {
                        url,
                        variation: message.variation,
                        algorithm: message.algorithm,
                        key: &key.value,
                        presented,
                    }));
                }
            }
        }
        Ok(None)
    }
}

/// The budget does not reach for what was to be tried.
struct CutShort;

fn compute(algorithm: Algorithm, key: &SigningKey, message: &[&[u8]]) -> Digest {
    match algorithm {
        Algorithm::Sha1 => Digest::Sha1(key.hmac_sha1(message)),
        Algorithm::Sha256 => Digest::Sha256(key.hmac_sha256(message)),
    }
}

/// In constant time.
fn equal(presented: Digest, computed: Digest) -> bool {
    match (presented, computed) {
        (Digest::Sha1(presented), Digest::Sha1(computed)) => presented.ct_eq(&computed).into(),
        (Digest::Sha256(presented), Digest::Sha256(computed)) => presented.ct_eq(&computed).into(),
        _ => false,
    }
}
