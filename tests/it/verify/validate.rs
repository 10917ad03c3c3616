//! The functions that need no request.

use signalwire_webhook::{SigningKey, validate_request, validate_request_with_body};

use crate::support::{
    key,
    signed::{sign_url, with_body_digest},
};

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM: [(&str, &str); 2] = [("Digits", "1234"), ("CallSid", "CA1234567890ABCDE")];
const RAW_FORM: &[u8] = b"Digits=1234&CallSid=CA1234567890ABCDE";
const NO_PARAMETERS: [(&str, &str); 0] = [];

fn has_signed(signature: &str, url: &str, body: &[u8]) -> bool {
    validate_request_with_body(&key(), signature, url, body)
}

#[test]
fn what_was_signed_is_accepted() {
    let key = key();
    let of_form = key.sign_form(URL, FORM);
    assert!(validate_request(&key, &of_form, URL, FORM));
    assert!(has_signed(&key.sign_body_sha1(URL, b"{}"), URL, b"{}"));
    assert!(has_signed(&key.sign_body_sha256(URL, b"{}"), URL, b"{}"));
    let of_digest = with_body_digest(URL, b"{}");
    assert!(has_signed(&sign_url(&key, &of_digest), &of_digest, b"{}"));
}

/// As `validateWebhookSignature(rawBody)` of SignalWire's own packages does.
#[test]
fn the_raw_body_of_a_form_is_verified_as_a_form() {
    let of_form = key().sign_form(URL, FORM);
    assert!(has_signed(&of_form, URL, RAW_FORM));
    assert!(has_signed(
        &of_form,
        URL,
        b"&CallSid=CA1234567890ABCDE&&Digits=%31234"
    ));
    for body in [
        &b"Digits=1234"[..],
        b"Digits=1234&CallSid=CA1234567890ABCDE&Digits=1234",
        b"Digits=1234&CallSid=CA1234567890ABCDE&a=",
        b"",
        b"{}",
    ] {
        assert!(!has_signed(&of_form, URL, body), "{body:?}");
    }
}

#[test]
fn what_was_not_signed_is_refused() {
    let key = key();
    let of_form = key.sign_form(URL, FORM);
    let of_another_key = SigningKey::new("PSKother").unwrap().sign_form(URL, FORM);
    let hex = key.sign_body_sha1(URL, b"");
    for (signature, url) in [
        (&*of_another_key, URL),
        (&of_form, "https://mycompany.com/"),
        (&hex, URL),
        ("", URL),
        ("\u{e9}", URL),
    ] {
        assert!(!validate_request(&key, signature, url, FORM), "{signature}");
        assert!(!has_signed(signature, url, RAW_FORM), "{signature}");
    }
    assert!(!validate_request(&key, &of_form, URL, NO_PARAMETERS));
}

#[test]
fn the_signature_of_a_url_alone_admits_an_empty_body_and_no_other() {
    let of_url = sign_url(&key(), URL);
    assert!(validate_request(&key(), &of_url, URL, NO_PARAMETERS));
    assert!(has_signed(&of_url, URL, b""));
    for body in [&b"{}"[..], b"a=b", b"=", b"&"] {
        assert!(!has_signed(&of_url, URL, body), "{body:?}");
    }
}

#[test]
fn a_digest_in_the_url_admits_its_body_and_no_other() {
    let url = with_body_digest(URL, b"{}");
    let of_url = sign_url(&key(), &url);
    assert!(!validate_request(&key(), &of_url, &url, NO_PARAMETERS));
    for body in [&b"[]"[..], b""] {
        assert!(!has_signed(&of_url, &url, body), "{body:?}");
    }
    let of_nothing = with_body_digest(URL, b"");
    let signature = sign_url(&key(), &of_nothing);
    assert!(validate_request(
        &key(),
        &signature,
        &of_nothing,
        NO_PARAMETERS
    ));
}

#[test]
fn the_port_is_tried_as_signalwires_packages_do() {
    let key = key();
    for (signed, given, accepted) in [
        ("https://h.example:443/x", "https://h.example/x", true),
        ("http://h.example:80/x", "http://h.example/x", true),
        ("https://h.example/x", "https://h.example:8443/x", true),
        ("https://h.example:8443/x", "https://h.example/x", false),
        ("http://h.example/x", "https://h.example/x", false),
        ("https://h.example/", "https://h.example", false),
        ("https://h.example/x", "https://h.example/x#rt=5000", true),
        ("not a url", "not a url", true),
    ] {
        let of_form = key.sign_form(signed, [("a", "b")]);
        let accepts_form = validate_request(&key, &of_form, given, [("a", "b")]);
        assert_eq!(accepts_form, accepted, "{given}");
        let of_body = key.sign_body_sha256(signed, b"{}");
        assert_eq!(has_signed(&of_body, given, b"{}"), accepted, "{given}");
    }
}

/// URL and body are signed without a separator.
#[test]
fn what_follows_the_url_begins_as_signalwires_does() {
    let key = key();
    for (longer, name) in [
        ("https://h.example/sms/status", "/status"),
        ("https://h.example/sms?tenant=7", "?tenant=7"),
        ("https://h.example/sms2", "2"),
        ("https://h.example/sms-status", "-status"),
        ("https://h.example/smsA/b", "A/b"),
    ] {
        let url = "https://h.example/sms";
        let of_form = key.sign_form(longer, [("From", "+1")]);
        let parameters = [(name, ""), ("From", "+1")];
        assert!(!validate_request(&key, &of_form, url, parameters), "{name}");
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        assert!(!has_signed(&of_form, url, body.as_bytes()), "{name}");
        let raw = format!("{name}{{}}");
        let of_body = key.sign_body_sha256(longer, b"{}");
        let begins_with_letter = name.starts_with('A');
        assert_eq!(
            has_signed(&of_body, url, raw.as_bytes()),
            begins_with_letter,
            "{name}"
        );
    }
}
