//! What an explanation may cost.

use super::{MAX_COMPUTATIONS, MAX_GENERATED_BYTES, MAX_HASHED_BYTES};

/// HMACs that are kept for trying remedies out, once the search has found something.
const KEPT_FOR_TRIALS: usize = 512;
/// Bytes that are kept for the same: a quarter, as the trials read the body that arrived.
const KEPT_BYTES: usize = MAX_HASHED_BYTES / 4;

/// What is left to spend. Whatever is built or computed is paid for before.
#[derive(Debug)]
pub(super) struct Budget {
    hmacs: usize,
    hashed: usize,
    generated: usize,
    kept_hmacs: usize,
    kept_bytes: usize,
}

/// Too little is left for what was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spent;

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            hmacs: MAX_COMPUTATIONS - KEPT_FOR_TRIALS,
            hashed: MAX_HASHED_BYTES - KEPT_BYTES,
            generated: MAX_GENERATED_BYTES,
            kept_hmacs: KEPT_FOR_TRIALS,
            kept_bytes: KEPT_BYTES,
        }
    }

    /// Leaves an eighth of the bytes, for a search that is not likely to find anything.
    pub(super) fn shorten(&mut self) {
        self.hashed /= 8;
    }

    /// Pays for one HMAC that reads so many bytes.
    pub(super) fn pay_hmac(&mut self, bytes: usize) -> Result<(), Spent> {
        let hmacs = self.hmacs.checked_sub(1).ok_or(Spent)?;
        self.pay_hash(bytes)?;
        self.hmacs = hmacs;
        Ok(())
    }

    /// Pays for a hash that is not an HMAC.
    pub(super) fn pay_hash(&mut self, bytes: usize) -> Result<(), Spent> {
        self.hashed = self.hashed.checked_sub(bytes).ok_or(Spent)?;
        Ok(())
    }

    /// Pays for a text that is made of what arrived.
    pub(super) fn pay_generated(&mut self, bytes: usize) -> Result<(), Spent> {
        self.generated = self.generated.checked_sub(bytes).ok_or(Spent)?;
        Ok(())
    }

    /// Pays for a verification that tries a remedy out, from what was kept for it.
    pub(super) fn pay_trial(&mut self, hmacs: usize, bytes: usize) -> Result<(), Spent> {
        let (Some(kept_hmacs), Some(kept_bytes)) = (
            self.kept_hmacs.checked_sub(hmacs),
            self.kept_bytes.checked_sub(bytes),
        ) else {
            return Err(Spent);
        };
        self.kept_hmacs = kept_hmacs;
        self.kept_bytes = kept_bytes;
        Ok(())
    }

    pub(super) fn has_hmacs(&self) -> bool {
        self.hmacs > 0
    }

    pub(super) fn hmacs_paid(&self) -> usize {
        MAX_COMPUTATIONS - self.hmacs - self.kept_hmacs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_paid_than_there_is() {
        let mut budget = Budget::new();
        let mut hmacs = 0;
        while budget.pay_hmac(1).is_ok() {
            hmacs += 1;
        }
        while budget.pay_trial(1, 1).is_ok() {
            hmacs += 1;
        }
        assert_eq!(hmacs, MAX_COMPUTATIONS);
        assert_eq!(budget.hmacs_paid(), MAX_COMPUTATIONS);
        assert!(!budget.has_hmacs());
    }

    #[test]
    fn hashed_and_generated_bytes_have_limits_of_their_own() {
        let mut budget = Budget::new();
        assert_eq!(budget.pay_hmac(MAX_HASHED_BYTES), Err(Spent));
        assert_eq!(budget.pay_generated(MAX_GENERATED_BYTES), Ok(()));
        assert_eq!(budget.pay_generated(1), Err(Spent));
        assert_eq!(budget.pay_hash(1), Ok(()));
        assert_eq!(budget.pay_trial(1, KEPT_BYTES + 1), Err(Spent));
    }
}
