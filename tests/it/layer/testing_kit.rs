//! The kit for users' tests: each constructor and modifier, as a server sees the request.

use std::panic::catch_unwind;

use axum::{Router, extract::Request, routing::any};
use bytes::Bytes;
use http::{StatusCode, request::Parts};
use http_body_util::BodyExt as _;
use signalwire_webhook::{
    PublicUrl, Rejection, RejectionReason, SignalWireWebhookLayer, SignatureScheme, SigningKey,
    VerifiedWebhook, testing::WebhookRequest,
};
use tower::ServiceExt as _;

const URL: &str = "https://hooks.example.com/voice?tenant=7";
const SHA1: &str = "x-signalwire-signature";
const SHA256: &str = "x-signalwire-sha256-signature";

fn key() -> SigningKey {
    SigningKey::new("PSKtest").unwrap()
}

async fn taken_apart(request: Request) -> (Parts, Bytes) {
    let (parts, body) = request.into_parts();
    (parts, body.collect().await.unwrap().to_bytes())
}

/// The scheme that the layer verified, or the reason for which it refused.
async fn judged(request: Request) -> Result<SignatureScheme, RejectionReason> {
    let layer = SignalWireWebhookLayer::new(key());
    judged_by(layer, request).await
}

async fn judged_by(
    layer: SignalWireWebhookLayer,
    request: Request,
) -> Result<SignatureScheme, RejectionReason> {
    let scheme = async |verified: VerifiedWebhook| format!("{:?}", verified.scheme());
    let app: Router = Router::new().fallback(any(scheme)).layer(layer);
    let response = app.oneshot(request).await.unwrap();
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        return Err(rejection.reason());
    }
    assert_eq!(response.status(), StatusCode::OK);
    let name = response.into_body().collect().await.unwrap().to_bytes();
    let named = |scheme: &SignatureScheme| format!("{scheme:?}").as_bytes() == name;
    Ok(SignatureScheme::ALL.iter().copied().find(named).unwrap())
}

#[tokio::test]
async fn a_get_arrives_as_a_server_receives_it() {
    let request = WebhookRequest::get(URL).signed_by(&key());
    let (parts, body) = taken_apart(request).await;
    assert_eq!(parts.method, "GET");
    assert_eq!(parts.uri, "/voice?tenant=7");
    assert_eq!(parts.headers["host"], "hooks.example.com");
    assert_eq!(parts.headers[SHA1], key().sign_form::<&str, &str>(URL, []));
    assert_eq!(parts.headers.len(), 2);
    assert!(body.is_empty());
}

#[tokio::test]
async fn a_form_is_encoded_and_signed_decoded() {
    let fields = [("From", "+1 555"), ("Körper", "ä&b=c\n"), ("Empty", "")];
    let request = WebhookRequest::form(URL, fields).signed_by(&key());
    let (parts, body) = taken_apart(request).await;
    assert_eq!(parts.method, "POST");
    assert_eq!(
        parts.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(parts.headers[SHA1], key().sign_form(URL, fields));
    assert!(!parts.headers.contains_key(SHA256));
    let decoded: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
    let expected = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(decoded, expected);
}

#[tokio::test]
async fn json_and_raw_bodies_are_signed_with_both_digests() {
    let value = serde_json::json!({"call": {"call_id": "abc-123"}});
    let json = br#"{"call":{"call_id":"abc-123"}}"#;
    for (request, content_type, expected) in [
        (
            WebhookRequest::json(URL, &value),
            "application/json",
            &json[..],
        ),
        (
            WebhookRequest::raw(URL, "text/plain", *b"\xff\0"),
            "text/plain",
            b"\xff\0",
        ),
    ] {
        let (parts, body) = taken_apart(request.signed_by(&key())).await;
        assert_eq!(parts.method, "POST");
        assert_eq!(parts.headers["content-type"], content_type);
        assert_eq!(parts.headers[SHA1], key().sign_body_sha1(URL, expected));
        assert_eq!(parts.headers[SHA256], key().sign_body_sha256(URL, expected));
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn each_constructor_is_verified_in_its_scheme() {
    for (request, scheme) in [
        (WebhookRequest::get(URL), SignatureScheme::FormParameters),
        (
            WebhookRequest::form(URL, [("Körper", "ä&b=c\n")]),
            SignatureScheme::FormParameters,
        ),
        (
            WebhookRequest::json(URL, &["swml"]),
            SignatureScheme::RawBodySha256,
        ),
        (
            WebhookRequest::raw(URL, "text/plain", ""),
            SignatureScheme::RawBodySha256,
        ),
    ] {
        assert_eq!(judged(request.signed_by(&key())).await, Ok(scheme));
    }
}

#[tokio::test]
async fn schemes_choose_what_is_signed() {
    for url in [URL, "https://hooks.example.com/voice"] {
        for scheme in SignatureScheme::ALL {
            let request = match scheme {
                SignatureScheme::FormParameters => WebhookRequest::form(url, [("a", "b")]),
                _ => WebhookRequest::json(url, &["swml"]),
            };
            let request = request.schemes([scheme]).signed_by(&key());
            assert_eq!(judged(request).await, Ok(*scheme), "{url}");
        }
    }
    let strongest_of_two = WebhookRequest::json(URL, &["swml"])
        .schemes([SignatureScheme::RawBodySha256, SignatureScheme::BodyDigest]);
    assert_eq!(
        judged(strongest_of_two.signed_by(&key())).await,
        Ok(SignatureScheme::RawBodySha256)
    );
    let none = WebhookRequest::json(URL, &["swml"]).schemes::<SignatureScheme>([]);
    assert_eq!(
        judged(none.signed_by(&key())).await,
        Err(RejectionReason::MissingSignature)
    );
}

#[tokio::test]
async fn the_digest_of_the_body_stands_in_the_query() {
    let signed = |url| {
        WebhookRequest::raw(url, "application/json", "{}")
            .schemes([SignatureScheme::BodyDigest])
            .signed_by(&key())
    };
    // printf %s '{}' | sha256sum
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(
        signed(URL).uri().to_string(),
        format!("/voice?tenant=7&bodySHA256={digest}")
    );
    assert_eq!(
        signed("https://hooks.example.com").uri().to_string(),
        format!("/?bodySHA256={digest}")
    );
}

#[tokio::test]
async fn what_is_deliberately_wrong_is_refused() {
    let stranger = SigningKey::new("PSKother").unwrap();
    for request in [
        WebhookRequest::get(URL),
        WebhookRequest::get("https://hooks.example.com"),
        WebhookRequest::form(URL, [("From", "+15551234567")]),
        WebhookRequest::json(URL, &["swml"]),
        WebhookRequest::raw(URL, "text/plain", "text"),
        WebhookRequest::json(URL, &["swml"]).schemes([SignatureScheme::RawBodySha1]),
    ] {
        let mismatch = Err(RejectionReason::SignatureMismatch);
        let tampered = request.clone().tampered().signed_by(&key());
        assert_eq!(judged(tampered).await, mismatch);
        let forged = request.clone().signed_by(&stranger);
        assert_eq!(judged(forged).await, mismatch);
        let missing = Err(RejectionReason::MissingSignature);
        assert_eq!(judged(request.unsigned()).await, missing);
    }
    let digest = WebhookRequest::json(URL, &["swml"]).schemes([SignatureScheme::BodyDigest]);
    assert_eq!(
        judged(digest.tampered().signed_by(&key())).await,
        Err(RejectionReason::BodyDigestMismatch)
    );
}

#[tokio::test]
async fn a_tampered_body_is_still_of_its_kind() {
    let form = WebhookRequest::form(URL, [("From", "1")])
        .tampered()
        .unsigned();
    let (_, body) = taken_apart(form).await;
    assert_eq!(body, "From=1&Tampered=1");
    let json = WebhookRequest::json(URL, &["swml"]).tampered().unsigned();
    let (_, body) = taken_apart(json).await;
    let value: [&str; 1] = serde_json::from_slice(&body).unwrap();
    assert_eq!(value, ["swml"]);
}

#[tokio::test]
async fn method_and_headers_are_set() {
    let request = WebhookRequest::json(URL, &["swml"])
        .method("PUT")
        .header("user-agent", "SignalWire")
        .header("content-type", "application/swml+json")
        .signed_by(&key());
    assert_eq!(request.method(), "PUT");
    assert_eq!(request.headers()["user-agent"], "SignalWire");
    assert_eq!(request.headers()["content-type"], "application/swml+json");
    assert_eq!(judged(request).await, Ok(SignatureScheme::RawBodySha256));
}

#[tokio::test]
async fn another_host_makes_it_arrive_through_a_proxy() {
    let proxied = || {
        WebhookRequest::form(URL, [("From", "1")])
            .header("host", "10.0.0.7:8080")
            .signed_by(&key())
    };
    assert_eq!(
        judged(proxied()).await,
        Err(RejectionReason::SignatureMismatch)
    );
    let url = PublicUrl::base("https://hooks.example.com").unwrap();
    let layer = SignalWireWebhookLayer::new(key()).public_url(url);
    let verified = judged_by(layer, proxied()).await;
    assert_eq!(verified, Ok(SignatureScheme::FormParameters));
}

#[tokio::test]
async fn the_urls_credentials_arrive_as_a_header() {
    let url = "https://user:p%40ss@hooks.example.com:8443/voice";
    let request = WebhookRequest::form(url, [("From", "1")]).signed_by(&key());
    assert_eq!(request.headers()["host"], "hooks.example.com:8443");
    // printf %s 'user:p@ss' | base64
    assert_eq!(request.headers()["authorization"], "Basic dXNlcjpwQHNz");
    assert_eq!(*request.uri(), "/voice");
}

#[test]
fn what_cannot_be_sent_panics_with_a_sentence() {
    type Build = fn() -> Request;
    let panics: [(Build, &str); 6] = [
        (
            || WebhookRequest::get("https://").unsigned(),
            "\"https://\" is not a url",
        ),
        (
            || WebhookRequest::get("/voice").unsigned(),
            "\"/voice\" names no host",
        ),
        (
            || WebhookRequest::get(URL).method("G T").unsigned(),
            "\"G T\" is not an HTTP method",
        ),
        (
            || WebhookRequest::get(URL).header("a b", "c").unsigned(),
            "\"a b\" is not a header name",
        ),
        (
            || WebhookRequest::get(URL).header("a", "b\nc").unsigned(),
            "the value of the header a has a forbidden byte",
        ),
        (
            || {
                let fields: Vec<_> = (0..1001).map(|number| (number, "")).collect();
                WebhookRequest::form(URL, fields).signed_by(&key())
            },
            "a form has at most 1,000 parameters",
        ),
    ];
    for (build, sentence) in panics {
        let panic = catch_unwind(build).unwrap_err();
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap();
        assert!(message.contains(sentence), "{message}");
    }
}
