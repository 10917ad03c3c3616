//! Each reason: its status, its text, its one log event, and that nothing reached the handler.

use std::{convert::Infallible, io, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{StatusCode, request::Parts},
};
use futures_util::stream;
use signalwire_webhook::{
    ForwardingHeader, KeySource, PublicUrl, RejectionReason, SignalWireWebhookLayer,
    SignatureScheme, SigningKey, SigningKeys, webhook,
};

use crate::support::{Echo, Log, REFUSED, WebhookRequest, key, send, signed::sign_url};

const URL: &str = "https://hooks.example.com/sms?token=in-the-query";

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567")])
}

fn swml() -> WebhookRequest {
    WebhookRequest::raw(URL, "application/json", r#"{"call":{}}"#)
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn trusting() -> PublicUrl {
    PublicUrl::from_headers([
        ForwardingHeader::XForwardedProto,
        ForwardingHeader::XForwardedHost,
        ForwardingHeader::XForwardedPrefix,
    ])
}

fn with_body(request: Request, body: Body) -> Request {
    request.map(|_| body)
}

struct Row {
    reason: RejectionReason,
    layer: SignalWireWebhookLayer,
    request: Request,
    status: StatusCode,
    text: &'static str,
    body_bytes: usize,
}

impl Row {
    fn forbidden(reason: RejectionReason, request: Request, body_bytes: usize) -> Self {
        Self {
            reason,
            layer: layer(),
            request,
            status: StatusCode::FORBIDDEN,
            text: REFUSED,
            body_bytes,
        }
    }

    async fn check(self) {
        let log = Log::capture();
        let echo = Echo::default();
        let app = echo.router().layer(self.layer);
        let host = self.request.headers().contains_key("host");
        let answer = send(&app, self.request).await;

        assert_eq!(answer.reason, Some(self.reason));
        assert_eq!(answer.status, self.status, "{:?}", self.reason);
        assert_eq!(answer.text(), self.text, "{:?}", self.reason);
        assert!(
            echo.calls().is_empty(),
            "{:?} reached the handler",
            self.reason
        );

        let events = log.events();
        assert_eq!(events.len(), 1, "{events:?}");
        let reason = format!(
            "WARN signalwire_webhook: webhook rejected reason={:?} status={} ",
            self.reason,
            self.status.as_u16()
        );
        assert!(events[0].starts_with(&reason), "{events:?}");
        assert_eq!(
            events[0].contains(r#"host="hooks.example.com""#),
            host,
            "{events:?}"
        );
        let tried = if self.reason == RejectionReason::SignatureMismatch {
            r#"tried="https://hooks.example.com/sms" "#
        } else {
            ""
        };
        let rest = format!(
            r#"path="/sms" body_bytes={} {tried}detail="#,
            self.body_bytes
        );
        assert!(events[0].contains(&rest), "{events:?}");
    }
}

#[tokio::test]
async fn no_signature_header() {
    Row::forbidden(RejectionReason::MissingSignature, sms().unsigned(), 0)
        .check()
        .await;
}

#[tokio::test]
async fn a_malformed_signature() {
    let request = sms()
        .header("x-signalwire-signature", "not a signature")
        .unsigned();
    Row::forbidden(RejectionReason::MalformedSignature, request, 0)
        .check()
        .await;
}

#[tokio::test]
async fn two_values_of_one_signature_header() {
    let mut request = sms().signed_by(&key());
    let other = "c3c08c1fefaf9ee198a100d5906765a6f394bf0f".parse().unwrap();
    request
        .headers_mut()
        .append("x-signalwire-signature", other);
    Row::forbidden(RejectionReason::AmbiguousSignature, request, 0)
        .check()
        .await;
}

#[tokio::test]
async fn a_scheme_that_is_not_accepted() {
    let row = Row::forbidden(
        RejectionReason::SchemeNotAccepted,
        sms().signed_by(&key()),
        0,
    );
    let layer = layer().accept([SignatureScheme::RawBodySha256]);
    Row { layer, ..row }.check().await;
}

#[tokio::test]
async fn a_base64_scheme_that_is_not_accepted_where_another_is() {
    let row = Row::forbidden(
        RejectionReason::SchemeNotAccepted,
        sms().signed_by(&key()),
        19,
    );
    let layer = layer().accept([SignatureScheme::BodyDigest]);
    Row { layer, ..row }.check().await;
}

#[tokio::test]
async fn a_signature_that_does_not_match() {
    let request = sms().tampered().signed_by(&key());
    Row::forbidden(RejectionReason::SignatureMismatch, request, 30)
        .check()
        .await;
    let request = swml().tampered().signed_by(&key());
    Row::forbidden(RejectionReason::SignatureMismatch, request, 12)
        .check()
        .await;
}

#[tokio::test]
async fn a_body_that_is_not_the_one_whose_digest_is_signed() {
    let request = swml().schemes([SignatureScheme::BodyDigest]).tampered();
    Row::forbidden(
        RejectionReason::BodyDigestMismatch,
        request.signed_by(&key()),
        12,
    )
    .check()
    .await;
}

#[tokio::test]
async fn a_body_that_nothing_signed() {
    let without_digest = WebhookRequest::raw(URL, "application/json", "{}")
        .header("x-signalwire-signature", sign_url(&key(), URL))
        .unsigned();
    Row::forbidden(RejectionReason::UnsignedBody, without_digest, 2)
        .check()
        .await;
}

#[tokio::test]
async fn a_request_that_names_no_host() {
    let trusting = trusting();
    for urls in [
        PublicUrl::from_request(),
        PublicUrl::from_request().or(trusting),
    ] {
        let mut request = sms().signed_by(&key());
        request.headers_mut().remove("host");
        let row = Row::forbidden(RejectionReason::UnknownUrl, request, 19);
        let layer = layer().public_url(urls);
        Row { layer, ..row }.check().await;
    }
}

/// In the request line and in `Host`, or in two lines.
#[tokio::test]
async fn a_request_that_names_two_hosts() {
    let mut in_two_lines = sms().signed_by(&key());
    let other = "other.example.com".parse().unwrap();
    in_two_lines.headers_mut().append("host", other);
    let mut in_the_uri = sms().signed_by(&key());
    *in_the_uri.uri_mut() = "http://other.example.com/sms?token=in-the-query"
        .parse()
        .unwrap();
    in_the_uri.headers_mut().remove("host");
    for host in ["other.example.com", "hooks.example.com"] {
        in_the_uri
            .headers_mut()
            .append("host", host.parse().unwrap());
    }
    let row = Row::forbidden(RejectionReason::AmbiguousHost, in_two_lines, 19);
    row.check().await;
    // The one that the request line names is logged.
    let log = Log::capture();
    let answer = send(&Echo::default().router().layer(layer()), in_the_uri).await;
    answer.assert_refused(RejectionReason::AmbiguousHost);
    assert!(log.events()[0].contains(r#"host="other.example.com""#));
}

#[tokio::test]
async fn a_body_that_may_be_the_rest_of_a_longer_url() {
    let form = WebhookRequest::form(URL, [("/status", ""), ("From", "+1")]).signed_by(&key());
    Row::forbidden(RejectionReason::AmbiguousBoundary, form, 20)
        .check()
        .await;
    let raw = WebhookRequest::raw(URL, "text/plain", "/status{}").signed_by(&key());
    Row::forbidden(RejectionReason::AmbiguousBoundary, raw, 9)
        .check()
        .await;
    let unexpected = Row::forbidden(
        RejectionReason::AmbiguousBoundary,
        sms().signed_by(&key()),
        19,
    );
    let layer = layer().forms_begin_with("AccountSid");
    Row {
        layer,
        ..unexpected
    }
    .check()
    .await;
}

#[tokio::test]
async fn a_project_that_the_key_look_up_does_not_know() {
    let provider = |_: &Parts, _: &Bytes| async { Ok::<_, io::Error>(None) };
    let row = Row::forbidden(
        RejectionReason::NoKeyForRequest,
        sms().signed_by(&key()),
        19,
    );
    let layer = SignalWireWebhookLayer::new(KeySource::provider(provider));
    Row { layer, ..row }.check().await;
}

#[tokio::test]
async fn a_host_that_reaches_into_the_path() {
    let signed = WebhookRequest::get("https://hooks.example.com/admin/sms").signed_by(&key());
    let mut request = sms().unsigned();
    *request.headers_mut() = signed.headers().clone();
    request
        .headers_mut()
        .insert("host", "hooks.example.com/admin".parse().unwrap());
    let mut request = with_body(request, Body::empty());
    *request.uri_mut() = "/sms".parse().unwrap();
    let echo = Echo::default();
    let answer = send(&echo.router().layer(layer()), request).await;
    answer.assert_refused(RejectionReason::UnknownUrl);
}

#[tokio::test]
async fn a_body_over_the_limit() {
    Row {
        reason: RejectionReason::BodyTooLarge,
        layer: layer().body_limit(18),
        request: sms().signed_by(&key()),
        status: StatusCode::PAYLOAD_TOO_LARGE,
        text: "Request body too large.",
        body_bytes: 0,
    }
    .check()
    .await;
}

#[tokio::test]
async fn a_form_of_more_than_a_thousand_parameters() {
    let parameters = |count: usize| WebhookRequest::form(URL, vec![("a", "1"); count]);
    let echo = Echo::default();
    let app = echo.router().layer(layer());
    send(&app, parameters(1000).signed_by(&key()))
        .await
        .assert_passed();

    let signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    Row {
        reason: RejectionReason::BodyTooLarge,
        layer: layer(),
        request: parameters(1001)
            .header("x-signalwire-signature", signature)
            .unsigned(),
        status: StatusCode::PAYLOAD_TOO_LARGE,
        text: "Request body too large.",
        body_bytes: 1001 * 4 - 1,
    }
    .check()
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls() {
    let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"From="))]);
    let body = Body::from_stream(stream::StreamExt::chain(first, stream::pending()));
    let started = tokio::time::Instant::now();
    Row {
        reason: RejectionReason::BodyTimeout,
        layer: layer().body_deadline(Duration::from_secs(7)),
        request: with_body(sms().signed_by(&key()), body),
        status: StatusCode::REQUEST_TIMEOUT,
        text: "Request body not received in time.",
        body_bytes: 0,
    }
    .check()
    .await;
    assert_eq!(started.elapsed().as_secs(), 7);
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let chunks = [
        Ok(Bytes::from_static(b"From=")),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ];
    Row {
        reason: RejectionReason::BodyUnreadable,
        layer: layer(),
        request: with_body(
            sms().signed_by(&key()),
            Body::from_stream(stream::iter(chunks)),
        ),
        status: StatusCode::BAD_REQUEST,
        text: "Request body could not be read.",
        body_bytes: 0,
    }
    .check()
    .await;
}

#[tokio::test]
async fn a_key_look_up_that_fails() {
    let provider = |_: &Parts, _: &Bytes| async {
        Err::<Option<SigningKeys>, _>(io::Error::other("the database is down"))
    };
    Row {
        reason: RejectionReason::KeyLookupFailed,
        layer: SignalWireWebhookLayer::new(KeySource::provider(provider)),
        request: sms().signed_by(&key()),
        status: StatusCode::SERVICE_UNAVAILABLE,
        text: "Signing key not available, try again later.",
        body_bytes: 19,
    }
    .check()
    .await;
}

#[tokio::test]
async fn the_cause_of_a_failure_is_in_the_log_and_not_in_the_response() {
    let log = Log::capture();
    let provider = |_: &Parts, _: &Bytes| async {
        Err::<Option<SigningKeys>, _>(io::Error::other("the database is down"))
    };
    let app = Echo::default()
        .router()
        .layer(SignalWireWebhookLayer::new(KeySource::provider(provider)));
    let answer = send(&app, sms().signed_by(&key())).await;
    assert!(!answer.text().contains("database"));
    assert!(
        log.events()[0].contains("cause=the database is down"),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn the_url_tried_is_logged_without_its_credentials_and_query() {
    let base = PublicUrl::base("https://user:secret@hooks.exmaple.com/hooks").unwrap();
    let exact = PublicUrl::exact("https://user:secret@hooks.exmaple.com/voice?secret=1").unwrap();
    for (url, tried) in [
        (base, "https://hooks.exmaple.com/hooks/sms"),
        (exact, "https://hooks.exmaple.com/voice"),
        (trusting(), "http://forwarded.example.com:8080/v1/sms"),
        (PublicUrl::from_request(), "https://hooks.example.com/sms"),
    ] {
        let mut request = sms()
            .header("authorization", "Basic dXNlcjpzZWNyZXQ=")
            .signed_by(&SigningKey::new("PSKanother").unwrap());
        for (name, value) in [
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", "forwarded.example.com:8080"),
            ("x-forwarded-prefix", "/v1"),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let log = Log::capture();
        send(
            &Echo::default().router().layer(layer().public_url(url)),
            request,
        )
        .await;
        let event = &log.events()[0];
        assert!(event.contains(&format!(r#" tried="{tried}" "#)), "{event}");
        assert!(
            event.contains(r#" host="hooks.example.com" path="/sms" "#),
            "{event}"
        );
        assert!(!event.contains("secret"), "{event}");
        assert!(!event.contains("in-the-query"), "{event}");
    }
}

#[tokio::test]
async fn no_signing_key() {
    if std::env::var_os("SIGNALWIRE_SIGNING_KEY").is_some() {
        println!("skipped: SIGNALWIRE_SIGNING_KEY is set");
        return;
    }
    Row {
        reason: RejectionReason::NoSigningKey,
        layer: webhook(),
        request: sms().signed_by(&key()),
        status: StatusCode::INTERNAL_SERVER_ERROR,
        text: "Webhook Error - we attempted to validate this request without first configuring our auth token.",
        body_bytes: 0,
    }
    .check()
    .await;
}

#[tokio::test]
async fn a_verified_request_is_one_event_at_debug() {
    let log = Log::capture();
    let app = Echo::default().router().layer(layer());
    send(&app, sms().signed_by(&key())).await.assert_passed();
    let expected = format!(
        r#"DEBUG signalwire_webhook: webhook verified scheme=FormParameters key_id="{}" host="hooks.example.com" path="/sms" body_bytes=19"#,
        key().id()
    );
    assert_eq!(log.events(), [expected]);
}
