//! What an attacker can do with a genuine request that he captured, since SignalWire signs no
//! time, no content type and no boundaries, and which setting closes it. He has no key: every
//! request here carries a signature that SignalWire made for another.

mod support;

use axum::extract::Request;
use signalwire_webhook::{
    PublicUrl, SignalWireWebhookLayer, SignatureScheme, testing::WebhookRequest,
};
use support::{Echo, key, send};

const FORM: &str = "application/x-www-form-urlencoded";

/// A captured signature on another request.
fn replay(url: &str, content_type: &str, body: &str, signature: &str) -> Request {
    WebhookRequest::raw(url, content_type, body)
        .header("x-signalwire-signature", signature)
        .unsigned()
}

async fn passes(layer: SignalWireWebhookLayer, request: Request) -> bool {
    let echo = Echo::default();
    let answer = send(&echo.router().layer(layer), request).await;
    assert_eq!(answer.status == 200, !echo.calls().is_empty());
    answer.status == 200
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn exact(url: &str) -> SignalWireWebhookLayer {
    layer().public_url(PublicUrl::exact(url).unwrap())
}

#[tokio::test]
async fn a_captured_request_passes_again_for_as_long_as_the_key_is_valid() {
    let sms = WebhookRequest::form("https://h.example/sms", [("From", "+1555")]);
    let captured = || sms.clone().signed_by(&key());
    assert!(passes(layer(), captured()).await);
    assert!(passes(layer(), captured()).await);
    let new_key = signalwire_webhook::SigningKey::new("PSKnew").unwrap();
    assert!(!passes(SignalWireWebhookLayer::new(new_key), captured()).await);
}

#[tokio::test]
async fn a_request_to_one_host_passes_on_another_and_a_configured_url_closes_it() {
    let captured = || {
        WebhookRequest::form("https://staging.example/sms", [("From", "+1555")]).signed_by(&key())
    };
    assert!(passes(layer(), captured()).await);
    let base = PublicUrl::base("https://production.example").unwrap();
    assert!(!passes(layer().public_url(base), captured()).await);
    assert!(!passes(exact("https://production.example/sms"), captured()).await);
}

#[tokio::test]
async fn a_path_below_a_prefix_passes_on_another_path_where_forwarded_headers_are_trusted() {
    let signature = key().sign_form("https://h.example/tenant/admin", [("a", "b")]);
    let captured = || {
        WebhookRequest::form("https://h.example/admin", [("a", "b")])
            .header("x-signalwire-signature", &signature)
            .header("x-forwarded-prefix", "/tenant")
            .unsigned()
    };
    let trusting = PublicUrl::from_request().trust_forwarded_headers();
    assert!(passes(layer().public_url(trusting), captured()).await);
    assert!(!passes(layer(), captured()).await);
}

#[tokio::test]
async fn names_and_values_can_be_cut_elsewhere() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("Body", "xFrom+1666"), ("From", "+1555")]);
    let cut = || replay(url, FORM, "Body=x&From=%2B1666From%2B1555", &captured);
    assert!(passes(layer(), cut()).await);
    assert!(passes(exact(url), cut()).await);
}

#[tokio::test]
async fn the_query_can_be_cut_into_the_body_and_the_exact_url_closes_it() {
    let captured = key().sign_form("https://h.example/voice?a=b", [("", ""); 0]);
    let hex_of_captured = key().sign_body("https://h.example/voice?a=b", b"");
    let as_form = || replay("https://h.example/voice", FORM, "%3Fa%3D=b", &captured);
    let as_body = || {
        replay(
            "https://h.example/voice",
            "text/plain",
            "?a=b",
            &hex_of_captured,
        )
    };
    assert!(passes(layer(), as_form()).await);
    assert!(passes(layer(), as_body()).await);
    assert!(!passes(exact("https://h.example/voice?a=b"), as_form()).await);
    assert!(!passes(exact("https://h.example/voice?a=b"), as_body()).await);
}

#[tokio::test]
async fn a_pair_can_be_sent_twice() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("From", "+1555"), ("To", "+1666")]);
    let twice = replay(url, FORM, "From=%2B1555&To=%2B1666&From=%2B1555", &captured);
    assert!(passes(layer(), twice).await);
    let another_value = replay(url, FORM, "From=%2B1555&To=%2B1666&From=%2B1777", &captured);
    assert!(!passes(layer(), another_value).await);
}

#[tokio::test]
async fn a_form_can_be_encoded_otherwise_and_a_raw_body_be_of_another_content_type() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("Body", "a b")]);
    for body in ["Body=a+b", "Body=a%20b", "%42ody=a b&&"] {
        assert!(
            passes(layer(), replay(url, FORM, body, &captured)).await,
            "{body}"
        );
    }
    let captured = key().sign_body(url, b"{}");
    for content_type in ["application/json", "text/html"] {
        assert!(passes(layer(), replay(url, content_type, "{}", &captured)).await);
    }
}

/// The digest of base64 and hex is one: here base64 was captured and hex is sent.
#[tokio::test]
async fn one_scheme_passes_as_another_and_accept_closes_it() {
    let url = "https://h.example/sms";
    let as_hex = key().sign_body(url, b"Bodyx&From=boss&From+1555");
    let form = [("Body", "x&From=boss&"), ("From", "+1555")];
    assert!(passes(layer(), WebhookRequest::form(url, form).signed_by(&key())).await);
    let other_scheme = || replay(url, FORM, "Bodyx&From=boss&From+1555", &as_hex);
    assert!(passes(layer(), other_scheme()).await);
    let narrowed = layer().accept([SignatureScheme::FormParameters]);
    assert!(!passes(narrowed, other_scheme()).await);
}

/// Whoever may choose a parameter's text, as the sender of a message, can have a URL signed that
/// names the digest of any body.
#[tokio::test]
async fn a_text_that_names_a_digest_passes_as_a_url_and_exact_and_accept_close_it() {
    const DIGEST: &str =
        "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a&";
    let url = "https://h.example/sms?t=1";
    let captured = key().sign_form(
        url,
        [("Body", format!("hi&{DIGEST}")), ("From", "+1".into())],
    );
    let moved = format!("{url}Bodyhi&{DIGEST}From+1");
    let other_body = || replay(&moved, "application/json", "{}", &captured);
    assert!(passes(layer(), other_body()).await);
    assert!(!passes(exact(url), other_body()).await);
    let narrowed = layer().accept([SignatureScheme::FormParameters]);
    assert!(!passes(narrowed, other_body()).await);
}

#[tokio::test]
async fn with_an_exact_url_any_path_and_query_pass_unsigned() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("From", "+1555")]);
    let elsewhere = replay(
        "https://h.example/other?admin=1",
        FORM,
        "From=%2B1555",
        &captured,
    );
    assert!(passes(exact(url), elsewhere).await);
}
