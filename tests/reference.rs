//! The three reference vectors of SignalWire's guides, by every way to verify.

mod support;

use axum::http::StatusCode;
use signalwire_webhook::{
    PublicUrl, SignalWireWebhookLayer, SignatureScheme, SigningKey, testing::WebhookRequest,
    validate_request, validate_request_with_body,
};
use support::{Echo, key, send};

const JSON_URL: &str = "https://example.ngrok.io/webhook";
const JSON: &[u8] = br#"{"event":"call.state","params":{"call_id":"abc-123","state":"answered"}}"#;
const JSON_SIGNATURE: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";

const FORM_KEY: &str = "12345";
const FORM_URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM: [(&str, &str); 5] = [
    ("To", "+18005551212"),
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("From", "+14158675309"),
    ("Digits", "1234"),
];
const FORM_SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

const DIGEST_URL: &str = "https://example.ngrok.io/webhook?bodySHA256=69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4";
const DIGEST_BODY: &[u8] = br#"{"event":"call.state"}"#;
const DIGEST_SIGNATURE: &str = "dfO9ek8mxyFtn2nMz24plPmPfIY=";

async fn scheme_that_passes(
    key: SigningKey,
    request: WebhookRequest,
    signature: &str,
) -> SignatureScheme {
    let echo = Echo::default();
    let app = echo.router().layer(SignalWireWebhookLayer::new(key));
    let request = request
        .header("x-signalwire-signature", signature)
        .unsigned();
    assert_eq!(send(&app, request).await.status, StatusCode::OK);
    echo.calls()[0].verified.as_ref().unwrap().scheme()
}

#[tokio::test]
async fn the_raw_body() {
    assert_eq!(key().sign_body(JSON_URL, JSON), JSON_SIGNATURE);
    assert!(validate_request_with_body(
        &key(),
        JSON_SIGNATURE,
        JSON_URL,
        JSON
    ));
    let request = WebhookRequest::raw(JSON_URL, "application/json", JSON);
    assert_eq!(
        scheme_that_passes(key(), request, JSON_SIGNATURE).await,
        SignatureScheme::RawBodySha1
    );
}

#[tokio::test]
async fn the_form() {
    let key = SigningKey::new(FORM_KEY).unwrap();
    assert_eq!(key.sign_form(FORM_URL, FORM), FORM_SIGNATURE);
    assert!(validate_request(&key, FORM_SIGNATURE, FORM_URL, FORM));
    let request = WebhookRequest::form(FORM_URL, FORM);
    assert_eq!(
        scheme_that_passes(key, request, FORM_SIGNATURE).await,
        SignatureScheme::FormParameters
    );
}

#[tokio::test]
async fn the_body_digest() {
    let parameters: [(&str, &str); 0] = [];
    assert_eq!(key().sign_form(DIGEST_URL, parameters), DIGEST_SIGNATURE);
    assert!(validate_request_with_body(
        &key(),
        DIGEST_SIGNATURE,
        DIGEST_URL,
        DIGEST_BODY
    ));
    let request = WebhookRequest::raw(DIGEST_URL, "application/json", DIGEST_BODY);
    assert_eq!(
        scheme_that_passes(key(), request, DIGEST_SIGNATURE).await,
        SignatureScheme::BodyDigest
    );
}

#[test]
fn the_functions_refuse_what_was_not_signed() {
    let key = SigningKey::new(FORM_KEY).unwrap();
    let no_parameters: [(&str, &str); 0] = [];
    assert!(!validate_request(
        &key,
        FORM_SIGNATURE,
        FORM_URL,
        no_parameters
    ));
    assert!(!validate_request(&key, "", FORM_URL, FORM));
    assert!(!validate_request(
        &key,
        &key.sign_body(FORM_URL, b""),
        FORM_URL,
        FORM
    ));
    assert!(!validate_request(
        &key,
        FORM_SIGNATURE,
        "https://mycompany.com/",
        FORM
    ));
    assert!(!validate_request_with_body(
        &key,
        FORM_SIGNATURE,
        FORM_URL,
        b"a=b"
    ));
    assert!(!validate_request_with_body(&key, "é", FORM_URL, b""));

    let of_the_url = key.sign_form(FORM_URL, no_parameters);
    assert!(validate_request_with_body(&key, &of_the_url, FORM_URL, b""));
    assert!(!validate_request_with_body(
        &key,
        &of_the_url,
        FORM_URL,
        b"{}"
    ));

    let of_a_digest = support::key().sign_form(DIGEST_URL, no_parameters);
    assert!(!validate_request(
        &support::key(),
        &of_a_digest,
        DIGEST_URL,
        no_parameters
    ));
    assert!(!validate_request_with_body(
        &support::key(),
        &of_a_digest,
        DIGEST_URL,
        b"{}"
    ));
}

#[test]
fn the_functions_try_the_port_as_signalwires_packages_do() {
    let key = key();
    for (signed, given, accepted) in [
        ("https://h.example:443/x", "https://h.example/x", true),
        ("http://h.example:80/x", "http://h.example/x", true),
        ("https://h.example/x", "https://h.example:8443/x", true),
        ("https://h.example:8443/x", "https://h.example/x", false),
        ("http://h.example/x", "https://h.example/x", false),
        ("not a url", "not a url", true),
    ] {
        let of_form = key.sign_form(signed, [("a", "b")]);
        assert_eq!(
            validate_request(&key, &of_form, given, [("a", "b")]),
            accepted,
            "{given}"
        );
        let of_body = key.sign_body_sha256(signed, b"{}");
        assert_eq!(
            validate_request_with_body(&key, &of_body, given, b"{}"),
            accepted,
            "{given}"
        );
    }
}

/// `PublicUrl::exact` is for one route, whatever the path that the request shows.
#[tokio::test]
async fn the_exact_url_stands_for_the_requests() {
    let echo = Echo::default();
    let layer = SignalWireWebhookLayer::new(key()).public_url(PublicUrl::exact(JSON_URL).unwrap());
    let app = echo.router().layer(layer);
    let signature = key().sign_body(JSON_URL, JSON);
    let request = WebhookRequest::raw("http://app:3000/elsewhere?a=b", "application/json", JSON)
        .header("x-signalwire-signature", signature);
    assert_eq!(send(&app, request.unsigned()).await.status, StatusCode::OK);
}
