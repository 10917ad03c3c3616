//! What an attacker can do with a genuine request that he captured (see `security/replays.rs`), on a
//! route with the layer: however it is written, the handler does not run twice.

use axum::{Router, extract::Request, routing::any};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use signalwire_webhook::{
    DeliverOnceLayer, ForwardingHeader, MemoryDeliveries, PublicUrl, SignalWireWebhookLayer,
    SigningKey, SigningKeys,
};

use super::support::{Runs, answering, key, send};
use crate::support::{
    WebhookRequest,
    signed::{FORM, SHA256_SIGNATURE, SIGNATURE},
};

pub(super) const SMS: &str = "https://h.example/sms";
pub(super) const JSON: &str = "application/json";

/// A captured signature on another request.
pub(super) fn replay(url: &str, content_type: &str, body: &str, signature: &str) -> Request {
    WebhookRequest::raw(url, content_type, body)
        .header(SIGNATURE, signature)
        .unsigned()
}

pub(super) fn app(webhook: SignalWireWebhookLayer, once: DeliverOnceLayer, runs: &Runs) -> Router {
    Router::new()
        .fallback(any(answering(runs, |run| format!("run {run}"))))
        .layer(once)
        .layer(webhook)
}

/// The replays pass the webhook layer, and get the answer of the original.
#[track_caller]
fn assert_run_once(
    webhook: SignalWireWebhookLayer,
    original: Request,
    replays: impl IntoIterator<Item = Request>,
) {
    let runs = Runs::default();
    let app = app(webhook, DeliverOnceLayer::in_memory(), &runs);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(async {
        send(&app, original).await.assert_is(200, "run 1");
        for replay in replays {
            let shown = format!("{} {}", replay.method(), replay.uri());
            let answer = send(&app, replay).await;
            assert_eq!(
                (answer.status.as_u16(), answer.text()),
                (200, "run 1"),
                "{shown}"
            );
        }
    });
    assert_eq!(runs.get(), 1);
}

pub(super) fn default_layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn in_base64(hex_digits: &str) -> String {
    STANDARD.encode(hex::decode(hex_digits).unwrap())
}

/// The rest of the host becomes the beginning of a body, at `/`. A configured URL has no such cut.
#[tokio::test]
async fn where_the_host_comes_from_the_request_a_cut_within_the_host_runs_again_at_the_root() {
    let url = "https://hooks.example:8443/sms";
    let by_hex = key().sign_body_sha1(url, b"{}");
    for (public_url, runs_in_all) in [
        (PublicUrl::from_request(), 2),
        (PublicUrl::base("https://hooks.example:8443").unwrap(), 1),
    ] {
        let runs = Runs::default();
        let webhook = default_layer().public_url(public_url);
        let app = app(webhook, DeliverOnceLayer::in_memory(), &runs);
        send(&app, replay(url, JSON, "{}", &by_hex)).await;
        let cut = replay("https://h/", JSON, "ooks.example:8443/sms{}", &by_hex);
        send(&app, cut).await;
        assert_eq!(runs.get(), runs_in_all);
    }
}

#[test]
fn of_a_form_in_every_writing_and_cut() {
    let fields = [("Body", "x&From=boss&"), ("From", "+1 555")];
    let signature = key().sign_form(SMS, fields);
    let original = || {
        replay(
            SMS,
            FORM,
            "Body=x%26From%3Dboss%26&From=%2B1+555",
            &signature,
        )
    };
    let as_hex = key().sign_body_sha1(SMS, b"Bodyx&From=boss&From+1 555");
    let same = |body: &str| replay(SMS, FORM, body, &signature);
    assert_run_once(
        default_layer(),
        original(),
        [
            original(),
            // Other encodings, and another order.
            same("Body=x%26From%3dboss%26&From=%2b1%20555"),
            same("From=%2B1+555&Body=x%26From%3Dboss%26"),
            same("%42ody=x%26From%3Dboss%26&&From=%2B1+555&"),
            // Other fields of the same text.
            same("Body=x%26&From=%3Dboss%26From%2B1+555"),
            // Another scheme.
            replay(SMS, FORM, "Bodyx&From=boss&From+1 555", &as_hex),
            replay(SMS, "text/plain", "Bodyx&From=boss&From+1 555", &as_hex),
        ],
    );
}

#[test]
fn of_a_form_that_is_cut_into_the_url() {
    let url = "https://h.example/sms?t=1";
    let signature = key().sign_form(url, [("Body", "hi&admin=1&"), ("From", "1555")]);
    assert_run_once(
        default_layer(),
        replay(url, FORM, "Body=hi%26admin%3D1%26&From=1555", &signature),
        [
            replay(
                "https://h.example/sms?t=1Bodyhi&admin=1&From1555",
                FORM,
                "",
                &signature,
            ),
            replay(
                "https://h.example/sms?t=1Bodyhi&admin=1&",
                FORM,
                "From=1555",
                &signature,
            ),
        ],
    );
}

#[test]
fn of_json_by_either_hash_as_another_type_and_as_a_url() {
    let body = r#"{"a":1}"#;
    let sha1 = key().sign_body_sha1(SMS, body.as_bytes());
    let sha256 = key().sign_body_sha256(SMS, body.as_bytes());
    assert_run_once(
        default_layer(),
        WebhookRequest::raw(SMS, JSON, body)
            .header(SHA256_SIGNATURE, &sha256)
            .header(SIGNATURE, &sha1)
            .unsigned(),
        [
            WebhookRequest::raw(SMS, JSON, body)
                .header(SHA256_SIGNATURE, &sha256)
                .unsigned(),
            replay(SMS, JSON, body, &sha1),
            replay(SMS, "text/html", body, &sha1),
            replay(SMS, JSON, body, &sha1.to_ascii_uppercase()),
            WebhookRequest::raw(SMS, JSON, body)
                .header("x-twilio-signature", &sha1)
                .unsigned(),
        ],
    );
}

#[test]
fn of_a_raw_body_as_a_form() {
    let hex_digits = key().sign_body_sha1(SMS, b"BodyhiFrom+1555");
    assert_run_once(
        default_layer(),
        replay(SMS, "text/plain", "BodyhiFrom+1555", &hex_digits),
        [replay(
            SMS,
            FORM,
            "Body=hi&From=%2B1555",
            &in_base64(&hex_digits),
        )],
    );
}

/// The text of a field named the digest of a body of the attacker's.
#[test]
fn of_a_text_that_names_a_digest() {
    const DIGEST: &str =
        "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a&";
    let url = "https://h.example/sms?t=1";
    let text = format!("hi&{DIGEST}");
    let signature = key().sign_form(url, [("Body", text.as_str()), ("From", "+1")]);
    let genuine = WebhookRequest::form(url, [("Body", text.as_str()), ("From", "+1")]);
    let moved = format!("{url}Bodyhi&{DIGEST}From+1");
    assert_run_once(
        default_layer(),
        genuine.signed_by(&key()),
        [replay(&moved, JSON, "{}", &signature)],
    );
}

#[test]
fn with_another_method_path_and_header() {
    let exact = PublicUrl::exact(SMS).unwrap();
    let signature = key().sign_form(SMS, [("From", "+1555")]);
    let methods = ["PUT", "DELETE", "GET", "PATCH"].map(|method| {
        WebhookRequest::raw(SMS, FORM, "From=%2B1555")
            .header(SIGNATURE, &signature)
            .method(method)
            .unsigned()
    });
    let elsewhere = replay(
        "https://i.example/voice?a=b",
        FORM,
        "From=%2B1555",
        &signature,
    );
    assert_run_once(
        default_layer().public_url(exact),
        replay(SMS, FORM, "From=%2B1555", &signature),
        methods.into_iter().chain([elsewhere]),
    );
}

#[test]
fn with_another_port_and_other_credentials() {
    let url = "https://u:p@h.example:8443/sms";
    let signed = ["https://h.example/sms", "https://h.example:8443/sms", url];
    let sent = |signed_url| {
        let signature = key().sign_form(signed_url, [("From", "+1555")]);
        replay("https://h.example/sms", FORM, "From=%2B1555", &signature)
    };
    assert_run_once(
        default_layer().public_url(PublicUrl::base("https://u:p@h.example:8443").unwrap()),
        sent(signed[0]),
        signed.map(sent),
    );
}

#[test]
fn through_a_header_that_is_trusted() {
    let signature = key().sign_form(SMS, [("From", "+1555")]);
    let sent = |host| WebhookRequest::raw(format!("https://{host}/sms"), FORM, "From=%2B1555");
    let trusting = PublicUrl::from_headers([ForwardingHeader::XForwardedHost]);
    assert_run_once(
        default_layer().public_url(trusting.or(PublicUrl::from_request())),
        sent("h.example").header(SIGNATURE, &signature).unsigned(),
        [sent("other.example")
            .header("x-forwarded-host", "h.example")
            .header(SIGNATURE, &signature)
            .unsigned()],
    );
}

/// SignalWire's own retry may be signed by the new key.
#[test]
fn signed_by_another_key_while_keys_are_rotated() {
    let new_key = SigningKey::new("PSKnew").unwrap();
    let keys = SigningKeys::new([key(), new_key.clone()]).unwrap();
    let sms = WebhookRequest::form(SMS, [("From", "+1555")]);
    assert_run_once(
        SignalWireWebhookLayer::new(keys),
        sms.clone().signed_by(&key()),
        [sms.signed_by(&new_key)],
    );
}

/// Where both servers share a store.
#[tokio::test]
async fn at_another_host() {
    let store = MemoryDeliveries::new();
    let runs = Runs::default();
    let [staging, production] =
        [0, 1].map(|_| app(default_layer(), DeliverOnceLayer::new(store.clone()), &runs));
    let captured = || {
        WebhookRequest::form("https://staging.example/sms", [("From", "+1555")]).signed_by(&key())
    };
    send(&staging, captured()).await.assert_is(200, "run 1");
    send(&production, captured()).await.assert_is(200, "run 1");
}

/// What remains: another layer has another memory.
#[tokio::test]
async fn at_a_server_that_shares_no_store_it_runs_again() {
    let runs = Runs::default();
    let [one, other] = [0, 1].map(|_| app(default_layer(), DeliverOnceLayer::in_memory(), &runs));
    let captured = || WebhookRequest::form(SMS, [("From", "+1555")]).signed_by(&key());
    send(&one, captured()).await.assert_is(200, "run 1");
    send(&other, captured()).await.assert_is(200, "run 2");
}
