use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use sha2::{Digest as _, Sha256};

use super::clock::Moment;

const FROM: &str = "+15551234567";
const TO: &str = "+15557654321";
const PROJECT: &str = "ea108133-d6b3-407c-9536-9fad8a929a6a";
const SPACE: &str = "0d3b5c1e-6c2f-4b7a-a0de-5e2f9b1c7d44";

/// A payload with its placeholders replaced.
pub(super) fn filled_in(payload: &str) -> String {
    let now = Moment::now();
    let mut text = payload.to_owned();
    for (placeholder, value) in [
        ("$ID1", id()),
        ("$ID2", id()),
        ("$ID3", id()),
        ("$PROJECT", PROJECT.to_owned()),
        ("$SPACE", SPACE.to_owned()),
        ("$FROM", FROM.to_owned()),
        ("$TO", TO.to_owned()),
        ("$RFC2822", now.rfc_2822()),
        ("$ISO8601", now.iso_8601()),
        ("$UNIX", now.unix().to_string()),
    ] {
        text = text.replace(placeholder, &value);
    }
    text
}

/// A new one each time, so that a server which remembers ids sees a new event.
fn id() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{} {} {count}", now.as_nanos(), std::process::id());
    let digits = hex::encode(Sha256::digest(seed));
    format!(
        "{}-{}-4{}-a{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..32]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_ids_are_equal_but_those_of_one_placeholder_are() {
        let text = filled_in("$ID1 $ID1 $ID2");
        let ids: Vec<&str> = text.split(' ').collect();
        assert_eq!(ids[0].len(), 36);
        assert_eq!(ids[0], ids[1]);
        assert_ne!(ids[1], ids[2]);
        assert_ne!(filled_in("$ID1"), filled_in("$ID1"));
    }
}
