//! `Verifier` by itself, as a queue worker or another framework calls it.

use http::request::Parts;
use signalwire_webhook::{PublicUrl, RejectionReason, SignatureScheme, VerifiedWebhook, Verifier};

use crate::support::{WebhookRequest, key};

const URL: &str = "https://hooks.example.com/hooks/sms?tenant=7";
const BODY: &[u8] = b"From=%2B1555";

fn sms() -> Parts {
    let sms = WebhookRequest::form(URL, [("From", "+1555")]).signed_by(&key());
    sms.into_parts().0
}

fn verify(verifier: &Verifier, request: &Parts) -> Result<VerifiedWebhook, RejectionReason> {
    verifier.verify(request, BODY)
}

#[test]
fn it_says_what_was_signed_and_by_whom() {
    let verified = verify(&Verifier::new(key().with_id("main")), &sms()).unwrap();
    assert_eq!(verified.scheme(), SignatureScheme::FormParameters);
    assert_eq!(verified.url(), URL);
    assert_eq!(verified.key_id(), "main");
}

#[test]
fn it_is_shared_by_any_number_of_threads() {
    let verifier = Verifier::new(key());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(verify(&verifier.clone(), &sms()).is_ok()));
        }
    });
}

/// A router that strips a prefix leaves another URI: the one received must be put back.
#[test]
fn the_path_is_that_of_the_uri_it_is_given() {
    let mut stripped = sms();
    stripped.uri = "/sms?tenant=7".parse().unwrap();
    let verifier = Verifier::new(key());
    let refused = verify(&verifier, &stripped).unwrap_err();
    assert_eq!(refused, RejectionReason::SignatureMismatch);
    let prefixed = PublicUrl::base("https://hooks.example.com/hooks").unwrap();
    assert!(verify(&verifier.public_url(prefixed), &stripped).is_ok());
}

/// Nothing puts the signed query into the request: the proof has it.
#[test]
fn under_exact_the_signed_query_is_in_the_proof_and_not_in_the_request() {
    let mut elsewhere = sms();
    elsewhere.uri = "/hooks/sms?tenant=8".parse().unwrap();
    let exact = Verifier::new(key()).public_url(PublicUrl::exact(URL).unwrap());
    let verified = verify(&exact, &elsewhere).unwrap();
    assert!(verified.url().ends_with("?tenant=7"));
    assert_eq!(elsewhere.uri.query(), Some("tenant=8"));
}

/// AWS Lambda's adapter keeps a query in a map and writes it anew.
#[test]
fn under_exact_a_query_that_was_rewritten_on_its_way_passes() {
    for (configured, received) in [
        ("tenant=7&lang=en", "lang=en&tenant=7"),
        ("name=Jane%20Doe", "name=Jane+Doe"),
        ("flag", "flag="),
        ("url=https://x.example/a", "url=https%3A%2F%2Fx.example%2Fa"),
    ] {
        let url = format!("https://hooks.example.com/sms?{configured}");
        let signed = WebhookRequest::form(&url, [("From", "+1555")]).signed_by(&key());
        let (mut request, _) = signed.into_parts();
        request.uri = format!("/sms?{received}").parse().unwrap();
        let exact = PublicUrl::exact(&url).unwrap();
        let verifier = Verifier::new(key());
        assert!(verify(&verifier, &request).is_err(), "{received}");
        assert!(
            verify(&verifier.public_url(exact), &request).is_ok(),
            "{received}"
        );
    }
}

#[test]
fn its_debug_output_has_its_settings_and_no_key() {
    let verifier = Verifier::new(key())
        .public_url(PublicUrl::base("https://user:secret@hooks.example.com").unwrap())
        .accept([SignatureScheme::FormParameters])
        .forms_begin_with("AccountSid");
    let text = format!("{verifier:?}");
    for part in [
        "sha256:",
        "hooks.example.com",
        "[FormParameters]",
        "AccountSid",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("PSK") && !text.contains("secret"), "{text}");
}

#[test]
fn the_debug_output_of_a_proof_has_its_scheme_and_key_and_no_url() {
    let named = key().with_id("main");
    let verified = verify(&Verifier::new(named), &sms()).unwrap();
    assert_eq!(
        format!("{verified:?}"),
        r#"VerifiedWebhook { scheme: FormParameters, key_id: "main", .. }"#
    );
}
