//! From a raw form to its canonical form: the text that is signed after the URL.
//!
//! Answers what a body of `application/x-www-form-urlencoded` contributes to the signed message,
//! within a bound on its parameters. Knows nothing of URLs, keys, signatures or verdicts.

mod decoder;
mod parameter_text;
mod parameters;
mod special_bytes;

pub use self::parameter_text::ParameterText;
pub(crate) use self::parameters::FormTooLarge;
#[cfg(feature = "explain")]
pub(crate) use self::parameters::MAX_PARAMETERS;
use self::parameters::Parameters;

/// What the form contributes to the signed message: every parameter's name and value, decoded, in
/// the order of the names' bytes, equal names in the order of submission, with nothing between
/// them (guide "Webhook security").
#[derive(Clone, Debug, Default)]
pub(crate) struct CanonicalForm {
    text: Vec<u8>,
    first_name_length: usize,
}

impl CanonicalForm {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(crate) fn parse(raw: &[u8]) -> Result<Self, FormTooLarge> {
        let mut parameters = Parameters::parse(raw)?;
        Ok(match parameters.sorted_by_rank() {
            Some((text, first_name_length)) => Self {
                text,
                first_name_length,
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
        Self::sorted(pairs.map(|(n, v)| (n.bytes(), v.bytes())).collect())
    }

    /// Takes names and values in the order of submission.
    fn sorted(mut pairs: Vec<(&[u8], &[u8])>) -> Self {
        pairs.sort_by_key(|(name, _)| *name);
        let texts: Vec<&[u8]> = pairs
            .iter()
            .flat_map(|(name, value)| [*name, *value])
            .collect();
        Self {
            text: texts.concat(),
            first_name_length: pairs.first().map_or(0, |(name, _)| name.len()),
        }
    }

    /// Nothing, where every name and value is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// The name that the text begins with.
    pub(crate) fn first_name(&self) -> &[u8] {
        &self.text[..self.first_name_length]
    }
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

    use super::{parameters::MAX_PARAMETERS, *};

    fn canonical(form: &[u8]) -> String {
        let form = CanonicalForm::parse(form).unwrap();
        String::from_utf8_lossy(form.text()).into_owned()
    }

    #[test]
    fn names_are_sorted_by_their_decoded_bytes() {
        assert_eq!(canonical(b"a=1&Aa=2&%41=3&b=4"), "A3Aa2a1b4");
        assert_eq!(canonical("é=1&z=2&~=3".as_bytes()), "z2~3é1");
    }

    #[test]
    fn equal_names_keep_the_order_and_the_number_of_submission() {
        assert_eq!(canonical(b"a=2&b=0&a=1&a=2"), "a2a1a2b0");
        assert_eq!(canonical(b"a=1&a=1"), "a1a1");
    }

    #[test]
    fn the_first_name_is_that_of_the_canonical_order() {
        for (form, name) in [
            ("b=1&a=2", "a"),
            ("b=1&%61=2", "a"),
            ("b=1&=2", ""),
            ("abcdefghi=1&abcdefghij=2", "abcdefghi"),
            ("", ""),
        ] {
            let form = CanonicalForm::parse(form.as_bytes()).unwrap();
            assert_eq!(form.first_name(), name.as_bytes());
        }
        let form = CanonicalForm::from_decoded([("b", "1"), ("a", "2")]);
        assert_eq!(form.first_name(), b"a");
    }

    #[test]
    fn escapes_and_plus_are_decoded_once_and_what_is_not_an_escape_stays() {
        assert_eq!(canonical(b"a=%2B1+%2b2%2541"), "a+1 +2%41");
        assert_eq!(canonical(b"a=100%&b=%zz&c=%4"), "a100%b%zzc%4");
    }

    #[test]
    fn empty_pairs_names_and_values_are_read_as_the_url_standard_says() {
        assert_eq!(canonical(b""), "");
        assert_eq!(canonical(b"&&a&b=&=c&d=e=f&"), "cabde=f");
    }

    #[test]
    fn bytes_that_are_not_utf_8_stay_as_they_are() {
        let form = CanonicalForm::parse(b"a=%ff%00&b=\xfe").unwrap();
        assert_eq!(form.text(), b"a\xff\0b\xfe");
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
                CanonicalForm::from_decoded(pairs).text(),
                CanonicalForm::parse(form.as_bytes()).unwrap().text(),
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
            proptest::prop_assert_eq!(form.text(), expected);
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
