use std::fmt::Write as _;

use subtle::ConstantTimeEq as _;

use crate::explain::MAX_COMPUTATIONS;
use crate::explain::MAX_HASHED_BYTES;
use crate::explain::body::messages::Message;
use crate::explain::key::candidates::CandidateKey;
use crate::explain::presented::{Algorithm, Digest, Presented};
use crate::explain::url::variations::UrlVariation;
use crate::key::SigningKey;

/// Computes signatures; a test counts them.
pub(super) trait Hmacs {
    fn compute(&mut self, algorithm: Algorithm, key: &SigningKey, message: &[&[u8]]) -> Digest;
}

/// Computes them with the key.
pub(super) struct RealHmacs;

impl Hmacs for RealHmacs {
    fn compute(&mut self, algorithm: Algorithm, key: &SigningKey, message: &[&[u8]]) -> Digest {
        match algorithm {
            Algorithm::Sha1 => Digest::Sha1(key.hmac_sha1(message)),
            Algorithm::Sha256 => Digest::Sha256(key.hmac_sha256(message)),
        }
    }
}

/// What to try, each by its rank.
pub(super) struct Search<'a> {
    pub(super) urls: Vec<Vec<UrlVariation<'a>>>,
    pub(super) messages: Vec<Vec<Message>>,
    pub(super) keys: Vec<Vec<CandidateKey>>,
    pub(super) presented: &'a [Presented],
}

/// The combination that makes a presented signature match.
#[derive(Debug)]
pub(super) struct Hit<'s> {
    pub(super) url: String,
    pub(super) message: &'s Message,
    pub(super) key: &'s CandidateKey,
    pub(super) presented: &'s Presented,
}

/// What is left to spend.
struct Budget {
    computations: usize,
    bytes: usize,
}

/// Nothing is left.
struct Spent;

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<(), Spent> {
        match (
            self.computations.checked_sub(1),
            self.bytes.checked_sub(bytes),
        ) {
            (Some(computations), Some(bytes)) => {
                *self = Self {
                    computations,
                    bytes,
                };
                Ok(())
            }
            _ => Err(Spent),
        }
    }
}

/// What came of a search, and what it cost.
pub(super) struct Outcome<'s> {
    pub(super) hit: Option<Hit<'s>>,
    pub(super) computations: usize,
    /// Whether everything there was to try was tried.
    pub(super) is_complete: bool,
}

impl Search<'_> {
    /// Tries combinations in the order of their ranks' sum until one matches or the budget is
    /// spent.
    pub(super) fn run(&self, hmacs: &mut impl Hmacs) -> Outcome<'_> {
        let mut budget = Budget {
            computations: MAX_COMPUTATIONS,
            bytes: MAX_HASHED_BYTES,
        };
        let found = self.try_all(&mut budget, hmacs);
        Outcome {
            is_complete: found.is_ok(),
            hit: found.ok().flatten(),
            computations: MAX_COMPUTATIONS - budget.computations,
        }
    }

    fn try_all(
        &self,
        budget: &mut Budget,
        hmacs: &mut impl Hmacs,
    ) -> Result<Option<Hit<'_>>, Spent> {
        let mut combinations = Vec::new();
        for (key_rank, keys) in self.keys.iter().enumerate() {
            for (message_rank, messages) in self.messages.iter().enumerate() {
                for (url_rank, urls) in self.urls.iter().enumerate() {
                    let rank = key_rank + message_rank + url_rank;
                    combinations.push((rank, urls, messages, keys));
                }
            }
        }
        combinations.sort_by_key(|(rank, ..)| *rank);
        for (_, urls, messages, keys) in combinations {
            let hit = self.try_each(urls, messages, keys, budget, hmacs)?;
            if hit.is_some() {
                return Ok(hit);
            }
        }
        Ok(None)
    }

    fn try_each<'s>(
        &'s self,
        urls: &[UrlVariation<'_>],
        messages: &'s [Message],
        keys: &'s [CandidateKey],
        budget: &mut Budget,
        hmacs: &mut impl Hmacs,
    ) -> Result<Option<Hit<'s>>, Spent> {
        let mut url = String::new();
        for variation in urls {
            url.clear();
            write!(url, "{variation}").expect("a String takes whatever is written to it");
            for message in messages {
                for key in keys {
                    budget.spend(url.len() + message.content.len())?;
                    let parts = [url.as_bytes(), &message.content];
                    let computed = hmacs.compute(message.algorithm, &key.key, &parts);
                    let is_presented = |presented: &&Presented| equal(presented.digest, computed);
                    if let Some(presented) = self.presented.iter().find(is_presented) {
                        return Ok(Some(Hit {
                            url,
                            message,
                            key,
                            presented,
                        }));
                    }
                }
            }
        }
        Ok(None)
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
