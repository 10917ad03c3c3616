use std::borrow::Cow;

use crate::parameters::{FormTooLarge, Parameters};

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

impl CanonicalForm {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, FormTooLarge> {
        let mut parameters = Parameters::parse(raw)?;
        Ok(match parameters.sorted_by_rank() {
            Some(submitted) => Self {
                submitted,
                distinct: None,
            },
            None => Self::sorted(parameters.decoded().iter().collect()),
        })
    }

    /// Takes parameters that are decoded already.
    pub(crate) fn from_decoded<N: ParameterText, V: ParameterText>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let pairs = pairs.iter();
        Self::sorted(pairs.map(|(n, v)| (n.as_bytes(), v.as_bytes())).collect())
    }

    /// Takes names and values in the order of submission.
    fn sorted(mut pairs: Vec<(&[u8], &[u8])>) -> Self {
        pairs.sort_by_key(|(name, _)| *name);
        let has_equal_names = pairs.windows(2).any(|pair| pair[0].0 == pair[1].0);
        let submitted = concatenated(&pairs);
        let distinct = has_equal_names.then(|| {
            pairs.sort_unstable();
            pairs.dedup();
            concatenated(&pairs)
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

fn concatenated(pairs: &[(&[u8], &[u8])]) -> Vec<u8> {
    let texts: Vec<&[u8]> = pairs
        .iter()
        .flat_map(|(name, value)| [*name, *value])
        .collect();
    texts.concat()
}

/// Whether a body of this content type is read as a form; so is one without any.
pub(crate) fn is_form(content_type: Option<&[u8]>) -> bool {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    let Some(content_type) = content_type else {
        return true;
    };
    let essence = content_type.trim_ascii_start().split_at_checked(FORM.len());
    essence.is_some_and(|(essence, rest)| {
        let rest = rest.trim_ascii_start();
        essence.eq_ignore_ascii_case(FORM) && (rest.is_empty() || rest.starts_with(b";"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::{arbitrary::any, collection::vec};

    use super::*;
    use crate::parameters::MAX_PARAMETERS;

    fn orders(form: &[u8]) -> Vec<String> {
        CanonicalForm::parse(form)
            .unwrap()
            .orders()
            .map(|order| String::from_utf8_lossy(order).into_owned())
            .collect()
    }

    #[test]
    fn parameters_may_be_any_strings_or_bytes() {
        let form = |name: &dyn ParameterText, value: &dyn ParameterText| {
            let pair = (name.as_bytes(), value.as_bytes());
            CanonicalForm::from_decoded([pair]).submitted().to_vec()
        };
        let texts: [&dyn ParameterText; 8] = [
            &"text",
            &"text".to_owned(),
            &Cow::Borrowed("text"),
            &b"text",
            &b"text".as_slice(),
            &b"text".to_vec(),
            &Cow::Borrowed(b"text".as_slice()),
            &bytes::Bytes::from_static(b"text"),
        ];
        for text in texts {
            assert_eq!(form(text, text), b"texttext");
        }
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
            Some(FormTooLarge)
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
        fn parameters_are_sorted_by_name_and_equal_names_stay_in_order(
            mut parameters in vec((vec(0_u8..3, 0..12), vec(any::<u8>(), 0..3)), 0..60),
        ) {
            let form = CanonicalForm::from_decoded(parameters.clone());
            parameters.sort_by(|(one, _), (other, _)| one.cmp(other));
            let expected: Vec<u8> = parameters.into_iter().flat_map(|(n, v)| [n, v].concat()).collect();
            proptest::prop_assert_eq!(form.submitted(), expected);
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
