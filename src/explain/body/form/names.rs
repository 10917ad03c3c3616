//! Parameters' names: those that were dropped with their empty values, and those that were changed.

use std::borrow::Cow;

use super::Pair;

/// Whose place a voice call tells.
const PARTIES: [&str; 4] = ["Called", "Caller", "From", "To"];
/// What of it is mostly empty.
const PLACES: [&str; 4] = ["City", "Country", "State", "Zip"];

/// Adds what a voice call has without a value where nobody knows the place. Of those parties alone of
/// whom some of it is there, if `is_partial`.
pub(super) fn add_places(pairs: &mut Vec<Pair<'_>>, is_partial: bool) {
    for party in PARTIES {
        let missing: Vec<String> = PLACES
            .iter()
            .map(|place| format!("{party}{place}"))
            .filter(|name| !pairs.iter().any(|(known, _)| **known == *name.as_bytes()))
            .collect();
        if is_partial && missing.len() == PLACES.len() {
            continue;
        }
        let missing = missing.into_iter().map(String::into_bytes);
        pairs.extend(missing.map(|name| (Cow::Owned(name), Cow::default())));
    }
}

/// Without what stands before each of the names, as `data[From]` and `sw_From`, and with capitals for
/// `message_sid` and `messageSid`.
pub(super) fn restore(pairs: &mut [Pair<'_>]) {
    let start = common_start(pairs);
    for (name, _) in pairs {
        let bare = &name[start..];
        let bare = bare.strip_suffix(b"]").unwrap_or(bare);
        let restored = capitalised(bare);
        *name = Cow::Owned(restored);
    }
}

/// It ends where a word does, so that it is not a part of the names themselves.
fn common_start(pairs: &[Pair<'_>]) -> usize {
    let Some((first, others)) = pairs.split_first() else {
        return 0;
    };
    let common = others.iter().fold(first.0.len(), |length, (name, _)| {
        let same = first.0.iter().zip(name.iter()).take_while(|(a, b)| a == b);
        length.min(same.count())
    });
    let start = &first.0[..common];
    let is_end = |byte: &u8| b"[_-.:".contains(byte);
    start.iter().rposition(is_end).map_or(0, |end| end + 1)
}

fn capitalised(name: &[u8]) -> Vec<u8> {
    let mut found = Vec::with_capacity(name.len());
    let mut is_start = true;
    for &byte in name {
        if byte == b'_' || byte == b'-' {
            is_start = true;
            continue;
        }
        found.push(if is_start {
            byte.to_ascii_uppercase()
        } else {
            byte
        });
        is_start = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::body::form::urlencoded;

    fn names(pairs: &[Pair<'_>]) -> String {
        let names: Vec<_> = pairs
            .iter()
            .map(|(name, _)| String::from_utf8_lossy(name))
            .collect();
        names.join(" ")
    }

    #[test]
    fn names_become_what_they_were() {
        for arrived in [
            "From&MessageSid&To",
            "from&message_sid&to",
            "from&messageSid&to",
            "data[From]&data[MessageSid]&data[To]",
            "sw_From&sw_MessageSid&sw_To",
            "from&message-sid&to",
        ] {
            let mut pairs = urlencoded(arrived.as_bytes()).unwrap();
            restore(&mut pairs);
            assert_eq!(names(&pairs), "From MessageSid To", "{arrived}");
        }
    }

    #[test]
    fn places_of_all_parties_are_added_or_of_those_that_have_some() {
        let mut some = urlencoded(b"CallerState=CA").unwrap();
        add_places(&mut some, true);
        assert_eq!(
            names(&some),
            "CallerState CallerCity CallerCountry CallerZip"
        );
        let mut all = urlencoded(b"CallerState=CA").unwrap();
        add_places(&mut all, false);
        assert_eq!(all.len(), 16);
    }
}
