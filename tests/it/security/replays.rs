//! What an attacker can do with a genuine request that he captured, since SignalWire signs no
//! time, no content type and no boundaries, and which setting closes it. He has no key: every
//! request here carries a signature that SignalWire made for another.

use axum::extract::Request;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use signalwire_webhook::{
    ForwardingHeader, PublicUrl, RejectionReason, SignatureScheme, SigningKey,
};
#[cfg(feature = "axum")]
use signalwire_webhook::{RotatingKeys, SignalWireWebhookLayer};

#[cfg(feature = "axum")]
use crate::support::{Echo, send};
use crate::support::{
    Judge, WebhookRequest, key,
    signed::{FORM, SHA256_SIGNATURE, SIGNATURE, sha256, sign_url},
};

/// A captured signature on another request.
fn replay(url: &str, content_type: &str, body: &str, signature: &str) -> Request {
    WebhookRequest::raw(url, content_type, body)
        .header(SIGNATURE, signature)
        .unsigned()
}

fn hex_bytes(hex: &str) -> Vec<u8> {
    let digits = |start| u8::from_str_radix(&hex[start..start + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}

fn judge() -> Judge {
    Judge::new(key())
}

fn base(url: &str) -> Judge {
    judge().public_url(PublicUrl::base(url).unwrap())
}

fn exact(url: &str) -> Judge {
    judge().public_url(PublicUrl::exact(url).unwrap())
}

#[test]
fn a_captured_request_passes_again_for_as_long_as_the_key_is_valid() {
    let sms = WebhookRequest::form("https://h.example/sms", [("From", "+1555")]);
    let captured = || sms.clone().signed_by(&key());
    let (first, again) = (judge().judge(captured()), judge().judge(captured()));
    // All that tells a copy from its original is that it has the same identity.
    assert_eq!(first.unwrap().delivery_id(), again.unwrap().delivery_id());
    let new_key = SigningKey::new("PSKnew").unwrap();
    assert!(!Judge::new(new_key).passes(captured()));
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn a_key_that_is_replaced_ends_the_replay_while_the_server_runs() {
    let sms = WebhookRequest::form("https://h.example/sms", [("From", "+1555")]);
    let keys = RotatingKeys::new(key());
    let running = Echo::default()
        .router()
        .layer(SignalWireWebhookLayer::new(keys.clone()));
    send(&running, sms.clone().signed_by(&key()))
        .await
        .assert_passed();
    keys.replace(SigningKey::new("PSKnew").unwrap());
    send(&running, sms.signed_by(&key()))
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}

#[test]
fn the_method_and_the_other_headers_are_not_signed() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("From", "+1555")]);
    for method in ["POST", "PUT", "DELETE", "GET"] {
        let changed = WebhookRequest::raw(url, FORM, "From=%2B1555")
            .header(SIGNATURE, &captured)
            .header("cookie", "role=admin")
            .header("user-agent", "another")
            .method(method)
            .unsigned();
        assert!(exact(url).passes(changed), "{method}");
    }
}

#[test]
fn a_request_to_one_host_passes_on_another_and_a_configured_url_closes_it() {
    let captured = || {
        WebhookRequest::form("https://staging.example/sms", [("From", "+1555")]).signed_by(&key())
    };
    assert!(judge().passes(captured()));
    assert!(!base("https://production.example").passes(captured()));
    assert!(!exact("https://production.example/sms").passes(captured()));
}

#[test]
fn a_request_to_one_host_passes_on_another_that_believes_a_header_which_the_client_wrote() {
    let captured = || {
        let signature = key().sign_form("https://staging.example/sms", [("From", "+1555")]);
        WebhookRequest::form("https://production.example/sms", [("From", "+1555")])
            .header(SIGNATURE, signature)
            .header("x-forwarded-host", "staging.example")
            .unsigned()
    };
    let trusting = PublicUrl::from_headers([ForwardingHeader::XForwardedHost]);
    assert!(judge().public_url(trusting).passes(captured()));
    assert!(!judge().passes(captured()));
    assert!(!base("https://production.example").passes(captured()));
}

#[test]
fn a_configured_url_pins_the_scheme_and_the_host_but_neither_port_nor_credentials() {
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
            let layer = judge().public_url(url.unwrap());
            assert_eq!(layer.passes(captured()), is_same, "{signed}");
        }
    }
}

#[test]
fn a_path_below_a_prefix_passes_on_another_path_where_the_prefixs_header_is_trusted() {
    let signature = key().sign_form("https://h.example/tenant/admin", [("a", "b")]);
    let captured = || {
        WebhookRequest::form("https://h.example/admin", [("a", "b")])
            .header(SIGNATURE, &signature)
            .header("x-forwarded-prefix", "/tenant")
            .unsigned()
    };
    let trusting = PublicUrl::from_headers([ForwardingHeader::XForwardedPrefix]);
    assert!(judge().public_url(trusting).passes(captured()));
    assert!(!judge().passes(captured()));
}

#[test]
fn names_and_values_can_be_cut_elsewhere() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("Body", "xFrom+1666"), ("From", "+1555")]);
    let cut = || replay(url, FORM, "Body=x&From=%2B1666From%2B1555", &captured);
    assert!(judge().passes(cut()));
    assert!(exact(url).passes(cut()));
}

/// The message is the same text, but its body does not begin as SignalWire's do.
#[test]
fn the_query_cannot_be_cut_into_the_body() {
    let url = "https://h.example/voice?a=b";
    let captured = sign_url(&key(), url);
    let hex_of_captured = key().sign_body_sha1(url, b"");
    let cut_at = "https://h.example/voice";
    for body in ["%3Fa%3D=b", "%3Fa%3Db", "%3Fa=%3Db"] {
        let as_form = || replay(cut_at, FORM, body, &captured);
        for judge in [judge(), base("https://h.example"), exact(cut_at)] {
            let verdict = judge.scheme(as_form());
            assert_eq!(verdict, Err(RejectionReason::AmbiguousBoundary));
        }
        assert!(!exact(url).passes(as_form()));
    }
    let as_body = || replay(cut_at, "text/plain", "?a=b", &hex_of_captured);
    for judge in [judge(), base("https://h.example"), exact(cut_at)] {
        let verdict = judge.scheme(as_body());
        assert_eq!(verdict, Err(RejectionReason::AmbiguousBoundary));
    }
    assert!(!exact(url).passes(as_body()));
}

/// The other way round there is nothing to see: a URL may have any query.
#[test]
fn the_body_can_be_cut_into_the_url_and_the_exact_url_closes_it() {
    let url = "https://h.example/sms?t=1";
    let captured = key().sign_form(url, [("Body", "hi&admin=1&"), ("From", "+1555")]);
    let whole = || {
        let url = "https://h.example/sms?t=1Bodyhi&admin=1&From+1555";
        replay(url, FORM, "", &captured)
    };
    let in_part = || {
        let url = "https://h.example/sms?t=1Bodyhi&admin=1&";
        replay(url, FORM, "From=%2B1555", &captured)
    };
    let raw = key().sign_body_sha1("https://h.example/sms", br#"{"a":1}"#);
    let json = || {
        let url = r#"https://h.example/sms{"a":1}"#;
        replay(url, "application/json", "", &raw)
    };
    for open in [judge(), base("https://h.example")] {
        assert!(open.passes(whole()));
        assert!(open.passes(in_part()));
        assert!(open.passes(json()));
    }
    assert!(!exact(url).passes(whole()));
    assert!(!exact(url).passes(in_part()));
    assert!(!exact("https://h.example/sms").passes(json()));
}

#[test]
fn a_pair_cannot_be_sent_twice() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("From", "+1555"), ("To", "+1666")]);
    for body in [
        "From=%2B1555&To=%2B1666&From=%2B1555",
        "From=%2B1555&To=%2B1666&To=%2B1666",
        "From=%2B1555&To=%2B1666&From=%2B1777",
    ] {
        assert!(
            !judge().passes(replay(url, FORM, body, &captured)),
            "{body}"
        );
    }
}

#[test]
fn a_form_can_be_encoded_otherwise_and_a_raw_body_be_of_another_content_type() {
    let url = "https://h.example/sms";
    let captured = key().sign_form(url, [("Body", "a b")]);
    for body in ["Body=a+b", "Body=a%20b", "%42ody=a b&&"] {
        assert!(judge().passes(replay(url, FORM, body, &captured)), "{body}");
    }
    let captured = key().sign_body_sha1(url, b"{}");
    for content_type in ["application/json", "text/html"] {
        assert!(judge().passes(replay(url, content_type, "{}", &captured)));
    }
}

/// The digest of base64 and hex is one: here base64 was captured and hex is sent.
#[test]
fn one_scheme_passes_as_another_and_accept_closes_it() {
    let url = "https://h.example/sms";
    let as_hex = key().sign_body_sha1(url, b"Bodyx&From=boss&From+1555");
    let form = [("Body", "x&From=boss&"), ("From", "+1555")];
    assert!(judge().passes(WebhookRequest::form(url, form).signed_by(&key())));
    let other_scheme = || replay(url, FORM, "Bodyx&From=boss&From+1555", &as_hex);
    assert!(judge().passes(other_scheme()));
    let narrowed = judge().accept([SignatureScheme::FormParameters]);
    assert!(!narrowed.passes(other_scheme()));
}

/// The other way round: a raw body's hex is written as base64, and the body's text as fields whose
/// names and values come to the same text.
#[test]
fn a_raw_body_passes_as_a_form_and_accept_closes_it() {
    let url = "https://h.example/sms";
    let captured = in_base64(&key().sign_body_sha1(url, b"BodyhiFrom+1555"));
    let fields = || replay(url, FORM, "Body=hi&From=%2B1555", &captured);
    for open in [judge(), exact(url)] {
        assert!(open.passes(fields()));
    }
    let hex_alone = judge().accept([SignatureScheme::RawBodySha1]);
    assert!(!hex_alone.passes(fields()));
    let first_name_known = judge().forms_begin_with("AccountSid");
    assert!(!first_name_known.passes(fields()));
}

/// Only base64 is held against the digest in the URL. Written in hex, the signature of the URL alone is one
/// of an empty raw body too.
#[test]
fn what_was_signed_for_a_digest_passes_in_hex_without_its_body_and_accept_closes_it() {
    let url = format!("https://h.example/voice?bodySHA256={}", sha256(b"{}"));
    let as_base64 = sign_url(&key(), &url);
    let as_hex = hex::encode(STANDARD.decode(&as_base64).unwrap());
    let without_body = |signature: &str| replay(&url, "application/json", "", signature);
    assert!(judge().passes(replay(&url, "application/json", "{}", &as_base64)));
    assert!(judge().passes(without_body(&as_hex)));
    assert!(!judge().passes(without_body(&as_base64)));
    assert!(!judge().passes(replay(&url, "application/json", "{}", &as_hex)));
    let narrowed = judge().accept([SignatureScheme::BodyDigest]);
    assert!(!narrowed.passes(without_body(&as_hex)));
}

#[test]
fn a_json_body_does_not_pass_as_a_form() {
    let url = "https://h.example/sms";
    let captured = in_base64(&key().sign_body_sha1(url, br#"{"a":1}"#));
    for judge in [judge(), exact(url)] {
        let as_one_name = replay(url, FORM, "%7B%22a%22%3A1%7D", &captured);
        let verdict = judge.scheme(as_one_name);
        assert_eq!(verdict, Err(RejectionReason::AmbiguousBoundary));
    }
}

fn in_base64(hex: &str) -> String {
    STANDARD.encode(hex_bytes(hex))
}

#[test]
fn a_sha_256_signature_is_good_in_its_own_scheme_alone() {
    let url = "https://h.example/swml";
    let sha256 = key().sign_body_sha256(url, b"{}");
    let sha1 = key().sign_body_sha1(url, b"{}");
    let with = |header: &str, signature: &str| {
        WebhookRequest::raw(url, "application/json", "{}")
            .header(header, signature)
            .unsigned()
    };
    let own_header = SHA256_SIGNATURE;
    let narrowed = judge().accept([SignatureScheme::RawBodySha256]);
    assert!(narrowed.clone().passes(with(own_header, &sha256)));
    for (header, signature) in [
        (SIGNATURE, &sha256),
        (own_header, &sha1),
        ("x-twilio-signature", &sha256),
    ] {
        assert!(!judge().passes(with(header, signature)));
    }
    assert!(!narrowed.passes(with(SIGNATURE, &sha1)));
}

/// Whoever may choose a parameter's text, as the sender of a message, can have a URL signed that
/// names the digest of any body.
#[test]
fn a_text_that_names_a_digest_passes_as_a_url_and_exact_and_accept_close_it() {
    const DIGEST: &str =
        "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a&";
    let url = "https://h.example/sms?t=1";
    let captured = key().sign_form(
        url,
        [("Body", format!("hi&{DIGEST}")), ("From", "+1".into())],
    );
    let moved = format!("{url}Bodyhi&{DIGEST}From+1");
    let other_body = || replay(&moved, "application/json", "{}", &captured);
    assert!(judge().passes(other_body()));
    assert!(!exact(url).passes(other_body()));
    let narrowed = judge().accept([SignatureScheme::FormParameters]);
    assert!(!narrowed.passes(other_body()));
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn with_an_exact_url_any_path_passes_and_the_handler_reads_the_signed_query() {
    let url = "https://h.example/sms?tenant=7";
    let captured = key().sign_form(url, [("From", "+1555")]);
    let app = axum::Router::new()
        .fallback(async |uri: http::Uri| uri.to_string())
        .layer(SignalWireWebhookLayer::new(key()).public_url(PublicUrl::exact(url).unwrap()));
    let elsewhere = "https://i.example/other?tenant=8";
    let request = replay(elsewhere, FORM, "From=%2B1555", &captured);
    assert_eq!(send(&app, request).await.text(), "/other?tenant=7");
}

/// `exact` is no help there: SignalWire puts another `bodySHA256` into each url.
#[test]
fn where_digests_are_accepted_a_text_that_names_one_passes_on_a_path_like_its_forms() {
    const DIGEST: &str =
        "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a&";
    for (url, text) in [
        ("https://h.example/sms?t=1", format!("&{DIGEST}")),
        ("https://h.example/sms", format!("?{DIGEST}")),
    ] {
        let captured = key().sign_form(url, [("Body", text.as_str()), ("From", "+1")]);
        let moved = format!("{url}Body{text}From+1");
        let other_body = replay(&moved, "application/json", "{}", &captured);
        let digests = judge().accept([SignatureScheme::BodyDigest]);
        assert!(digests.clone().passes(other_body), "{moved}");
        let elsewhere = moved.replace("/sms", "/status");
        let other_body = replay(&elsewhere, "application/json", "{}", &captured);
        assert!(!digests.passes(other_body), "{elsewhere}");
    }
}

#[test]
fn the_narrowest_layer_for_a_form_leaves_open_what_exact_and_accept_cannot_close() {
    let url = "https://h.example/sms?t=1";
    let narrowest = || {
        exact(url)
            .accept([SignatureScheme::FormParameters])
            .forms_begin_with("AccountSid")
    };
    let fields = [
        ("AccountSid", "1"),
        ("Body", "xFrom+1666"),
        ("From", "+1555"),
    ];
    let captured = key().sign_form(url, fields);
    let sent = |url: &str, body: &str| replay(url, FORM, body, &captured);
    let genuine = "AccountSid=1&Body=xFrom%2B1666&From=%2B1555";
    for (what, open) in [
        ("the request again", sent(url, genuine)),
        (
            "another path and host",
            sent("https://i.example/a?b", genuine),
        ),
        (
            "fields cut elsewhere",
            sent(url, "AccountSid=1&Body=x&From=%2B1666From%2B1555"),
        ),
    ] {
        assert!(narrowest().passes(open), "{what}");
    }
    let text = "AccountSid1BodyxFrom+1666From+1555";
    let as_raw_body = key().sign_body_sha1(url, text.as_bytes());
    for (what, closed) in [
        ("the body cut into the url", &|| {
            sent(&format!("{url}{text}"), "")
        }),
        ("as a raw body", &|| replay(url, FORM, text, &as_raw_body)),
    ] as [(&str, &dyn Fn() -> Request); 2]
    {
        assert!(judge().passes(closed()), "{what}");
        assert!(!narrowest().passes(closed()), "{what}");
    }
}

#[test]
fn the_narrowest_layer_for_swml_leaves_open_only_what_is_not_signed() {
    const JSON: &str = "application/json";
    let url = "https://h.example/swml";
    let narrowest = || {
        let sha256_alone = exact(url).accept([SignatureScheme::RawBodySha256]);
        sha256_alone.forms_begin_with("AccountSid")
    };
    let sha256 = key().sign_body_sha256(url, br#"{"a":1}"#);
    let of_longer_url = key().sign_body_sha256("https://h.example/swmlB", br#"{"a":1}"#);
    let sha1 = key().sign_body_sha1(url, br#"{"a":1}"#);
    let sent = |url: &str, content_type: &str, body: &str| {
        WebhookRequest::raw(url, content_type, body)
            .header(SHA256_SIGNATURE, &sha256)
            .header(SIGNATURE, &sha1)
            .unsigned()
    };
    for (what, open) in [
        ("the request again", sent(url, JSON, r#"{"a":1}"#)),
        (
            "another path and host",
            sent("https://i.example/a?b", JSON, r#"{"a":1}"#),
        ),
        ("another content type", sent(url, "text/html", r#"{"a":1}"#)),
    ] {
        assert!(narrowest().passes(open), "{what}");
    }
    for (what, closed) in [
        ("the body cut into the url", &|| {
            sent(r#"https://h.example/swml{"a":1}"#, JSON, "")
        }),
        ("by the weaker signature alone", &|| {
            replay(url, JSON, r#"{"a":1}"#, &sha1)
        }),
        ("captured at a longer url", &|| {
            WebhookRequest::raw(url, JSON, r#"B{"a":1}"#)
                .header(SHA256_SIGNATURE, &of_longer_url)
                .unsigned()
        }),
    ] as [(&str, &dyn Fn() -> Request); 3]
    {
        assert!(judge().passes(closed()), "{what}");
        assert!(!narrowest().passes(closed()), "{what}");
    }
}
