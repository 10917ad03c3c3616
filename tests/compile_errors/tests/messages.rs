//! Each mistake is compiled by cargo, in a project of its own, and what it says is read.

use std::{env, fs, path::PathBuf, process::Command};

/// As a user would write it, with the versions of the lock file.
const MANIFEST: &str = r#"
[package]
name = "mistake"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = { version = "0.8", features = ["macros"] }
http = "1"
http-body-util = "0.1"
signalwire-webhook = { path = "REPOSITORY" }
tower = { version = "0.5", features = ["util"] }

[workspace]
"#;

fn project(mistake: &str) -> PathBuf {
    let here = env!("CARGO_MANIFEST_DIR");
    let repository = PathBuf::from(here).join("../..").canonicalize().unwrap();
    let project = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(mistake);
    fs::create_dir_all(project.join("src")).unwrap();
    let manifest = MANIFEST.replace("REPOSITORY", repository.to_str().unwrap());
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    fs::copy(repository.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let source = format!("{here}/mistakes/{mistake}.rs");
    fs::copy(source, project.join("src/main.rs")).unwrap();
    project
}

fn message_of(mistake: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet"])
        .current_dir(project(mistake))
        // One for all of them, which is not the one that the running test has locked.
        .env(
            "CARGO_TARGET_DIR",
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check"),
        )
        .output()
        .unwrap();
    assert!(!output.status.success(), "{mistake} compiles");
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn assert_says(mistake: &str, sentences: &[&str]) {
    let message = message_of(mistake);
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
