use subtle::ConstantTimeEq as _;

use super::{
    key_correction::{KeyCorrection, corrected_keys},
    ranked::Ranked,
};
use crate::key::{SigningKey, SigningKeys};

/// More configured keys than this are taken to be right as they are, and to be the wrong ones.
const MAX_CORRECTED: usize = 8;
/// The verdict has tried every configured key; this many are tried with other urls and bodies.
const MAX_KEYS: usize = 64;

/// A key that may have signed.
#[derive(Clone, Debug)]
pub(super) struct CandidateKey {
    pub(super) key: SigningKey,
    /// The id of the configured key that it was made of.
    pub(super) id: String,
    pub(super) corrections: Vec<KeyCorrection>,
}

pub(super) fn candidate_keys(keys: &SigningKeys) -> Vec<Ranked<CandidateKey>> {
    let mut all: Vec<Ranked<CandidateKey>> = Vec::new();
    for (index, key) in keys.iter().take(MAX_KEYS).enumerate() {
        all.push(Ranked {
            rank: index / MAX_CORRECTED,
            value: CandidateKey {
                key: key.clone(),
                id: key.id().to_owned(),
                corrections: Vec::new(),
            },
        });
    }
    for key in keys.iter().take(MAX_CORRECTED) {
        for corrected in corrected_keys(key.text()) {
            let Ok(signing_key) = SigningKey::new(&corrected.text) else {
                continue;
            };
            let is_known = |known: &Ranked<CandidateKey>| -> bool {
                known.value.key.text().ct_eq(signing_key.text()).into()
            };
            if !all.iter().any(is_known) {
                all.push(Ranked {
                    rank: corrected.corrections.len(),
                    value: CandidateKey {
                        key: signing_key,
                        id: key.id().to_owned(),
                        corrections: corrected.corrections,
                    },
                });
            }
        }
    }
    all
}
