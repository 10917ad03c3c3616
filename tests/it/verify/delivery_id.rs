use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use signalwire_webhook::{
    DeliveryId,
    SignatureScheme::{BodyDigest, FormParameters, RawBodySha1, RawBodySha256},
    SigningKey, SigningKeys,
};

use crate::support::{
    Judge, WebhookRequest, key,
    signed::{FORM, SIGNATURE, sha256},
};

const URL: &str = "https://hooks.example.com/sms?tenant=7";

fn of(request: axum::extract::Request) -> DeliveryId {
    Judge::new(key()).judge(request).unwrap().delivery_id()
}

fn sms(url: &str) -> WebhookRequest {
    WebhookRequest::form(url, [("MessageSid", "1"), ("Body", "a b")])
}

#[test]
fn a_delivery_is_identified_by_the_digest_of_what_was_signed() {
    let message = format!("{URL}Bodya bMessageSid1");
    let expected = sha256(message.as_bytes());
    assert_eq!(of(sms(URL).signed_by(&key())).to_string(), expected);
    assert_eq!(DeliveryId::of(message).to_string(), expected);
}

#[test]
fn a_form_that_is_written_otherwise_is_the_same_delivery() {
    let signature = key().sign_form(URL, [("MessageSid", "1"), ("Body", "a b")]);
    for body in [
        "Body=a+b&MessageSid=1",
        "MessageSid=1&&Body=a%20b",
        "%42ody=a+b&MessageSid=%31&",
    ] {
        let request = WebhookRequest::raw(URL, FORM, body).header(SIGNATURE, &signature);
        assert_eq!(of(request.unsigned()), of(sms(URL).signed_by(&key())));
    }
}

#[test]
fn a_url_that_was_signed_otherwise_is_the_same_delivery() {
    for signed in [
        "http://hooks.example.com/sms?tenant=7",
        "https://hooks.example.com:443/sms?tenant=7",
        "http://hooks.example.com:80/sms?tenant=7",
    ] {
        let signature = key().sign_form(signed, [("MessageSid", "1"), ("Body", "a b")]);
        let request = sms(URL).header(SIGNATURE, signature).unsigned();
        assert_eq!(of(request), of(sms(URL).signed_by(&key())), "{signed}");
    }
    let with_credentials = sms("https://user:pass@Hooks.Example.com:8443/sms?tenant=7");
    assert_eq!(
        of(with_credentials.signed_by(&key())),
        of(sms(URL).signed_by(&key()))
    );
}

#[test]
fn a_body_that_was_signed_in_another_scheme_is_the_same_delivery() {
    let json = WebhookRequest::raw(URL, "application/json", "{}");
    let by_sha256 = json.clone().schemes([RawBodySha256]).signed_by(&key());
    let by_sha1 = json.schemes([RawBodySha1]).signed_by(&key());
    assert_eq!(of(by_sha256), of(by_sha1));
}

#[test]
fn whichever_key_signed_it_is_the_same_delivery() {
    let other = SigningKey::new("PSKother").unwrap();
    let both = Judge::new(SigningKeys::new([key(), other.clone()]).unwrap());
    let by = |key| {
        let verified = both.judge(sms(URL).signed_by(key)).unwrap();
        verified.delivery_id()
    };
    assert_eq!(by(&key()), by(&other));
}

#[test]
fn deliveries_that_differ_have_identities_that_differ() {
    let digest = |body: &str| {
        let json = WebhookRequest::raw(URL, "application/json", body);
        json.schemes([BodyDigest]).signed_by(&key())
    };
    let form = |fields: [(&str, &str); 2]| {
        let form = WebhookRequest::form(URL, fields).schemes([FormParameters]);
        form.signed_by(&key())
    };
    let all = [
        of(form([("MessageSid", "1"), ("MessageStatus", "sent")])),
        of(form([("MessageSid", "1"), ("MessageStatus", "delivered")])),
        of(form([("MessageSid", "2"), ("MessageStatus", "sent")])),
        of(sms("https://hooks.example.com/sms?tenant=8").signed_by(&key())),
        of(sms("https://hooks.example.org/sms?tenant=7").signed_by(&key())),
        of(WebhookRequest::get(URL).signed_by(&key())),
        of(digest("{}")),
        of(digest("[]")),
    ];
    let distinct: std::collections::HashSet<DeliveryId> = all.into_iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn an_identity_is_shown_in_hex_and_made_of_any_text() {
    let id = DeliveryId::of("SM1/sent");
    assert_eq!(id.to_string(), sha256(b"SM1/sent"));
    assert_eq!(format!("{id:?}"), format!("DeliveryId({id})"));
    let hex: String = id.as_bytes().map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(id.to_string(), hex);
    let other = DeliveryId::of("SM1/delivered");
    assert_ne!(id, other);
    let hashed = BuildHasherDefault::<DefaultHasher>::new();
    assert_ne!(hashed.hash_one(id), hashed.hash_one(other));
}
