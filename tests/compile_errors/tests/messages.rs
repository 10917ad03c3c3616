//! Each mistake is compiled by cargo, as a user would, and what it says is read.

use std::{env, path::Path, process::Command};

fn message_of(example: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--quiet",
            "--features",
            "mistakes",
            "--example",
            example,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // A folder of its own: cargo holds a lock on that of the running test.
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("check"),
        )
        .output()
        .unwrap();
    assert!(!output.status.success(), "{example} compiles");
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn assert_says(example: &str, sentences: &[&str]) {
    let message = message_of(example);
    for sentence in sentences {
        assert!(
            message.contains(sentence),
            "{sentence:?} is not in:\n{message}"
        );
    }
}

#[test]
fn a_text_as_a_key_is_told_how_to_become_one() {
    assert_says(
        "text_as_key",
        &[
            "`&str` is not a source of signing keys",
            "expected a `SigningKey`, `SigningKeys`, `RotatingKeys` or `KeySource`",
            "SigningKey::new(text)?",
        ],
    );
}

#[test]
fn a_body_of_another_type_is_told_what_a_body_must_be() {
    assert_says(
        "body_of_another_type",
        &[
            "the webhook layer cannot read the request body",
            "expected an `http_body::Body` whose `Data` is `bytes::Bytes`",
        ],
    );
}

#[test]
fn debug_handler_points_at_the_extractor_of_the_body_that_is_not_last() {
    assert_says(
        "verified_not_last",
        &[
            "async fn sms(Verified(Form(_fields)): Verified<Form<Vec<(String, String)>>>",
            "for `Verified<Form<Vec<(String, String)>>>` to implement `FromRequestParts<()>`",
        ],
    );
}
