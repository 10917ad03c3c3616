use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// Who holds a claim: made anew for each run of a handler, so that of two servers which believe
/// that a delivery is theirs, the store knows the one to listen to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClaimToken([u8; 16]);

impl ClaimToken {
    /// A token that nobody else has.
    ///
    /// # Panics
    ///
    /// Where the operating system has no random bytes, as no supported one does.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system should have random bytes");
        Self(bytes)
    }

    /// A token that nobody else in this process has, for a store that no other process sees.
    pub(super) fn of_this_process() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(u128::from(number).to_be_bytes())
    }

    /// Its 16 bytes, for a store to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// In hex.
impl fmt::Display for ClaimToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for ClaimToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClaimToken({self})")
    }
}
