use std::{borrow::Cow, ops::Range};

use crate::signature::hex_digit;

/// The limit of Express' own parser (`parameterLimit` of its body-parser).
pub(crate) const MAX_PARAMETERS: usize = 1_000;

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

/// One parameter's place in the buffer of decoded bytes.
struct Parameter {
    name: Range<usize>,
    value: Range<usize>,
}

impl CanonicalForm {
    /// Reads a body of `application/x-www-form-urlencoded` as the WHATWG URL standard has it,
    /// but for its last step: bytes that are no UTF-8 stay as they are.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, TooManyParameters> {
        let mut decoded = Vec::with_capacity(raw.len());
        let mut parameters = Vec::with_capacity(32);
        for pair in raw
            .split(|&byte| byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            if parameters.len() == MAX_PARAMETERS {
                return Err(TooManyParameters);
            }
            let equals = pair.iter().position(|&byte| byte == b'=');
            let (name, value) = match equals {
                Some(position) => (&pair[..position], &pair[position + 1..]),
                None => (pair, &[][..]),
            };
            parameters.push(Parameter {
                name: append(&mut decoded, |decoded| percent_decode(name, decoded)),
                value: append(&mut decoded, |decoded| percent_decode(value, decoded)),
            });
        }
        Ok(Self::from_parameters(&decoded, parameters))
    }

    /// Takes parameters that are decoded already.
    pub(crate) fn from_decoded<N: ParameterText, V: ParameterText>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut decoded = Vec::new();
        let parameters = pairs
            .into_iter()
            .map(|(name, value)| Parameter {
                name: append(&mut decoded, |decoded| {
                    decoded.extend_from_slice(name.as_bytes());
                }),
                value: append(&mut decoded, |decoded| {
                    decoded.extend_from_slice(value.as_bytes());
                }),
            })
            .collect();
        Self::from_parameters(&decoded, parameters)
    }

    fn from_parameters(decoded: &[u8], mut parameters: Vec<Parameter>) -> Self {
        let name = |parameter: &Parameter| &decoded[parameter.name.clone()];
        parameters.sort_by(|a, b| name(a).cmp(name(b)));
        let submitted = concatenate(decoded, &parameters);

        let repeated = parameters
            .windows(2)
            .any(|pair| name(&pair[0]) == name(&pair[1]));
        let distinct = repeated.then(|| {
            let whole =
                |parameter: &Parameter| (name(parameter), &decoded[parameter.value.clone()]);
            parameters.sort_by(|a, b| whole(a).cmp(&whole(b)));
            parameters.dedup_by(|a, b| whole(a) == whole(b));
            concatenate(decoded, &parameters)
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

fn append(buffer: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> Range<usize> {
    let start = buffer.len();
    write(buffer);
    start..buffer.len()
}

fn percent_decode(encoded: &[u8], decoded: &mut Vec<u8>) {
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match escaped_byte(after) {
                Some(escaped) => {
                    rest = &after[2..];
                    escaped
                }
                None => b'%',
            },
            _ => byte,
        });
    }
}

fn escaped_byte(digits: &[u8]) -> Option<u8> {
    let high = hex_digit(*digits.first()?)?;
    let low = hex_digit(*digits.get(1)?)?;
    Some((high << 4) | low)
}

fn concatenate(decoded: &[u8], parameters: &[Parameter]) -> Vec<u8> {
    let mut message = Vec::with_capacity(decoded.len());
    for parameter in parameters {
        message.extend_from_slice(&decoded[parameter.name.start..parameter.value.end]);
    }
    message
}

#[cfg(test)]
mod tests {
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
