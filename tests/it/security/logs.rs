//! Log lines that a request tries to shape: longer than a log can hold, or with characters that
//! break a line or drive a terminal.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::Request, routing::post};
use signalwire_webhook::{
    ForwardingHeader, KeySource, PublicUrl, SignalWireWebhookLayer, SigningKeys, Verified,
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{layer::Context, prelude::*};

use crate::support::{
    Echo, Log, WebhookRequest, key, send,
    server::{RawRequest, Server},
    signed::SIGNATURE,
};

/// In bytes.
const LONGEST_FIELD: usize = 256;
/// What an event says of a request.
const OF_THE_REQUEST: [&str; 4] = ["host", "path", "tried", "cause"];
/// A control character that begins a sequence for the terminal, in two bytes.
const CSI: &str = "\u{9b}";
/// Those of Unicode's `Bidi_Control`, and what breaks a line.
const HARMFUL: [char; 16] = [
    '\u{1b}', '\u{9b}', '\u{85}', '\u{7f}', '\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}',
    '\u{2029}', '\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{feff}',
];

/// The fields of this thread's events, as a subscriber that escapes nothing gets them.
#[derive(Clone, Default)]
struct Fields(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Fields {
    fn capture() -> (Self, DefaultGuard) {
        // It keeps what other threads log from switching the events off.
        drop(Log::capture());
        let fields = Self::default();
        let subscriber = tracing_subscriber::registry().with(fields.clone());
        (fields, tracing::subscriber::set_default(subscriber))
    }

    /// Those that a request has a say in.
    fn of_the_request(&self) -> Vec<(&'static str, String)> {
        let all = self.0.lock().unwrap().clone();
        all.into_iter()
            .filter(|(name, _)| OF_THE_REQUEST.contains(name))
            .collect()
    }

    #[track_caller]
    fn assert_harmless(&self, expected: &[&str]) {
        let fields = self.of_the_request();
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, expected);
        for (name, value) in fields {
            assert!(
                value.len() <= LONGEST_FIELD,
                "{name}: {} bytes",
                value.len()
            );
            let is_harmless = |text: char| !text.is_control() && !HARMFUL.contains(&text);
            assert!(value.chars().all(is_harmless), "{name}: {value:?}");
        }
    }
}

impl<S: Subscriber> tracing_subscriber::Layer<S> for Fields {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "signalwire_webhook" {
            event.record(&mut self.clone());
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        let mut fields = self.0.lock().unwrap();
        fields.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

async fn server(layer: SignalWireWebhookLayer) -> Server {
    Server::start(Router::new().fallback(async || "handled").layer(layer)).await
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn forged(target: impl Into<Vec<u8>>) -> RawRequest {
    RawRequest::post(target)
        .header(SIGNATURE, "0".repeat(40))
        .form("From=%2B1")
}

#[tokio::test]
async fn a_path_of_60_kilobytes_of_control_characters_is_logged_in_256_bytes() {
    let path = format!("/{}", CSI.repeat(30_000));
    let (fields, _capturing) = Fields::capture();
    let server = server(layer()).await;
    let reply = server.send(&forged(path).host("h.example")).await;
    reply.assert_refused();
    fields.assert_harmless(&["host", "path", "tried"]);
    let fields = fields.of_the_request();
    let shown = r"/\u{9b}\u{9b}";
    assert!(fields[1].1.starts_with(shown), "{fields:?}");
    assert!(
        fields[1].1.ends_with('\u{2026}'),
        "it is marked: {fields:?}"
    );
}

#[tokio::test]
async fn a_host_of_380_kilobytes_is_logged_in_256_bytes() {
    let (fields, _capturing) = Fields::capture();
    let server = server(layer()).await;
    let host = "h".repeat(380_000);
    server
        .send(&forged("/sms").host(&host))
        .await
        .assert_refused();
    fields.assert_harmless(&["host", "path", "tried"]);
    let (_, host) = &fields.of_the_request()[0];
    assert_eq!(*host, format!("{}\u{2026}", "h".repeat(253)));
}

#[tokio::test]
async fn whatever_the_subscriber_does_an_event_is_one_short_line() {
    // The server itself refuses those of ASCII.
    let harmful = HARMFUL.iter().filter(|character| !character.is_ascii());
    let path = format!("/{}", harmful.collect::<String>().repeat(300));
    for layer in [layer(), layer().report_only()] {
        let log = Log::capture();
        let server = server(layer).await;
        server.send(&forged(path.clone()).host("h.example")).await;
        let events = log.events();
        assert_eq!(events.len(), 1, "{}", log.text());
        assert!(events[0].len() < 2_000, "{}", events[0].len());
        assert!(!events[0].contains(HARMFUL), "{events:?}");
        assert!(!events[0].contains(char::is_control), "{events:?}");
    }
}

fn long_sms() -> WebhookRequest {
    let url = format!("https://h.example/{}", CSI.repeat(10_000));
    WebhookRequest::form(url, [("From", "+1")])
}

/// Each event that is no refusal: verified, reported, and a handler without its layer.
#[tokio::test]
async fn every_other_event_is_held_to_the_same_length() {
    async fn handler(_: Verified<()>) {}
    let handlers = || Router::new().fallback(handler);
    let events: [(Router, Request, &[&str]); 3] = [
        (
            handlers().layer(layer()),
            long_sms().signed_by(&key()),
            &["host", "path"],
        ),
        (
            handlers().layer(layer().report_only()),
            long_sms().tampered().signed_by(&key()),
            &["host", "path", "tried"],
        ),
        (handlers(), long_sms().signed_by(&key()), &["path"]),
    ];
    for (app, request, expected) in events {
        let (fields, _capturing) = Fields::capture();
        send(&app, request).await;
        fields.assert_harmless(expected);
    }
}

#[tokio::test]
async fn the_host_of_a_trusted_header_is_held_to_it_too() {
    let urls = PublicUrl::from_headers([
        ForwardingHeader::XForwardedHost,
        ForwardingHeader::XForwardedPrefix,
    ]);
    let (fields, _capturing) = Fields::capture();
    let server = server(layer().public_url(urls)).await;
    let request = forged("/sms")
        .host("h.example")
        .header("x-forwarded-host", "f".repeat(100_000))
        .header("x-forwarded-prefix", format!("/{}", "p".repeat(50_000)));
    server.send(&request).await.assert_refused();
    fields.assert_harmless(&["host", "path", "tried"]);
    let (_, tried) = &fields.of_the_request()[2];
    assert!(tried.starts_with("https://fff"), "{tried}");
}

/// A provider may put what it was asked for into its error.
#[tokio::test]
async fn the_error_of_a_key_look_up_is_held_to_it_too() {
    let failing = KeySource::provider(|parts: &http::request::Parts, _: &bytes::Bytes| {
        let error = std::io::Error::other(format!("no project {}", parts.uri.path()));
        async { Err::<Option<SigningKeys>, _>(error) }
    });
    let (fields, _capturing) = Fields::capture();
    let app = Echo::default()
        .router()
        .layer(SignalWireWebhookLayer::new(failing));
    send(&app, long_sms().signed_by(&key())).await;
    fields.assert_harmless(&["host", "path", "cause"]);
    let (_, cause) = &fields.of_the_request()[2];
    assert!(cause.starts_with("no project /"), "{cause}");
}

#[tokio::test]
async fn an_ordinary_path_is_logged_as_it_was_sent() {
    let log = Log::capture();
    let app = Router::new()
        .route("/größe/{id}", post(async || ()))
        .layer(layer());
    let sms = WebhookRequest::form("https://h.example/gr\u{f6}\u{df}e/7%20a", [("From", "+1")]);
    send(&app, sms.signed_by(&key())).await.assert_passed();
    assert!(
        log.text().contains("path=\"/größe/7%20a\""),
        "{}",
        log.text()
    );
}
