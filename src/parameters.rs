use crate::{signature::hex_digit, special_bytes::SpecialBytes};

/// The limit of Express' own parser (`parameterLimit` of its body-parser).
pub(crate) const MAX_PARAMETERS: usize = 1_000;

/// Room for the 26 of a voice call.
const USUAL_PARAMETERS: usize = 32;

/// A form has more than [`MAX_PARAMETERS`] parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooManyParameters;

/// A form's parameters, decoded.
#[derive(Default)]
pub(crate) struct Parameters {
    /// Each parameter as `name=value`, with other bytes between them.
    text: Vec<u8>,
    places: Vec<Place>,
}

/// One parameter's place in the text.
struct Place {
    /// Orders as the name does wherever it differs.
    rank: u64,
    start: usize,
    /// Where `=` stands between name and value, or the end where there is none.
    name_end: usize,
    end: usize,
}

impl Parameters {
    /// Reads a body of `application/x-www-form-urlencoded` as the WHATWG URL standard has it,
    /// but for its last step: bytes that are no UTF-8 stay as they are.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, TooManyParameters> {
        let mut form = InPlace::new(raw);
        let mut places = Vec::with_capacity(USUAL_PARAMETERS);
        let mut start = 0;
        let mut name_end = None;
        for position in SpecialBytes::of(raw).chain([raw.len()]) {
            match raw.get(position) {
                Some(b'=') => {
                    name_end.get_or_insert(form.decoded_position(position));
                }
                Some(b'%') => {
                    if let Some(byte) = escaped_byte(&raw[position + 1..]) {
                        form.decode_escape(position, byte);
                    }
                }
                _ => {
                    let end = form.decode_up_to(position);
                    if end > start {
                        if places.len() == MAX_PARAMETERS {
                            return Err(TooManyParameters);
                        }
                        let name_end = name_end.unwrap_or(end);
                        places.push(Place::new(&form.text, start, name_end, end));
                    }
                    start = position + 1;
                    name_end = None;
                    form.go_on_at(start);
                }
            }
        }
        Ok(Self {
            text: form.text,
            places,
        })
    }

    /// Adds a parameter that is decoded already.
    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(name);
        let name_end = self.text.len();
        self.text.push(b'=');
        self.text.extend_from_slice(value);
        let end = self.text.len();
        self.places
            .push(Place::new(&self.text, start, name_end, end));
    }

    /// Sorts by the names' bytes, equal names in the order of submission, and says whether there
    /// are equal names.
    ///
    /// By their ranks alone where these tell all names apart, as they nearly always do: numbers
    /// are sorted faster than names.
    pub(crate) fn sort_by_name(&mut self) -> bool {
        let Self { text, places } = self;
        places.sort_unstable_by_key(|place| place.rank);
        if places.windows(2).all(|pair| pair[0].rank != pair[1].rank) {
            return false;
        }
        places.sort_unstable_by_key(|place| (place.name(text), place.start));
        places
            .windows(2)
            .any(|pair| pair[0].name(text) == pair[1].name(text))
    }

    /// Sorts by name and value, and drops what is there twice.
    pub(crate) fn sort_and_deduplicate(&mut self) {
        let Self { text, places } = self;
        places.sort_unstable_by_key(|place| place.whole(text));
        places.dedup_by(|one, other| one.whole(text) == other.whole(text));
    }

    /// Every name and value, with nothing between them.
    pub(crate) fn concatenated(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(self.text.len());
        for place in &self.places {
            let (name, value) = place.whole(&self.text);
            message.extend_from_slice(name);
            message.extend_from_slice(value);
        }
        message
    }
}

impl Place {
    fn new(text: &[u8], start: usize, name_end: usize, end: usize) -> Self {
        Self {
            rank: rank(&text[start..], name_end - start),
            start,
            name_end,
            end,
        }
    }

    fn name<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start..self.name_end]
    }

    /// Name and value.
    fn whole<'t>(&self, text: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        let value_start = self.end.min(self.name_end + 1);
        (self.name(text), &text[value_start..self.end])
    }
}

/// The first eight bytes of the name that the text begins with as a number, those of a shorter one
/// filled up with zeroes.
fn rank(text: &[u8], name_length: usize) -> u64 {
    let Some(first) = text.first_chunk() else {
        let mut padded = [0; 8];
        padded[..text.len()].copy_from_slice(text);
        return rank(&padded, name_length);
    };
    let first = u64::from_be_bytes(*first);
    match name_length {
        0..8 => first & !(u64::MAX >> (8 * name_length)),
        _ => first,
    }
}

/// Decodes a form where it stands, since no part of it becomes longer.
struct InPlace {
    text: Vec<u8>,
    /// What is before this position is decoded, or belongs to an earlier parameter.
    decoded_to: usize,
    /// What is from this position on is still to be decoded.
    encoded_from: usize,
}

impl InPlace {
    fn new(raw: &[u8]) -> Self {
        Self {
            text: raw.iter().map(|byte| space_for_plus(*byte)).collect(),
            decoded_to: 0,
            encoded_from: 0,
        }
    }

    /// Where a byte behind the last escape comes to stand.
    fn decoded_position(&self, position: usize) -> usize {
        self.decoded_to + position - self.encoded_from
    }

    /// Takes over what has no escape in it, and says where it ends.
    fn decode_up_to(&mut self, position: usize) -> usize {
        if self.decoded_to != self.encoded_from {
            self.text
                .copy_within(self.encoded_from..position, self.decoded_to);
        }
        self.decoded_to = self.decoded_position(position);
        self.decoded_to
    }

    fn decode_escape(&mut self, position: usize, byte: u8) {
        let decoded = self.decode_up_to(position);
        self.text[decoded] = byte;
        self.decoded_to = decoded + 1;
        self.encoded_from = position + "%00".len();
    }

    /// Begins a parameter.
    fn go_on_at(&mut self, position: usize) {
        self.decoded_to = position;
        self.encoded_from = position;
    }
}

fn space_for_plus(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

fn escaped_byte(digits: &[u8]) -> Option<u8> {
    let high = hex_digit(*digits.first()?)?;
    let low = hex_digit(*digits.get(1)?)?;
    Some(16 * high + low)
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
            // It replaces what is no UTF-8, as a last step.
            let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            let expected: Vec<_> = form_urlencoded::parse(&raw).into_owned().collect();
            let Ok(Parameters { text, places }) = Parameters::parse(&raw) else {
                proptest::prop_assert!(expected.len() > MAX_PARAMETERS);
                return Ok(());
            };
            let read: Vec<_> = places
                .iter()
                .map(|place| place.whole(&text))
                .map(|(name, value)| (lossy(name), lossy(value)))
                .collect();
            proptest::prop_assert_eq!(read, expected);
        }

        #[test]
        fn a_rank_orders_as_the_first_eight_bytes_of_the_name_do(
            one in vec(b'a'..b'c', 0..12),
            other in vec(b'a'..b'c', 0..12),
        ) {
            let rank_of = |name: &[u8]| rank(&[name, b"=value"].concat(), name.len());
            let by_rank = rank_of(&one).cmp(&rank_of(&other));
            let by_first_bytes = one[..one.len().min(8)].cmp(&other[..other.len().min(8)]);
            proptest::prop_assert_eq!(by_rank, by_first_bytes);
        }
    }

    /// Any bytes, but those that mean something in a form more often than chance has them.
    fn any_form() -> impl Strategy<Value = Vec<u8>> {
        let telling = select(b"&=+%%0aF".as_slice());
        vec(prop_oneof![telling, any::<u8>()], 0..300)
    }
}
