//! A form's parameters: where they stand, and their order.

use std::ops::Range;

use super::{
    decoder::{decode, room_for_decoded},
    special_bytes::{BLOCK, SpecialBytes},
};

/// The limit of Express' own parser (`parameterLimit` of its body-parser).
pub(crate) const MAX_PARAMETERS: usize = 1_000;

/// Room for the 26 of a voice call.
const USUAL_PARAMETERS: usize = 32;

/// A form has more than [`MAX_PARAMETERS`] parameters, or is longer than 2 GiB.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FormTooLarge;

/// A form's parameters, still encoded.
pub(crate) struct Parameters<'a> {
    form: &'a [u8],
    places: Vec<Place>,
}

/// One parameter's place in the form. Its positions have 32 bits, since what is small is sorted
/// faster.
#[derive(Clone, Copy)]
struct Place {
    /// Orders as the name does wherever it differs; 0 until the places are sorted by it.
    rank: u64,
    start: u32,
    /// Where `=` stands between name and value, or the end where there is none.
    name_end: u32,
    end: u32,
    /// Where the first `%` stands, if any does.
    first_escape: u32,
}

impl<'a> Parameters<'a> {
    /// Reads a body of `application/x-www-form-urlencoded` as the WHATWG URL standard has it.
    pub(crate) fn parse(form: &'a [u8]) -> Result<Self, FormTooLarge> {
        if i32::try_from(form.len()).is_err() {
            return Err(FormTooLarge);
        }
        let (blocks, rest) = form.as_chunks();
        let last = ended(rest);
        let mut places = Vec::with_capacity(USUAL_PARAMETERS);
        let mut next = Place::beginning_at(0);
        let mut block_start = 0;
        for block in blocks.iter().chain([&last]) {
            for offset in SpecialBytes::of(block) {
                let position = block_start + offset;
                match block[offset as usize] {
                    b'=' => next.name_end = next.name_end.min(position),
                    b'%' => next.first_escape = next.first_escape.min(position),
                    _ => {
                        if position > next.start {
                            places.push(next.ending_at(position));
                        }
                        if places.len() > MAX_PARAMETERS {
                            return Err(FormTooLarge);
                        }
                        next = Place::beginning_at(position + 1);
                    }
                }
            }
            block_start += u64::BITS;
        }
        Ok(Self { form, places })
    }

    /// Every name and value, decoded and sorted by name, and the length of the first name, if ranks
    /// alone can sort them: if they tell all names apart and no name has an escape. Nearly always
    /// it is so, and numbers are sorted faster than names.
    pub(crate) fn sorted_by_rank(&mut self) -> Option<(Vec<u8>, usize)> {
        for place in &mut self.places {
            if place.has_escape_before(place.name_end) {
                return None;
            }
            let name_length = place.name_end - place.start;
            place.rank = rank(&self.form[place.start as usize..], name_length);
        }
        self.places.sort_unstable_by_key(|place| place.rank);
        let mut neighbours = self.places.windows(2);
        if neighbours.any(|pair| pair[0].rank == pair[1].rank) {
            return None;
        }
        let mut decoded = room_for_decoded(self.form);
        let mut length = 0;
        for place in &self.places {
            length += place.decode_name(self.form, &mut decoded[length..]);
            length += place.decode_value(self.form, &mut decoded[length..]);
        }
        decoded.truncate(length);
        let first = self.places.first();
        let first_name_length = first.map_or(0, |place| place.name_end - place.start);
        Some((decoded, first_name_length as usize))
    }

    /// The decoded parameters in the order of submission.
    pub(crate) fn decoded(mut self) -> DecodedParameters {
        self.places.sort_unstable_by_key(|place| place.start);
        let mut text = room_for_decoded(self.form);
        let mut ranges = Vec::with_capacity(self.places.len());
        let mut start = 0;
        for place in &self.places {
            let name_end = start + place.decode_name(self.form, &mut text[start..]);
            let end = name_end + place.decode_value(self.form, &mut text[name_end..]);
            ranges.push((start..name_end, name_end..end));
            start = end;
        }
        DecodedParameters { text, ranges }
    }
}

/// The rest of a form, shorter than a block, with an `&` after it: it ends the last parameter as
/// it ends the others.
fn ended(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block[rest.len()] = b'&';
    block
}

impl Place {
    fn beginning_at(start: u32) -> Self {
        Self {
            rank: 0,
            start,
            name_end: u32::MAX,
            end: u32::MAX,
            first_escape: u32::MAX,
        }
    }

    fn ending_at(self, end: u32) -> Self {
        Self {
            name_end: self.name_end.min(end),
            end,
            ..self
        }
    }

    fn has_escape_before(&self, position: u32) -> bool {
        self.first_escape < position
    }

    #[inline]
    fn decode_name(&self, form: &[u8], decoded: &mut [u8]) -> usize {
        decode(form, self.start, self.name_end, self.first_escape, decoded)
    }

    #[inline]
    fn decode_value(&self, form: &[u8], decoded: &mut [u8]) -> usize {
        let start = self.end.min(self.name_end + 1);
        decode(form, start, self.end, self.first_escape, decoded)
    }
}

/// The parameters of a form in the order of submission.
pub(crate) struct DecodedParameters {
    text: Vec<u8>,
    ranges: Vec<(Range<usize>, Range<usize>)>,
}

impl DecodedParameters {
    /// Each parameter's name and value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.ranges
            .iter()
            .map(|(name, value)| (&self.text[name.clone()], &self.text[value.clone()]))
    }
}

/// The first eight bytes of the name that the text begins with as a number, those of a shorter one
/// filled up with zeroes.
fn rank(text: &[u8], name_length: u32) -> u64 {
    let Some(first) = text.first_chunk() else {
        let mut padded = [0; 8];
        padded[..text.len()].copy_from_slice(text);
        return rank(&padded, name_length);
    };
    let first = spaces_for_plus(u64::from_be_bytes(*first));
    match name_length {
        0..8 => first & !(u64::MAX >> (8 * name_length)),
        _ => first,
    }
}

/// Replaces each `+` of eight bytes by a space, all at once.
fn spaces_for_plus(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const LOW_BITS: u64 = 0x7f * EACH;
    let differences = bytes ^ (EACH * u64::from(b'+'));
    // The highest bit of each byte tells whether any bit of the difference is set; no byte's sum
    // reaches into the next.
    let differs = ((differences & LOW_BITS) + LOW_BITS) | differences;
    let is_plus = (!differs >> 7) & EACH;
    bytes - is_plus * u64::from(b'+' - b' ')
}

#[cfg(test)]
mod tests {
    use proptest::{
        arbitrary::any, collection::vec, prop_oneof, sample::select, strategy::Strategy,
    };

    use super::*;

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_as_form_urlencoded_reads_them(raw in any_form()) {
            // It replaces what is not UTF-8, as a last step.
            let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            let expected: Vec<_> = form_urlencoded::parse(&raw).into_owned().collect();
            let Ok(parameters) = Parameters::parse(&raw) else {
                proptest::prop_assert!(expected.len() > MAX_PARAMETERS);
                return Ok(());
            };
            let decoded = parameters.decoded();
            let read: Vec<_> = decoded
                .iter()
                .map(|(name, value)| (lossy(name), lossy(value)))
                .collect();
            proptest::prop_assert_eq!(read, expected);
        }

        #[test]
        fn what_is_sorted_by_rank_is_sorted_by_name(raw in prop_oneof![any_form(), plain_form()]) {
            let Ok(mut parameters) = Parameters::parse(&raw) else {
                return Ok(());
            };
            if let Some((sorted, _)) = parameters.sorted_by_rank() {
                let decoded = parameters.decoded();
                let mut pairs: Vec<_> = decoded.iter().collect();
                pairs.sort_by_key(|(name, _)| *name);
                let expected: Vec<u8> = pairs.into_iter().flat_map(|(n, v)| [n, v].concat()).collect();
                proptest::prop_assert_eq!(sorted, expected);
            }
        }

        #[test]
        fn a_rank_orders_as_the_first_eight_bytes_of_the_name_do(
            one in vec(select(b" +!a".as_slice()), 0..12),
            other in vec(select(b" +!a".as_slice()), 0..12),
        ) {
            let first_bytes = |name: &[u8]| {
                name.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).take(8).collect::<Vec<_>>()
            };
            let rank_of = |name: &[u8]| {
                rank(&[name, b"=value"].concat(), name.len().try_into().unwrap())
            };
            let by_rank = rank_of(&one).cmp(&rank_of(&other));
            let by_first_bytes = first_bytes(&one).cmp(&first_bytes(&other));
            proptest::prop_assert_eq!(by_rank, by_first_bytes);
        }

        #[test]
        fn only_a_plus_becomes_a_space(bytes in any::<[u8; 8]>(), place in 0_usize..8) {
            let mut bytes = bytes;
            bytes[place] = b'+';
            let expected = bytes.map(|byte| if byte == b'+' { b' ' } else { byte });
            let replaced = spaces_for_plus(u64::from_be_bytes(bytes)).to_be_bytes();
            proptest::prop_assert_eq!(replaced, expected);
        }
    }

    #[test]
    fn ranks_sort_what_they_tell_apart_and_nothing_else() {
        let sorted = |form: &[u8]| Parameters::parse(form).unwrap().sorted_by_rank();
        assert_eq!(sorted(b"b=1&a=%41+"), Some((b"aA b1".to_vec(), 1)));
        assert_eq!(sorted(b"12345678b=1&12345678a=2"), None);
        assert_eq!(sorted(b"a=1&a=2"), None);
        assert_eq!(sorted(b"%41=1&b=2"), None);
    }

    /// A few parameters with short names, so that often no two are equal.
    fn plain_form() -> impl Strategy<Value = Vec<u8>> {
        let parameter = (
            vec(select(b"a+ !z".as_slice()), 1..20),
            vec(any::<u8>(), 0..40),
        );
        vec(parameter, 0..5).prop_map(|parameters| {
            let pairs = parameters
                .iter()
                .map(|(name, value)| [name, &b"="[..], value].concat());
            pairs.collect::<Vec<_>>().join(&b'&')
        })
    }

    /// Any bytes, but those that mean something in a form more often than chance has them.
    fn any_form() -> impl Strategy<Value = Vec<u8>> {
        let telling = select(b"&=+%%0aF".as_slice());
        vec(prop_oneof![telling, any::<u8>()], 0..300)
    }
}
