use subtle::ConstantTimeEq as _;

use crate::explain::key::correction::{KeyCorrection, corrected_keys};
use crate::explain::ranked::Ranked;
use crate::key::{SigningKey, SigningKeys};

/// More configured keys than this are taken to be right as they are, and to be the wrong ones.
const MAX_CORRECTED: usize = 8;
/// The verdict has tried every configured key; this many are tried with other urls and bodies.
const MAX_KEYS: usize = 64;

/// A key that may have signed.
#[derive(Clone, Debug)]
pub(in crate::explain) struct CandidateKey {
    pub(in crate::explain) key: SigningKey,
    /// The id of the configured key that it was made of.
    pub(in crate::explain) id: String,
    pub(in crate::explain) corrections: Vec<KeyCorrection>,
}

pub(in crate::explain) fn candidate_keys(keys: &SigningKeys) -> Vec<Ranked<CandidateKey>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(texts: impl IntoIterator<Item = String>) -> Vec<(usize, Vec<u8>)> {
        let keys = texts.into_iter().map(|text| SigningKey::new(text).unwrap());
        candidate_keys(&SigningKeys::new(keys).unwrap())
            .into_iter()
            .map(|candidate| (candidate.rank, candidate.value.key.text().to_vec()))
            .collect()
    }

    #[test]
    fn of_many_keys_the_first_are_the_likeliest_and_no_more_than_sixty_four_are_tried() {
        let found = ranks((0..100).map(|number| format!("PSK_{number}")));
        let ranks: Vec<usize> = found.iter().map(|(rank, _)| *rank).collect();
        let expected: Vec<usize> = (0..8).flat_map(|rank| [rank; 8]).collect();
        assert_eq!(ranks, expected);
    }

    #[test]
    fn a_key_that_comes_of_several_is_tried_once() {
        let quoted = ["PSK_a", "'PSK_a'", "\"PSK_a\""].map(str::to_owned);
        let found = ranks(quoted);
        let times = found.iter().filter(|(_, text)| text == b"PSK_a").count();
        assert_eq!(times, 1);
        assert_eq!(found[0], (0, b"PSK_a".to_vec()));
        let both = ranks(["KEY='PSK_a'".to_owned()]);
        assert!(both.contains(&(1, b"'PSK_a'".to_vec())));
        assert!(both.contains(&(2, b"PSK_a".to_vec())));
    }
}
