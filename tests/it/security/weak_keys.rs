//! Keys that anyone can guess, made by a typing error.

use signalwire_webhook::{ConfigError, RejectionReason, SigningKey, SigningKeys, validate_request};

use crate::support::{Judge, WebhookRequest, signed::SIGNATURE};

const URL: &str = "https://hooks.example.com/sms";
const KEY: &str = "PSKproduction-0123456789";

/// HMAC pads a key with NUL bytes, so that a key of those signs as the empty one.
#[test]
fn a_key_that_signs_as_the_empty_key_is_an_error() {
    for text in [
        "",
        " ",
        "\t\r\n",
        "\0",
        "\0\0\0\0\0\0\0\0\0\0\0\0",
        " \0 \n",
    ] {
        assert_eq!(
            SigningKey::new(text).unwrap_err(),
            ConfigError::EmptySigningKey,
            "{text:?}"
        );
    }
}

#[test]
fn what_is_written_beside_a_key_in_the_environment_is_no_second_key() {
    for (list, guessed) in [
        (format!("{KEY}, # production"), "# production"),
        (format!("{KEY},#production"), "#production"),
        (format!("{KEY}, production key"), "production key"),
        (format!("{KEY},x"), "x"),
        (format!("{KEY},changeme"), "changeme"),
        (format!("{KEY}\0,{KEY}"), KEY),
    ] {
        let error = list.parse::<SigningKeys>().unwrap_err().to_string();
        assert!(error.contains("signing key number"), "{error}");
        assert!(!error.contains("production"), "{error}");
        assert!(!error.contains(guessed), "{error}");
    }
}

#[test]
fn the_message_names_the_key_by_its_place() {
    for (list, sentence) in [
        (
            format!("{KEY},'PSKother-0123456789'"),
            "signing key number 2 has quotes around it",
        ),
        (
            format!("{KEY},\u{201c}PSKother-0123456789\u{201d}"),
            "signing key number 2 has quotes around it",
        ),
        (
            format!("PSK other-0123456789,{KEY}"),
            "signing key number 1 has white space",
        ),
        (
            format!("{KEY},\u{feff}PSKother-0123456789"),
            "signing key number 2 has white space or an invisible character",
        ),
        (
            format!("{KEY},PSKother-01"),
            "signing key number 2 is shorter than 12 bytes",
        ),
    ] {
        let error = list.parse::<SigningKeys>().unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
        assert!(!error.contains("PSK"), "{error}");
    }
}

#[test]
fn twelve_bytes_are_a_key() {
    assert!("PSKtest-0123".parse::<SigningKeys>().is_ok());
    assert!("PSKtest-012".parse::<SigningKeys>().is_err());
}

/// A forger who guesses the comment, and one who tries no key at all.
#[test]
fn a_request_that_is_signed_with_nothing_or_a_comment_is_refused() {
    let keys: SigningKeys = format!("{KEY},PSKother-0123456789").parse().unwrap();
    let form = [("From", "+1555")];
    for guess in ["# production", "x", "PSKtest", "-"] {
        let signature = SigningKey::new(guess).unwrap().sign_form(URL, form);
        let request = WebhookRequest::form(URL, form).header(SIGNATURE, signature);
        let verdict = Judge::new(keys.clone()).scheme(request.unsigned());
        assert_eq!(verdict, Err(RejectionReason::SignatureMismatch), "{guess}");
    }
    // printf %s 'https://hooks.example.com/smsFrom+1555' | openssl dgst -sha1 -hmac '' -binary | base64
    let by_the_empty_key = "4KTskVTXKaPYw+WafsVbYUUUhYo=";
    let key = SigningKey::new(KEY).unwrap();
    assert!(!validate_request(&key, by_the_empty_key, URL, form));
    let request = WebhookRequest::form(URL, form).header(SIGNATURE, by_the_empty_key);
    let verdict = Judge::new(keys).scheme(request.unsigned());
    assert_eq!(verdict, Err(RejectionReason::SignatureMismatch));
}
