//! Signing keys: which may be configured, and what is shown of them.

use signalwire_webhook::{ConfigError, RotatingKeys, SigningKey, SigningKeys};

use crate::support::Judge;

fn named(text: &str, id: &str) -> SigningKey {
    SigningKey::new(text).unwrap().with_id(id)
}

#[test]
fn no_set_of_keys_is_empty_or_ambiguous() {
    for (keys, sentence) in [
        (vec![], "no signing key was given: give at least one"),
        (
            vec![named("a", "old"), named("b", "new"), named(" a\n", "again")],
            "the signing key \"again\" equals one before it: give each key once",
        ),
        (
            vec![named("a", "mine"), named("b", "mine")],
            "two signing keys have the id \"mine\": give each an id of its own with `with_id`",
        ),
    ] {
        assert_eq!(SigningKeys::new(keys).unwrap_err().to_string(), sentence);
    }
    assert_eq!(
        SigningKey::new(" \n").unwrap_err(),
        ConfigError::EmptySigningKey
    );
}

/// HMAC pads a key with NUL bytes, so that these sign alike.
#[test]
fn a_key_that_differs_in_nul_bytes_at_its_end_is_the_same_key() {
    let keys = SigningKeys::new([named("PSKtest", "one"), named("PSKtest\0", "other")]);
    assert_eq!(
        keys.unwrap_err(),
        ConfigError::DuplicateSigningKey { id: "other".into() }
    );
}

#[test]
fn a_key_without_a_name_has_its_fingerprint() {
    // printf %s PSKtest | sha256sum
    let unnamed = SigningKey::new(" PSKtest\n").unwrap();
    assert_eq!(unnamed.id(), "sha256:621201b8");
    assert_eq!(format!("{unnamed:?}"), "SigningKey(sha256:621201b8)");
    assert_eq!(unnamed.with_id("main").id(), "main");
}

#[test]
fn keys_that_are_replaced_are_current_in_every_clone() {
    let keys = RotatingKeys::new(named("PSKold", "old"));
    let clone = keys.clone();
    let current = |keys: &RotatingKeys| format!("{:?}", keys.current());
    let before = current(&clone);
    keys.replace(named("PSKnew", "new"));
    assert_ne!(current(&clone), before);
    assert_eq!(current(&clone), current(&keys));
}

#[test]
fn a_list_is_read_as_keys_in_its_order() {
    let list: SigningKeys = "PSKold-0123456789, PSKnew-0123456789,".parse().unwrap();
    let judge = Judge::new(list);
    for text in ["PSKold-0123456789", "PSKnew-0123456789"] {
        let key = SigningKey::new(text).unwrap();
        let url = "https://hooks.example.com/sms";
        let request = crate::support::WebhookRequest::form(url, [("From", "1")]).signed_by(&key);
        assert_eq!(judge.judge(request).unwrap().key_id(), key.id());
    }
}
