//! Tries combinations of URL, message and key until one makes a presented signature match.

use std::ops::{ControlFlow, RangeInclusive};

use subtle::ConstantTimeEq as _;

use super::{
    MAX_COMPUTATIONS, MAX_HASHED_BYTES,
    body::{messages::Message, variations::Bodies},
    budget::Budget,
    key::candidates::CandidateKey,
    presented::{Algorithm, Digest, Presented},
    ranked::{Left, Ranked, unlikeliest_first},
    url::variations::{MAX_RANK, UrlVariations},
};
use crate::key::SigningKey;

/// One or two changes are far likelier than more.
const FEWER_CHANGES_FIRST: &[RangeInclusive<usize>] = &[0..=2, 3..=MAX_RANK];
/// What a long body is written anew as is not kept, so each is made once for each sum.
const TOGETHER: &[RangeInclusive<usize>] = &[0..=MAX_RANK];
/// From this length on the hashed bytes limit the search, rather than the number of HMACs.
const LONG: usize = MAX_HASHED_BYTES / MAX_COMPUTATIONS;

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
    /// spent. Of one sum, those of fewer changes come first.
    pub(super) fn run(&self, bodies: &mut Bodies<'_>, budget: &mut Budget) -> Outcome<'s> {
        let mut is_complete = true;
        let groups = if bodies.body().len() < LONG {
            FEWER_CHANGES_FIRST
        } else {
            TOGETHER
        };
        let sums = (0..=MAX_RANK).flat_map(|rank| groups.iter().map(move |group| (rank, group)));
        for (rank, changes) in sums {
            for message in unlikeliest_first(rank, self.messages, |message| message.rank) {
                if !budget.has_hmacs() {
                    return Outcome {
                        hit: None,
                        is_complete: false,
                    };
                }
                match self.try_message(message, rank, changes.clone(), bodies, budget) {
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

    /// With the URLs and keys that make up the rest of the sum.
    fn try_message(
        &self,
        message: &Message,
        rank: usize,
        changes: RangeInclusive<usize>,
        bodies: &mut Bodies<'_>,
        budget: &mut Budget,
    ) -> Result<Option<Hit<'s>>, CutShort> {
        let possible: Vec<Left> = changes
            .filter_map(|changes| Left { rank, changes }.after(message.rank))
            .collect();
        if possible.is_empty() {
            return Ok(None);
        }
        let query = bodies.all()[message.variation].query.clone();
        let Some(content) = bodies.content(message.variation, budget) else {
            return Ok(None);
        };
        let mut url = String::new();
        for left in possible {
            for key in unlikeliest_first(left.rank, self.keys, |key| key.rank) {
                let Some(left) = left.after(key.rank) else {
                    continue;
                };
                let found = self.urls.visit(left, query.as_deref(), &mut url, |url| {
                    if budget.pay_hmac(url.len() + content.len()).is_err() {
                        return ControlFlow::Break(None);
                    }
                    let parts = [url.as_bytes(), &content];
                    match self.presented_as(compute(message.algorithm, &key.value.key, &parts)) {
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
        }
        Ok(None)
    }

    fn presented_as(&self, computed: Digest) -> Option<&'s Presented> {
        let mut presented = self.presented.iter();
        presented.find(|one| equal(one.digest, computed))
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
