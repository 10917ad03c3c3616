//! What may follow the URL in a signed message.
//!
//! URL and body are signed without a separator, so a signature for a longer URL is one for each
//! of its beginnings too: the rest of the URL would be the beginning of the body. Therefore a body
//! counts only where it begins as SignalWire's do. Every documented name of a cXML parameter
//! begins with an ASCII letter, and every JSON body with `{`.

use crate::form::CanonicalForm;

/// What the rest of a URL has in it, and no name of a parameter.
const DELIMITERS: &[u8] = b"/?&=:#%";

/// Whether the parameters of a form may follow the URL.
///
/// Where `first_name` is known, it must be the first one in the canonical order.
pub(super) fn form_may_follow_url(form: &CanonicalForm, first_name: Option<&str>) -> bool {
    let name = form.first_name();
    let begins_with_letter = name.first().is_some_and(u8::is_ascii_alphabetic);
    let has_delimiter = name.iter().any(|byte| DELIMITERS.contains(byte));
    let is_expected = first_name.is_none_or(|expected| name == expected.as_bytes());
    begins_with_letter && !has_delimiter && is_expected
}

/// Whether a raw body may follow the URL.
///
/// Where `first_name` is known, it must be JSON: a form that is signed as it is written has no names to
/// hold against it, and its content type is not signed.
pub(super) fn body_may_follow_url(body: &[u8], first_name: Option<&str>) -> bool {
    body.first().is_none_or(|first| {
        b"{[".contains(first) || (first_name.is_none() && first.is_ascii_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_follow(form: &[u8], first_name: Option<&str>) -> bool {
        form_may_follow_url(&CanonicalForm::parse(form).unwrap(), first_name)
    }

    #[test]
    fn the_first_name_in_canonical_order_decides() {
        for form in ["From=1&AccountSid=/x", "z=1", "a%20b=1", "B=1&a/=2"] {
            assert!(may_follow(form.as_bytes(), None), "{form}");
        }
        for form in [
            "AccountSid=1&/sms=",
            "=/sms&AccountSid=1",
            "%2Fsms=1",
            "A%2Fsms=&AccountSid=1",
            "A?b=",
            "A%26b=",
            "A%3Db=",
            "A:443=",
            "A%23b=",
            "A%25b=",
            "1=1&a=2",
            "-a=",
            ".a=",
            "+a=",
            "%C3%A9=1",
        ] {
            assert!(!may_follow(form.as_bytes(), None), "{form}");
        }
    }

    #[test]
    fn a_first_name_that_is_known_admits_no_other() {
        assert!(may_follow(b"To=1&AccountSid=2", Some("AccountSid")));
        assert!(!may_follow(b"To=1&AAccountSid=2", Some("AccountSid")));
        assert!(!may_follow(b"To=1", Some("AccountSid")));
    }

    #[test]
    fn where_forms_have_a_first_name_a_raw_body_is_json() {
        let may_follow = |body: &str| body_may_follow_url(body.as_bytes(), Some("AccountSid"));
        for body in ["", "{}", "[1]"] {
            assert!(may_follow(body), "{body}");
        }
        for body in ["AccountSid=1", "x", "/", "1"] {
            assert!(!may_follow(body), "{body}");
        }
    }

    #[test]
    fn a_raw_body_begins_with_a_letter_a_brace_or_a_bracket() {
        for body in ["", "{}", "[1]", "AccountSid=1", "x"] {
            assert!(body_may_follow_url(body.as_bytes(), None), "{body}");
        }
        for body in [
            "/next{}",
            " {}",
            "1{}",
            "?a",
            "&a",
            "=",
            ":",
            ".",
            "-",
            "%",
            "#",
            "\u{feff}{}",
            "\"a\"",
        ] {
            assert!(!body_may_follow_url(body.as_bytes(), None), "{body:?}");
        }
    }
}
