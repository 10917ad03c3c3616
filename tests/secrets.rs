//! No log line, at TRACE, and no Debug output or error shows the key, a signature, the query, the
//! body, or credentials.

mod support;

use std::io;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::request::Parts,
    response::IntoResponse as _,
};
use futures_util::stream;
use signalwire_webhook::{
    ConfigError, KeySource, PublicUrl, RotatingKeys, SignalWireWebhookLayer, SignatureScheme,
    SigningKey, SigningKeys, testing::WebhookRequest,
};
use support::{Echo, KEY, Log, key, send};
use tower::Layer as _;

const URL: &str = "https://user:hunter2@hooks.example.com/sms?token=in-the-query";
const BODY: &str = "in-the-body";

fn assert_no_secrets(text: &str, signatures: &[String]) {
    let secrets = [KEY, "in-the-query", BODY, "hunter2", "aHVudGVyMg"];
    for secret in secrets
        .into_iter()
        .chain(signatures.iter().map(String::as_str))
    {
        assert!(!text.contains(secret), "{secret:?} is in {text}");
    }
}

fn requests() -> Vec<WebhookRequest> {
    let form = WebhookRequest::form(URL, [("Body", BODY)]);
    let json = WebhookRequest::raw(URL, "application/json", format!("{BODY:?}"));
    let digest = json.clone().schemes([SignatureScheme::BodyDigest]);
    let all = [form, json, digest, WebhookRequest::get(URL)];
    let tampered = all.clone().map(WebhookRequest::tampered);
    let malformed = all
        .clone()
        .map(|request| request.schemes([]).header("x-signalwire-signature", KEY));
    all.into_iter().chain(tampered).chain(malformed).collect()
}

fn signatures(request: &Request) -> Vec<String> {
    let expected = key().sign_body(URL, BODY.as_bytes());
    request
        .headers()
        .iter()
        .filter(|(name, _)| name.as_str().contains("signature"))
        .map(|(_, value)| value.to_str().unwrap().to_owned())
        .chain([expected])
        .collect()
}

fn layers() -> Vec<SignalWireWebhookLayer> {
    let failing = |_: &Parts, _: &Bytes| async { Err::<SigningKeys, _>(io::Error::other("down")) };
    vec![
        SignalWireWebhookLayer::new(key()),
        SignalWireWebhookLayer::new(SigningKey::new("PSKother").unwrap()),
        SignalWireWebhookLayer::new(key()).report_only(),
        SignalWireWebhookLayer::new(key()).body_limit(3),
        SignalWireWebhookLayer::new(key()).explain_rejections(),
        SignalWireWebhookLayer::new(SigningKey::new(format!("{KEY}\\n")).unwrap())
            .explain_rejections(),
        SignalWireWebhookLayer::new(key())
            .public_url(PublicUrl::base("https://other.example.com/other").unwrap())
            .explain_rejections(),
        SignalWireWebhookLayer::new(key()).accept([SignatureScheme::RawBodySha256]),
        SignalWireWebhookLayer::new(key()).public_url(PublicUrl::exact(URL).unwrap()),
        SignalWireWebhookLayer::new(RotatingKeys::new(key())),
        SignalWireWebhookLayer::new(KeySource::provider(failing)),
    ]
}

#[tokio::test]
async fn no_outcome_logs_a_secret() {
    for layer in layers() {
        for request in requests() {
            for request in [request.clone().signed_by(&key()), request.unsigned()] {
                let log = Log::capture();
                let signatures = signatures(&request);
                let app = Echo::default().router().layer(layer.clone());
                let answer = send(&app, request).await;
                assert_eq!(log.events().len(), 1, "{:?}", answer.reason);
                assert_no_secrets(&log.text(), &signatures);
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_logged() {
    let log = Log::capture();
    let chunks = [Ok(Bytes::from(BODY)), Err(io::Error::other("reset"))];
    let request = requests()[0]
        .clone()
        .signed_by(&key())
        .map(|_| Body::from_stream(stream::iter(chunks)));
    let signatures = signatures(&request);
    send(
        &Echo::default()
            .router()
            .layer(SignalWireWebhookLayer::new(key())),
        request,
    )
    .await;
    assert_eq!(log.events().len(), 1);
    assert_no_secrets(&log.text(), &signatures);
}

#[tokio::test]
async fn no_debug_output_shows_a_secret() {
    let rotating = RotatingKeys::new(key());
    let url = PublicUrl::base("https://user:hunter2@hooks.example.com").unwrap();
    let layer = SignalWireWebhookLayer::new(rotating.clone()).public_url(url.clone());
    let echo = Echo::default();
    let request = requests()[0].clone().signed_by(&key());
    let signatures = signatures(&request);
    send(&echo.router().layer(layer.clone()), request).await;
    let call = &echo.calls()[0];
    for debug in [
        format!("{:?}", key()),
        format!("{:#?}", SigningKeys::from(key())),
        format!("{rotating:?}"),
        format!("{:?}", KeySource::from(key())),
        format!("{url:?}"),
        format!("{layer:#?}"),
        format!("{:?}", layer.layer(())),
        format!("{:?}", call.verified),
    ] {
        assert_no_secrets(&debug, &signatures);
    }
    assert!(
        call.verified
            .as_ref()
            .unwrap()
            .url()
            .ends_with("?token=in-the-query")
    );
}

#[test]
fn the_debug_output_of_a_layer_says_whether_it_answers_in_its_own_way() {
    let layer = SignalWireWebhookLayer::new(key());
    assert!(format!("{layer:?}").contains("on_rejection: None"));
    let answering = layer.on_rejection(|rejection| rejection.status().into_response());
    let debug = format!("{answering:?}");
    assert!(
        debug.contains("on_rejection: Some(Fn(&Rejection) -> Response)"),
        "{debug}"
    );
}

#[test]
fn no_configuration_error_shows_a_secret() {
    let named = |id: &str| key().with_id(id);
    let errors: Vec<ConfigError> = [
        SigningKeys::new([key(), key()]).err(),
        SigningKeys::new([
            named("a"),
            SigningKey::new("PSKother").unwrap().with_id("a"),
        ])
        .err(),
        PublicUrl::base("https://user:hunter2@hooks.example.com?a=b").err(),
        PublicUrl::exact("https://user:hunter2@hooks.example.com/#a").err(),
        PublicUrl::exact("https://user:hunter2@hooks.example.com:99999").err(),
        PublicUrl::exact("user:hunter2@hooks.example.com").err(),
        PublicUrl::exact("ftp://user:hunter2@hooks.example.com").err(),
    ]
    .into_iter()
    .collect::<Option<_>>()
    .unwrap();
    for error in errors {
        assert_no_secrets(&format!("{error} {error:?}"), &[]);
    }
}
