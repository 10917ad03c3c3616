//! What an attacker can do with a genuine request that he captured, since SignalWire signs no
//! time, no content type and no boundaries, and which setting closes it. He has no key: every
//! request here carries a signature that SignalWire made for another.

mod support;

use axum::extract::Request;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use signalwire_webhook::{
    PublicUrl, RotatingKeys, SignalWireWebhookLayer, SignatureScheme, SigningKey,
    testing::WebhookRequest,
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

fn hex_bytes(hex: &str) -> Vec<u8> {
    let digits = |start| u8::from_str_radix(&hex[start..start + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
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
async fn a_key_that_is_replaced_ends_the_replay_while_the_server_runs() {
    let sms = WebhookRequest::form("https://h.example/sms", [("From", "+1555")]);
    let keys = RotatingKeys::new(key());
    let running = SignalWireWebhookLayer::new(keys.clone());
    assert!(passes(running.clone(), sms.clone().signed_by(&key())).await);
    keys.replace(SigningKey::new("PSKnew").unwrap());
    assert!(!passes(running, sms.signed_by(&key())).await);
}

#[tokio::test]
async fn the_method_and_the_other_headers_are_not_signed() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("From", "+1555")]);
    for method in ["POST", "PUT", "DELETE", "GET"] {
        let changed = WebhookRequest::raw(url, FORM, "From=%2B1555")
            .header("x-signalwire-signature", &captured)
            .header("cookie", "role=admin")
            .header("user-agent", "another")
            .method(method)
            .unsigned();
        assert!(passes(exact(url), changed).await, "{method}");
    }
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
async fn a_request_to_one_host_passes_on_another_that_trusts_forwarded_headers() {
    let captured = || {
        let signature = key().sign_form("https://staging.example/sms", [("From", "+1555")]);
        WebhookRequest::form("https://production.example/sms", [("From", "+1555")])
            .header("x-signalwire-signature", signature)
            .header("x-forwarded-host", "staging.example")
            .unsigned()
    };
    let trusting = PublicUrl::from_request().trust_forwarded_headers();
    assert!(passes(layer().public_url(trusting), captured()).await);
    assert!(!passes(layer(), captured()).await);
    let base = PublicUrl::base("https://production.example").unwrap();
    let pinned = layer().public_url(base.trust_forwarded_headers());
    assert!(!passes(pinned, captured()).await);
}

#[tokio::test]
async fn a_configured_url_pins_the_scheme_and_the_host_but_neither_port_nor_credentials() {
    for (signed, is_same) in [
        ("https://h.example/sms", true),
        ("https://u:p@h.example:8443/sms", true),
        ("https://u:p@h.example/sms", true),
        ("http://h.example:8443/sms", false),
        ("https://i.example:8443/sms", false),
        ("https://v:p@h.example:8443/sms", false),
    ] {
        let signature = key().sign_form(signed, [("From", "+1555")]);
        let captured = || replay("https://h.example/sms", FORM, "From=%2B1555", &signature);
        for url in [
            PublicUrl::base("https://u:p@h.example:8443"),
            PublicUrl::exact("https://u:p@h.example:8443/sms"),
        ] {
            let layer = layer().public_url(url.unwrap());
            assert_eq!(passes(layer, captured()).await, is_same, "{signed}");
        }
    }
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
async fn the_body_can_be_cut_into_the_url_and_the_exact_url_closes_it() {
    let url = "https://h.example/sms?t=1";
    let captured = key().sign_form(url, [("Body", "hi&admin=1&"), ("From", "+1555")]);
    let into_query = || {
        let url = "https://h.example/sms?t=1Bodyhi&admin=1&From+1555";
        replay(url, FORM, "", &captured)
    };
    let raw = key().sign_body("https://h.example/sms", b"/../admin");
    let into_path = || {
        let url = "https://h.example/sms/../admin";
        replay(url, "application/json", "", &raw)
    };
    let base = || layer().public_url(PublicUrl::base("https://h.example").unwrap());
    for open in [layer(), base()] {
        assert!(passes(open.clone(), into_query()).await);
        assert!(passes(open, into_path()).await);
    }
    assert!(!passes(exact(url), into_query()).await);
    assert!(!passes(exact("https://h.example/sms"), into_path()).await);
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

/// The other way round: a raw body's hex is written as base64, and the body's text as the name of
/// one field, or of several whose names and values come to the same text.
#[tokio::test]
async fn a_raw_body_passes_as_a_form_and_accept_closes_it() {
    let url = "https://h.example/sms";
    let raw = |body: &[u8]| {
        let digest = hex_bytes(&key().sign_body(url, body));
        STANDARD.encode(digest)
    };
    let one_name = || replay(url, FORM, "%7B%22a%22%3A1%7D", &raw(br#"{"a":1}"#));
    let fields = || replay(url, FORM, "Body=hi&From=%2B1555", &raw(b"BodyhiFrom+1555"));
    let hex_alone = layer().accept([SignatureScheme::RawBodySha1]);
    for layer in [layer(), exact(url)] {
        assert!(passes(layer.clone(), one_name()).await);
        assert!(passes(layer, fields()).await);
    }
    assert!(!passes(hex_alone.clone(), one_name()).await);
    assert!(!passes(hex_alone, fields()).await);
}

#[tokio::test]
async fn a_sha_256_signature_is_good_in_its_own_scheme_alone() {
    let url = "https://h.example/swml";
    let sha256 = key().sign_body_sha256(url, b"{}");
    let sha1 = key().sign_body(url, b"{}");
    let with = |header: &str, signature: &str| {
        WebhookRequest::raw(url, "application/json", "{}")
            .header(header, signature)
            .unsigned()
    };
    let own_header = "x-signalwire-sha256-signature";
    let narrowed = layer().accept([SignatureScheme::RawBodySha256]);
    assert!(passes(narrowed.clone(), with(own_header, &sha256)).await);
    for (header, signature) in [
        ("x-signalwire-signature", &sha256),
        (own_header, &sha1),
        ("x-twilio-signature", &sha256),
    ] {
        assert!(!passes(layer(), with(header, signature)).await);
    }
    assert!(!passes(narrowed, with("x-signalwire-signature", &sha1)).await);
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

/// `exact` is no help there: SignalWire puts another `bodySHA256` into each url.
#[tokio::test]
async fn where_digests_are_accepted_a_text_that_names_one_passes_on_a_path_like_its_forms() {
    const DIGEST: &str =
        "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a&";
    for (url, text) in [
        ("https://h.example/sms?t=1", format!("&{DIGEST}")),
        ("https://h.example/sms", format!("?{DIGEST}")),
    ] {
        let captured = key().sign_form(url, [("Body", text.as_str()), ("From", "+1")]);
        let moved = format!("{url}Body{text}From+1");
        let other_body = replay(&moved, "application/json", "{}", &captured);
        let digests = layer().accept([SignatureScheme::BodyDigest]);
        assert!(passes(digests.clone(), other_body).await, "{moved}");
        let elsewhere = moved.replace("/sms", "/status");
        let other_body = replay(&elsewhere, "application/json", "{}", &captured);
        assert!(!passes(digests, other_body).await, "{elsewhere}");
    }
}

#[tokio::test]
async fn the_narrowest_layer_for_a_form_leaves_open_what_exact_and_accept_cannot_close() {
    let url = "https://h.example/sms?t=1";
    let narrowest = || exact(url).accept([SignatureScheme::FormParameters]);
    let captured = key().sign_form(url, [("Body", "xFrom+1666"), ("From", "+1555")]);
    let sent = |url: &str, body: &str| replay(url, FORM, body, &captured);
    let genuine = "Body=xFrom%2B1666&From=%2B1555";
    for (what, open) in [
        ("the request again", sent(url, genuine)),
        (
            "another path and query",
            sent("https://i.example/a?b", genuine),
        ),
        (
            "fields cut elsewhere",
            sent(url, "Body=x&From=%2B1666From%2B1555"),
        ),
        (
            "a pair twice",
            sent(url, "Body=xFrom%2B1666&From=%2B1555&From=%2B1555"),
        ),
    ] {
        assert!(passes(narrowest(), open).await, "{what}");
    }
    let as_raw_body = key().sign_body(url, b"BodyxFrom+1666From+1555");
    let cut_url = "https://h.example/sms?t=1BodyxFrom+1666From+1555";
    for (what, closed) in [
        ("url cut into the body", &|| {
            sent("https://h.example/sms", &format!("%3Ft%3D=1&{genuine}"))
        }),
        ("body cut into the url", &|| sent(cut_url, "")),
        ("as a raw body", &|| {
            replay(url, FORM, "BodyxFrom+1666From+1555", &as_raw_body)
        }),
    ] as [(&str, &dyn Fn() -> Request); 3]
    {
        assert!(passes(layer(), closed()).await, "{what}");
        assert!(!passes(narrowest(), closed()).await, "{what}");
    }
}

#[tokio::test]
async fn the_narrowest_layer_for_swml_leaves_open_only_what_is_not_signed() {
    const JSON: &str = "application/json";
    let url = "https://h.example/swml?t=1";
    let narrowest = || exact(url).accept([SignatureScheme::RawBodySha256]);
    let sha256 = key().sign_body_sha256(url, br#"{"a":1}"#);
    let sha1 = key().sign_body(url, br#"{"a":1}"#);
    let sent = |url: &str, content_type: &str, body: &str| {
        WebhookRequest::raw(url, content_type, body)
            .header("x-signalwire-sha256-signature", &sha256)
            .header("x-signalwire-signature", &sha1)
            .unsigned()
    };
    for (what, open) in [
        ("the request again", sent(url, JSON, r#"{"a":1}"#)),
        (
            "another path and query",
            sent("https://i.example/a?b", JSON, r#"{"a":1}"#),
        ),
        ("another content type", sent(url, "text/html", r#"{"a":1}"#)),
    ] {
        assert!(passes(narrowest(), open).await, "{what}");
    }
    let digest = STANDARD.encode(hex_bytes(&sha1));
    for (what, closed) in [
        ("url cut into the body", &|| {
            sent("https://h.example/swml", JSON, r#"?t=1{"a":1}"#)
        }),
        ("body cut into the url", &|| {
            sent("https://h.example/swml?t=1{", JSON, r#""a":1}"#)
        }),
        ("as a form", &|| {
            replay(url, FORM, "%7B%22a%22%3A1%7D", &digest)
        }),
        ("by the weaker signature alone", &|| {
            replay(url, JSON, r#"{"a":1}"#, &sha1)
        }),
    ] as [(&str, &dyn Fn() -> Request); 4]
    {
        assert!(passes(layer(), closed()).await, "{what}");
        assert!(!passes(narrowest(), closed()).await, "{what}");
    }
}
