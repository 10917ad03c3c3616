//! The keys that may have signed: those that are configured, and what they may have been meant to be.

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::correction::KeyCorrection;
use crate::{
    explain::{cause::Cause, ranked::Ranked},
    key::{SigningKey, SigningKeys},
};

/// More configured keys than this are taken to be right as they are, and to be the wrong ones.
const MAX_CORRECTED: usize = 8;
/// The verdict has tried every configured key; this many are tried with other urls and bodies.
const MAX_KEYS: usize = 64;
/// A longer text is not a key that something is wrong with.
const MAX_LENGTH: usize = 4 * 1024;
/// No more texts than these are made of one key.
const MAX_TEXTS: usize = 32;
/// So many corrections of one key are tried together.
const MAX_CORRECTIONS: usize = 3;

/// What every Signing Key begins with.
const PREFIX: &[u8] = b"PSK";

/// A key that may have signed.
#[derive(Clone, Debug)]
pub(in crate::explain) struct CandidateKey {
    pub(in crate::explain) key: SigningKey,
    /// The id of the configured key that it was made of.
    pub(in crate::explain) id: String,
    pub(in crate::explain) corrections: Vec<KeyCorrection>,
}

impl CandidateKey {
    pub(in crate::explain) fn causes(&self) -> Vec<Cause> {
        let mut causes: Vec<Cause> = Vec::new();
        for cause in self.corrections.iter().map(|correction| correction.cause()) {
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        causes
    }
}

/// Likeliest first.
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
                    rank: rank(&corrected),
                    value: CandidateKey {
                        key: signing_key,
                        id: key.id().to_owned(),
                        corrections: corrected.corrections,
                    },
                });
            }
        }
    }
    prefer_what_looks_like_a_key(&mut all);
    all.sort_by_key(|candidate| candidate.rank);
    all
}

/// Where a configured text does not look like a key, and what it is corrected to does, the text is the
/// unlikelier of the two.
fn prefer_what_looks_like_a_key(all: &mut [Ranked<CandidateKey>]) {
    let is_corrected = |one: &Ranked<CandidateKey>| !one.value.corrections.is_empty();
    let looks_like_one = |one: &Ranked<CandidateKey>| looks_like_key(one.value.key.text());
    let better: Vec<String> = all
        .iter()
        .filter(|one| is_corrected(one) && one.rank == 1 && looks_like_one(one))
        // Every text that has no prefix can be given one.
        .filter(|one| !one.value.corrections.contains(&KeyCorrection::RepairPrefix))
        .map(|one| one.value.id.clone())
        .collect();
    let misread: Vec<String> = all
        .iter()
        .filter(|one| !is_corrected(one) && !looks_like_one(one))
        .map(|one| one.value.id.clone())
        .filter(|id| better.contains(id))
        .collect();
    for one in all.iter_mut().filter(|one| misread.contains(&one.value.id)) {
        if !is_corrected(one) {
            one.rank += 1;
        } else if one.rank == 1 && looks_like_one(one) {
            one.rank = 0;
        }
    }
}

/// As the dashboard has it.
fn looks_like_key(text: &[u8]) -> bool {
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    text.starts_with(PREFIX) && text.len() > PREFIX.len() && text.iter().all(is_of_key)
}

/// Nearly every text is base64 or hex of something, but of few a key comes out.
fn rank(corrected: &CorrectedKey) -> usize {
    const SHORTEST: usize = 12;
    if corrected.text.starts_with(PREFIX) {
        return 1;
    }
    let is_decoded = corrected.corrections.iter().any(|correction| {
        matches!(
            correction,
            KeyCorrection::DecodeBase64 | KeyCorrection::DecodeHex
        )
    });
    let is_text =
        corrected.text.len() >= SHORTEST && corrected.text.iter().all(u8::is_ascii_graphic);
    match corrected.corrections.len() {
        _ if is_decoded && !is_text => 5,
        corrections => corrections,
    }
}

/// A key as it may have been meant.
struct CorrectedKey {
    corrections: Vec<KeyCorrection>,
    text: Zeroizing<Vec<u8>>,
}

/// Every key that a few corrections make of this one; those of one first.
fn corrected_keys(key: &[u8]) -> Vec<CorrectedKey> {
    let mut found: Vec<CorrectedKey> = Vec::new();
    if key.len() > MAX_LENGTH {
        return found;
    }
    extend_with(&mut found, key, &[], KeyCorrection::all());
    let mut index = 0;
    while index < found.len() {
        if found[index].corrections.len() < MAX_CORRECTIONS {
            let once = found[index].text.clone();
            let corrections = found[index].corrections.clone();
            extend_with(&mut found, &once, &corrections, KeyCorrection::all());
        }
        index += 1;
    }
    // What needs no more than this has better words.
    extend_with(
        &mut found,
        key,
        &[],
        [KeyCorrection::KeepKey, KeyCorrection::RepairPrefix],
    );
    give_prefixes(&mut found);
    found
}

/// Where none of the texts begins as a key does, one of them may have lost its beginning.
fn give_prefixes(found: &mut Vec<CorrectedKey>) {
    const SHORTEST: usize = 12;
    let is_repaired = |one: &CorrectedKey| one.corrections.contains(&KeyCorrection::RepairPrefix);
    let has_prefix = |one: &CorrectedKey| one.text.starts_with(PREFIX) && !is_repaired(one);
    if found.iter().any(has_prefix) {
        return;
    }
    for index in 0..found.len() {
        let one = &found[index];
        let is_bare = one.text.len() >= SHORTEST && one.text.iter().all(u8::is_ascii_alphanumeric);
        if is_bare && one.corrections.len() == 1 && !is_repaired(one) {
            let (text, corrections) = (one.text.clone(), one.corrections.clone());
            extend_with(found, &text, &corrections, [KeyCorrection::RepairPrefix]);
        }
    }
}

fn extend_with(
    found: &mut Vec<CorrectedKey>,
    key: &[u8],
    before: &[KeyCorrection],
    corrections: impl IntoIterator<Item = KeyCorrection>,
) {
    for correction in corrections {
        let Some(text) = correction.apply(key).map(Zeroizing::new) else {
            continue;
        };
        if found.len() < MAX_TEXTS && found.iter().all(|known| known.text != text) {
            found.push(CorrectedKey {
                corrections: before.iter().copied().chain([correction]).collect(),
                text,
            });
        }
    }
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
        let found = ranks((0..100).map(|number| format!("PSK_{number}x")));
        let as_they_are = found.iter().filter(|(_, text)| text.ends_with(b"x"));
        assert_eq!(as_they_are.clone().count(), 64);
        assert_eq!(as_they_are.filter(|(rank, _)| *rank == 0).count(), 8);
    }

    #[test]
    fn a_key_that_comes_of_several_is_tried_once() {
        let found = ranks(["PSK_a", "'PSK_a'", "\"PSK_a\""].map(str::to_owned));
        let times = found.iter().filter(|(_, text)| text == b"PSK_a").count();
        assert_eq!(times, 1);
        assert_eq!(found[0], (0, b"PSK_a".to_vec()));
    }

    #[test]
    fn corrections_are_tried_together() {
        for (configured, corrections) in [
            ("KEY='PSK_a'", 2),
            ("export KEY=\"PSK_a\";", 2),
            ("&quot;PSK_a&quot;", 2),
            ("\\\"PSK_a\\\"", 1),
        ] {
            let keys = SigningKeys::from(SigningKey::new(configured).unwrap());
            let found = candidate_keys(&keys);
            let meant = found
                .iter()
                .find(|found| found.value.key.text() == b"PSK_a")
                .unwrap();
            assert_eq!(meant.rank, 0, "{configured}");
            assert_eq!(meant.value.corrections.len(), corrections, "{configured}");
        }
    }

    #[test]
    fn no_more_than_a_few_keys_come_of_a_hostile_one() {
        let hostile = (0..8).map(|number| format!("'%4{number}a',"));
        let hostile = hostile.collect::<String>().repeat(20);
        assert_eq!(corrected_keys(hostile.as_bytes()).len(), MAX_TEXTS);
        assert!(corrected_keys(&vec![b'a'; MAX_LENGTH + 1]).is_empty());
    }

    #[test]
    fn what_an_ordinary_key_decodes_to_comes_last() {
        let found = ranks(["PSK_test1234".to_owned()]);
        assert!(
            found.iter().skip(1).all(|(rank, _)| *rank >= 5),
            "{found:?}"
        );
    }
}
