use std::borrow::Cow;

use crate::{signature::hex_digit, special_bytes::SpecialBytes};

/// The limit of Express' own parser (`parameterLimit` of its body-parser).
pub(crate) const MAX_PARAMETERS: usize = 1_000;

/// Room for the 26 of a voice call.
const USUAL_PARAMETERS: usize = 32;

/// A form has more than [`MAX_PARAMETERS`] parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooManyParameters;

/// The text of a form parameter's name or value: anything that is a string or bytes.
///
/// [`SigningKey::sign_form`](crate::SigningKey::sign_form) takes parameters of any such type, so
/// that what [`form_urlencoded`](https://docs.rs/form_urlencoded) yields, a `HashMap`, and bytes
/// that are no UTF-8 go in as they are.
pub trait ParameterText {
    /// The decoded bytes.
    fn as_bytes(&self) -> &[u8];
}

impl<T: ParameterText + ?Sized> ParameterText for &T {
    fn as_bytes(&self) -> &[u8] {
        T::as_bytes(self)
    }
}

impl<T: ParameterText + ToOwned + ?Sized> ParameterText for Cow<'_, T> {
    fn as_bytes(&self) -> &[u8] {
        T::as_bytes(self)
    }
}

macro_rules! parameter_text {
    ($($(#[$generics:tt])? $text:ty),*) => {$(
        impl ParameterText for $text {
            fn as_bytes(&self) -> &[u8] {
                self.as_ref()
            }
        }
    )*};
}

parameter_text!(str, String, [u8], Vec<u8>, bytes::Bytes);

impl<const N: usize> ParameterText for [u8; N] {
    fn as_bytes(&self) -> &[u8] {
        self
    }
}

/// What the form contributes to the signed message: every parameter's name and value, decoded, in
/// the order of the names' bytes, with nothing between them (guide "Webhook security").
#[derive(Default)]
pub(crate) struct CanonicalForm {
    /// Equal names in the order of submission, as SignalWire's packages have them.
    submitted: Vec<u8>,
    /// Equal names once for each distinct value, in the values' order, as Twilio's package has
    /// them; `None` where that is the same.
    distinct: Option<Vec<u8>>,
}

/// The parameters in the order of submission.
struct Parameters {
    /// The whole form, its escapes decoded and its `&` and `=` still there.
    decoded: Vec<u8>,
    places: Vec<Place>,
}

/// One parameter's place in the decoded form.
struct Place {
    start: usize,
    /// Where `=` stands between name and value, or the end where there is none.
    name_end: usize,
    end: usize,
    /// The name's first eight bytes, which order most names without a look at the rest.
    prefix: u64,
}

impl CanonicalForm {
    /// Reads a body of `application/x-www-form-urlencoded` as the WHATWG URL standard has it,
    /// but for its last step: bytes that are no UTF-8 stay as they are.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, TooManyParameters> {
        Parameters::parse(raw).map(Self::from_parameters)
    }

    /// Takes parameters that are decoded already.
    pub(crate) fn from_decoded<N: ParameterText, V: ParameterText>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut parameters = Parameters::with_capacity(0);
        for (name, value) in pairs {
            let start = parameters.decoded.len();
            parameters.decoded.extend_from_slice(name.as_bytes());
            let name_end = parameters.decoded.len();
            parameters.decoded.push(b'=');
            parameters.decoded.extend_from_slice(value.as_bytes());
            let end = parameters.decoded.len();
            parameters.places.push(Place::new(start, name_end, end));
        }
        Self::from_parameters(parameters)
    }

    fn from_parameters(parameters: Parameters) -> Self {
        let Parameters {
            decoded,
            mut places,
        } = parameters;
        for place in &mut places {
            place.prefix = prefix(place.name(&decoded));
        }
        let by_name = |a: &Place, b: &Place| {
            let names = || a.name(&decoded).cmp(b.name(&decoded));
            a.prefix.cmp(&b.prefix).then_with(names)
        };
        places.sort_by(by_name);
        let submitted = concatenate(&decoded, &places);

        let repeated = places
            .windows(2)
            .any(|pair| by_name(&pair[0], &pair[1]).is_eq());
        let distinct = repeated.then(|| {
            let whole = |place: &Place| (place.name(&decoded), place.value(&decoded));
            places.sort_by(|a, b| whole(a).cmp(&whole(b)));
            places.dedup_by(|a, b| whole(a) == whole(b));
            concatenate(&decoded, &places)
        });
        Self {
            distinct: distinct.filter(|distinct| *distinct != submitted),
            submitted,
        }
    }

    /// The form in SignalWire's order of equal names.
    pub(crate) fn submitted(&self) -> &[u8] {
        &self.submitted
    }

    /// The form in each order of equal names that is accepted, likeliest first.
    pub(crate) fn orders(&self) -> impl Iterator<Item = &[u8]> {
        [Some(self.submitted()), self.distinct.as_deref()]
            .into_iter()
            .flatten()
    }
}

/// Whether a body of this content type is read as a form; so is one without any.
pub(crate) fn is_form(content_type: Option<&[u8]>) -> bool {
    let Some(content_type) = content_type else {
        return true;
    };
    let essence = content_type
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

impl Parameters {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            decoded: Vec::with_capacity(bytes),
            places: Vec::with_capacity(USUAL_PARAMETERS),
        }
    }

    fn parse(raw: &[u8]) -> Result<Self, TooManyParameters> {
        let Self {
            mut decoded,
            mut places,
        } = Self::with_capacity(raw.len());
        let mut read = 0;
        let mut start = 0;
        let mut name_end = None;
        for position in SpecialBytes::of(raw).chain([raw.len()]) {
            let here = decoded.len() + position - read;
            match raw.get(position) {
                Some(b'=') => {
                    name_end.get_or_insert(here);
                }
                Some(b'%') => {
                    if let Some(byte) = escaped_byte(&raw[position + 1..]) {
                        append_without_plus(&mut decoded, &raw[read..position]);
                        decoded.push(byte);
                        read = position + 3;
                    }
                }
                _ => {
                    if here > start {
                        if places.len() == MAX_PARAMETERS {
                            return Err(TooManyParameters);
                        }
                        places.push(Place::new(start, name_end.unwrap_or(here), here));
                    }
                    start = here + 1;
                    name_end = None;
                }
            }
        }
        append_without_plus(&mut decoded, &raw[read..]);
        Ok(Self { decoded, places })
    }
}

impl Place {
    fn new(start: usize, name_end: usize, end: usize) -> Self {
        Self {
            start,
            name_end,
            end,
            prefix: 0,
        }
    }

    fn name<'d>(&self, decoded: &'d [u8]) -> &'d [u8] {
        &decoded[self.start..self.name_end]
    }

    fn value<'d>(&self, decoded: &'d [u8]) -> &'d [u8] {
        &decoded[self.end.min(self.name_end + 1)..self.end]
    }
}

fn append_without_plus(decoded: &mut Vec<u8>, run: &[u8]) {
    let space_for_plus = |&byte| if byte == b'+' { b' ' } else { byte };
    decoded.extend(run.iter().map(space_for_plus));
}

/// Orders as the names do wherever it differs; a shorter name is filled up with zeroes.
fn prefix(name: &[u8]) -> u64 {
    if let Some(start) = name.first_chunk() {
        return u64::from_be_bytes(*start);
    }
    let mut bytes = [0; 8];
    for (byte, of_name) in bytes.iter_mut().zip(name) {
        *byte = *of_name;
    }
    u64::from_be_bytes(bytes)
}

fn escaped_byte(digits: &[u8]) -> Option<u8> {
    let high = hex_digit(*digits.first()?)?;
    let low = hex_digit(*digits.get(1)?)?;
    Some((high << 4) | low)
}

fn concatenate(decoded: &[u8], places: &[Place]) -> Vec<u8> {
    let mut message = Vec::with_capacity(decoded.len());
    for place in places {
        message.extend_from_slice(place.name(decoded));
        message.extend_from_slice(place.value(decoded));
    }
    message
}

#[cfg(test)]
mod tests {
    use proptest::{
        arbitrary::any, collection::vec, prop_oneof, sample::select, strategy::Strategy,
    };

    use super::*;

    fn orders(form: &[u8]) -> Vec<String> {
        CanonicalForm::parse(form)
            .unwrap()
            .orders()
            .map(|order| String::from_utf8_lossy(order).into_owned())
            .collect()
    }

    #[test]
    fn names_are_sorted_by_their_decoded_bytes() {
        assert_eq!(orders(b"a=1&Aa=2&%41=3&b=4"), ["A3Aa2a1b4"]);
        assert_eq!(orders("é=1&z=2&~=3".as_bytes()), ["z2~3é1"]);
    }

    #[test]
    fn equal_names_are_tried_in_the_order_of_submission_and_then_distinct_and_sorted() {
        assert_eq!(orders(b"a=2&b=0&a=1&a=2"), ["a2a1a2b0", "a1a2b0"]);
        assert_eq!(orders(b"a=1&a=2"), ["a1a2"]);
        assert_eq!(orders(b"a=1&a=1"), ["a1a1", "a1"]);
    }

    #[test]
    fn escapes_and_plus_are_decoded_once_and_what_is_no_escape_stays() {
        assert_eq!(orders(b"a=%2B1+%2b2%2541"), ["a+1 +2%41"]);
        assert_eq!(orders(b"a=100%&b=%zz&c=%4"), ["a100%b%zzc%4"]);
    }

    #[test]
    fn empty_pairs_names_and_values_are_read_as_the_url_standard_says() {
        assert_eq!(orders(b""), [""]);
        assert_eq!(orders(b"&&a&b=&=c&d=e=f&"), ["cabde=f"]);
    }

    #[test]
    fn bytes_that_are_no_utf_8_stay_as_they_are() {
        let form = CanonicalForm::parse(b"a=%ff%00&b=\xfe").unwrap();
        assert_eq!(form.submitted(), b"a\xff\0b\xfe");
    }

    #[test]
    fn a_thousand_parameters_are_read_and_one_more_is_not() {
        let thousand = vec!["a=1"; MAX_PARAMETERS].join("&");
        assert!(CanonicalForm::parse(thousand.as_bytes()).is_ok());
        let one_more = thousand + "&a=1";
        assert_eq!(
            CanonicalForm::parse(one_more.as_bytes()).err(),
            Some(TooManyParameters)
        );
    }

    #[test]
    fn what_the_library_decodes_is_what_is_signed() {
        for form in [
            "a=1&b=+2",
            "x=%E2%82%AC&y=%2526",
            "=&&=",
            "k%5Bx%5D=1&k=2",
            "a==b&%=%",
        ] {
            let pairs = form_urlencoded::parse(form.as_bytes());
            assert_eq!(
                CanonicalForm::from_decoded(pairs).submitted(),
                CanonicalForm::parse(form.as_bytes()).unwrap().submitted(),
                "{form}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_as_form_urlencoded_reads_them(raw in any_form()) {
            // It replaces what is no UTF-8, as a last step.
            let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            let expected: Vec<_> = form_urlencoded::parse(&raw).into_owned().collect();
            let Ok(parameters) = Parameters::parse(&raw) else {
                proptest::prop_assert!(expected.len() > MAX_PARAMETERS);
                return Ok(());
            };
            let read: Vec<_> = parameters
                .places
                .iter()
                .map(|place| (place.name(&parameters.decoded), place.value(&parameters.decoded)))
                .map(|(name, value)| (lossy(name), lossy(value)))
                .collect();
            proptest::prop_assert_eq!(read, expected);
        }

        #[test]
        fn parameters_are_sorted_by_name_and_equal_names_stay_in_order(
            mut parameters in vec((vec(0_u8..3, 0..12), vec(any::<u8>(), 0..3)), 0..60),
        ) {
            let form = CanonicalForm::from_decoded(parameters.clone());
            parameters.sort_by(|(one, _), (other, _)| one.cmp(other));
            let expected: Vec<u8> = parameters.into_iter().flat_map(|(n, v)| [n, v].concat()).collect();
            proptest::prop_assert_eq!(form.submitted(), expected);
        }
    }

    /// Any bytes, but those that mean something in a form more often than chance has them.
    fn any_form() -> impl Strategy<Value = Vec<u8>> {
        let telling = select(b"&=+%%0aF".as_slice());
        vec(prop_oneof![telling, any::<u8>()], 0..300)
    }

    #[test]
    fn a_form_is_told_by_the_essence_of_its_content_type() {
        for form in [
            None,
            Some("application/x-www-form-urlencoded"),
            Some("Application/X-WWW-Form-URLEncoded; charset=UTF-8"),
            Some("application/x-www-form-urlencoded ;charset=utf-8"),
        ] {
            assert!(is_form(form.map(str::as_bytes)), "{form:?}");
        }
        for other in [
            "application/json",
            "",
            "application/x-www-form-urlencodedx",
            "text/plain; a=application/x-www-form-urlencoded",
        ] {
            assert!(!is_form(Some(other.as_bytes())), "{other:?}");
        }
    }
}
