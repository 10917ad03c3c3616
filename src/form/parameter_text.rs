use std::borrow::Cow;

use bytes::Bytes;

/// The text of a form parameter's name or value: anything that is a string or bytes.
///
/// It is `str`, `String`, `[u8]`, `[u8; N]`, `Vec<u8>`, [`bytes::Bytes`], and a reference to or a
/// [`Cow`] of any of these. So what `form_urlencoded` yields, a `HashMap`, and bytes that are not
/// UTF-8 go into [`SigningKey::sign_form`](crate::SigningKey::sign_form) as they are.
///
/// The trait is sealed: no other type can implement it.
pub trait ParameterText: sealed::Text {}

impl<T: sealed::Text + ?Sized> ParameterText for T {}

mod sealed {
    pub trait Text {
        /// The decoded bytes.
        fn bytes(&self) -> &[u8];
    }
}

impl sealed::Text for str {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl sealed::Text for String {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl sealed::Text for [u8] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl<const N: usize> sealed::Text for [u8; N] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl sealed::Text for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl sealed::Text for Bytes {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl<T: sealed::Text + ?Sized> sealed::Text for &T {
    fn bytes(&self) -> &[u8] {
        T::bytes(self)
    }
}

impl<T: sealed::Text + ToOwned + ?Sized> sealed::Text for Cow<'_, T> {
    fn bytes(&self) -> &[u8] {
        T::bytes(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::CanonicalForm;

    #[test]
    fn parameters_may_be_any_strings_or_bytes() {
        fn assert_is_text(text: impl ParameterText + Clone) {
            let form = CanonicalForm::from_decoded([(text.clone(), text)]);
            assert_eq!(form.text(), b"texttext");
        }
        assert_is_text("text");
        assert_is_text("text".to_owned());
        assert_is_text(Cow::Borrowed("text"));
        assert_is_text(b"text");
        assert_is_text(b"text".as_slice());
        assert_is_text(b"text".to_vec());
        assert_is_text(Cow::Borrowed(b"text".as_slice()));
        assert_is_text(Bytes::from_static(b"text"));
    }
}
