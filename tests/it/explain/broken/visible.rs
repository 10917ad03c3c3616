//! What is told where nothing can be explained, and what is never shown.

use http::Request;
use signalwire_webhook::{
    PublicUrl, SigningKey,
    explain::{Cause, Explainer},
};

const SHA1: &str = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f";

fn explainer() -> Explainer {
    Explainer::new(SigningKey::new("PSKreports0123456789").unwrap())
}

#[test]
fn the_handshake_of_a_stream_is_told_as_such() {
    let upgrade = || {
        Request::get("/stream")
            .header("host", "hooks.example.com")
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
    };
    for (request, cause) in [
        (upgrade(), Cause::MissingSignature),
        (
            upgrade().header("x-signalwire-signature", SHA1),
            Cause::NoMatch,
        ),
    ] {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let explanation = explainer().explain(&parts, b"");
        assert_eq!(explanation.cause(), cause);
        assert!(
            explanation.likeliest_reasons()[0].contains("<Stream>"),
            "{explanation}"
        );
    }
}

#[test]
fn what_was_signed_for_a_web_socket_is_not_called_accepted() {
    let key = SigningKey::new("PSKreports0123456789").unwrap();
    let url = "wss://hooks.example.com/stream";
    let (parts, ()) = Request::get("/stream")
        .header("host", "hooks.example.com")
        .header("x-signalwire-signature", key.sign_body_sha1(url, b""))
        .body(())
        .unwrap()
        .into_parts();
    let explanation = explainer().dashboard_url(url).explain(&parts, b"");
    assert_eq!(explanation.causes(), [Cause::Scheme]);
    assert!(
        explanation.sentence().contains("check its bearer token"),
        "{explanation}"
    );
}

#[test]
fn keys_are_named_only_where_one_was_tried() {
    let (parts, ()) = Request::post("/sms").body(()).unwrap().into_parts();
    assert!(explainer().explain(&parts, b"").keys_tried().is_empty());
    let (parts, ()) = Request::post("/sms")
        .header("x-signalwire-signature", SHA1)
        .body(())
        .unwrap()
        .into_parts();
    let explanation = explainer().explain(&parts, b"");
    assert_eq!(explanation.keys_tried().len(), 1);
    assert!(
        explanation.to_string().contains("sha256sum"),
        "{explanation}"
    );
}

#[test]
fn a_dashboard_url_without_a_scheme_is_one_of_https() {
    let key = SigningKey::new("PSKreports0123456789").unwrap();
    let signature = key.sign_form("https://hooks.example.com/sms", [("a", "b")]);
    let (parts, ()) = Request::post("/sms")
        .header("host", "app:3000")
        .header("x-signalwire-signature", signature)
        .body(())
        .unwrap()
        .into_parts();
    let explanation = explainer()
        .dashboard_url("hooks.example.com/sms")
        .explain(&parts, b"a=b");
    assert_eq!(explanation.causes(), [Cause::Host]);
}

#[test]
fn nothing_that_is_shown_drives_a_terminal_or_is_long() {
    let key = SigningKey::new("PSKreports0123456789").unwrap();
    for path in [
        "/\u{9b}2J\u{202e}x".to_owned(),
        format!("/{}", "x".repeat(900)),
    ] {
        let url = format!("https://hooks.example.com{path}");
        let (parts, ()) = Request::post("/sms")
            .header("host", "app:3000")
            .header("via", format!("1.1 cloudfront {}", "v".repeat(2_000)))
            .header("content-encoding", "z".repeat(2_000))
            .header("x-signalwire-signature", key.sign_form(&url, [("a", "b")]))
            .body(())
            .unwrap()
            .into_parts();
        let staging = PublicUrl::base("https://staging.example.com").unwrap();
        let known = explainer().public_url(staging).dashboard_url(&url);
        for explanation in [
            known.show_queries().explain(&parts, b"a=b"),
            explainer().explain(&parts, b"a=b"),
        ] {
            let text = explanation.to_string();
            assert!(
                !text.contains(char::is_control) && !text.contains('\u{202e}'),
                "{text:?}"
            );
            assert!(
                !text.contains(&"x".repeat(300)) && !text.contains(&"v".repeat(300)),
                "{text}"
            );
            assert!(!text.contains(&"z".repeat(300)), "{text}");
        }
    }
}
