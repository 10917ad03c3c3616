//! How a form is read before its parameters are signed.

use axum::extract::Request;
use signalwire_webhook::ParameterText;

use crate::support::{
    Judge, WebhookRequest, key,
    signed::{FORM, SIGNATURE},
};

const URL: &str = "https://example.com/hook";

fn form(body: &str, signature: &str) -> Request {
    WebhookRequest::raw(URL, FORM, body)
        .header(SIGNATURE, signature)
        .unsigned()
}

/// Whether the form passes that was signed with these parameters.
#[track_caller]
fn is_signed<K: ParameterText, V: ParameterText>(
    body: &str,
    parameters: impl IntoIterator<Item = (K, V)>,
) -> bool {
    let signature = key().sign_form(URL, parameters);
    Judge::new(key()).passes(form(body, &signature))
}

#[test]
fn equal_names_are_signed_in_the_order_of_submission_and_in_no_other() {
    let submitted = "a=2&b=3&a=1&a=2";
    for (signed, passes) in [
        (&[("a", "2"), ("a", "1"), ("a", "2"), ("b", "3")][..], true),
        // What the package `twilio` signs: distinct, and sorted by their values.
        (&[("a", "1"), ("a", "2"), ("b", "3")], false),
        (&[("a", "1"), ("a", "2"), ("a", "2"), ("b", "3")], false),
        (&[("a", "2"), ("a", "1"), ("b", "3")], false),
    ] {
        let signed = signed.iter().copied();
        assert_eq!(is_signed(submitted, signed.clone()), passes, "{signed:?}");
    }
}

#[test]
fn names_are_sorted_by_their_bytes_and_values_are_not_looked_at() {
    let submitted = "b=1&a=2&Aa=3&A=9&%C3%A9=4&a%20b=5&aB=6";
    let sorted = "A9Aa3a2a b5aB6b1\u{e9}4";
    assert!(is_signed(submitted, [(sorted, "")]));
    assert!(is_signed(
        submitted,
        [
            ("\u{e9}", "4"),
            ("aB", "6"),
            ("a b", "5"),
            ("A", "9"),
            ("Aa", "3"),
            ("a", "2"),
            ("b", "1"),
        ]
    ));
}

#[test]
fn decoded_bytes_are_signed_as_they_are() {
    let submitted = "a%FF=%00%fe+%2B";
    assert!(is_signed(submitted, [(b"a\xff", b"\0\xfe +")]));
    assert!(!is_signed(submitted, [("a\u{fffd}", "\0\u{fffd} +")]));
}

#[test]
fn what_is_no_escape_stands_for_itself() {
    assert!(is_signed(
        "a=%zz&b=%4&c=100%&d",
        [("a", "%zz"), ("b", "%4"), ("c", "100%"), ("d", ""),]
    ));
}
