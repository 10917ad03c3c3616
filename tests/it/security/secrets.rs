//! No log line, at TRACE, and no Debug output, error or panic shows the key, a signature, presented
//! or expected, the query, the body, or credentials.

use std::{
    collections::HashSet,
    convert::Infallible,
    error::Error,
    fmt::Debug,
    io,
    panic::{self, PanicHookInfo},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest as _, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
#[cfg(feature = "explain")]
use signalwire_webhook::explain::{Cause, Explainer, Explanation};
use signalwire_webhook::{
    ConfigError, ForwardingHeader, KeySource, PublicUrl, Rejection, RejectionReason, RotatingKeys,
    SignalWireWebhookLayer, SignatureScheme, SigningKey, SigningKeys, Verified, VerifiedWebhook,
    Verifier, validate_request, validate_request_with_body, webhook,
};
use tower::{Layer as _, ServiceExt as _};

use crate::support::{
    Call, Echo, KEY, Log, WebhookRequest, key,
    signed::{SIGNATURE, sign_url},
};

const URL: &str = "https://user:hunter2@hooks.example.com/sms?token=in-the-query";
const BODY: &str = "in-the-body";

/// What no output may hold, in every way in which Rust or a header would write it.
struct Secrets(HashSet<String>);

impl Secrets {
    fn of(parts: &Parts, body: &[u8]) -> Self {
        let mut secrets = Self(HashSet::new());
        let credentials = STANDARD.encode("user:hunter2");
        for text in [KEY, "in-the-query", BODY, "hunter2", &credentials] {
            secrets.add_text(text);
        }
        for (name, value) in &parts.headers {
            if name.as_str().contains("signature") {
                secrets.add_signature(value.to_str().unwrap());
            }
        }
        let mut urls = PublicUrl::from_request().candidates(parts);
        urls.push(URL.to_owned());
        let form: Vec<_> = form_urlencoded::parse(body).collect();
        for url in urls {
            secrets.add_signature(&key().sign_body_sha1(&url, body));
            secrets.add_signature(&key().sign_body_sha256(&url, body));
            secrets.add_signature(&key().sign_form(&url, form.iter().cloned()));
            secrets.add_signature(&sign_url(&key(), &url));
        }
        secrets
    }

    fn add_text(&mut self, text: &str) {
        self.0.insert(text.to_owned());
        self.add_bytes(text.as_bytes());
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        let listed = format!("{bytes:?}");
        self.0.insert(listed.trim_matches(['[', ']']).to_owned());
        let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
        let hex: String = hex.collect();
        self.0.insert(hex.to_uppercase());
        self.0.insert(hex);
        self.0
            .insert(STANDARD.encode(bytes).trim_end_matches('=').to_owned());
    }

    fn add_signature(&mut self, signature: &str) {
        self.add_text(signature);
        let pairs = signature.as_bytes().chunks(2);
        let hex: Option<Vec<u8>> = pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        if let Some(digest) = hex.or_else(|| STANDARD.decode(signature).ok()) {
            self.add_bytes(&digest);
        }
    }

    fn found_in(&self, text: &str) -> Option<&str> {
        let found = self.0.iter().find(|secret| text.contains(secret.as_str()));
        found.map(String::as_str)
    }

    #[track_caller]
    fn assert_not_in(&self, text: &str) {
        assert_eq!(self.found_in(text), None, "in {text}");
    }
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let request = sms().signed_by(&key());
    let signature = request.headers()[SIGNATURE].to_str().unwrap().to_owned();
    let digest = STANDARD.decode(&signature).unwrap();
    let (parts, _) = request.into_parts();
    let body = format!("Body={BODY}").replace('-', "%2D");
    let unsigned = Secrets::of(&sms().unsigned().into_parts().0, body.as_bytes());
    let secrets = Secrets::of(&parts, body.as_bytes());
    for text in [
        format!("{KEY:?}"),
        format!("{:?}", KEY.as_bytes()),
        format!("Sha1({digest:?})"),
        signature,
        format!("{:?}", parts.headers),
        format!("{:?}", parts.uri),
        STANDARD.encode(BODY),
    ] {
        assert!(secrets.found_in(&text).is_some(), "{text}");
        assert!(unsigned.found_in(&text).is_some(), "{text}");
    }
    assert_eq!(secrets.found_in("sms hooks.example.com sha256:"), None);
}

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("Body", BODY)])
}

fn swml() -> WebhookRequest {
    let json = format!(r#"{{"b": "{BODY}", "a": 1}}"#);
    WebhookRequest::raw(URL, "application/json", json)
}

fn with_digest() -> WebhookRequest {
    swml().schemes([SignatureScheme::BodyDigest])
}

fn trusting() -> PublicUrl {
    PublicUrl::from_headers([
        ForwardingHeader::XForwardedProto,
        ForwardingHeader::XForwardedHost,
        ForwardingHeader::XForwardedPort,
        ForwardingHeader::XForwardedPrefix,
        ForwardingHeader::Forwarded,
    ])
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

/// Something that happens to a request, and what comes of it: `None` where it passes.
struct Outcome {
    reason: Option<RejectionReason>,
    layer: SignalWireWebhookLayer,
    parts: Parts,
    chunks: Vec<Bytes>,
    end: End,
}

#[derive(Clone, Copy)]
enum End {
    Whole,
    BreaksOff,
    Stalls,
}

impl Outcome {
    async fn new(
        reason: impl Into<Option<RejectionReason>>,
        layer: SignalWireWebhookLayer,
        request: Request,
    ) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            reason: reason.into(),
            layer,
            parts,
            chunks: vec![body.collect().await.unwrap().to_bytes()],
            end: End::Whole,
        }
    }

    fn ending(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    fn request(&self) -> Request {
        let chunks = self.chunks.clone().into_iter().map(Ok);
        let end = match self.end {
            End::Whole => stream::empty().boxed(),
            End::BreaksOff => stream::iter([Err(io::Error::other("reset"))]).boxed(),
            End::Stalls => stream::pending().boxed(),
        };
        let body = Body::from_stream(stream::iter(chunks).chain(end));
        Request::from_parts(self.parts.clone(), body)
    }

    fn secrets(&self) -> Secrets {
        Secrets::of(&self.parts, &self.chunks.concat())
    }
}

async fn outcomes_of_genuine_requests() -> Vec<Outcome> {
    let by_twilio = {
        let mut request = sms().signed_by(&key());
        let signature = request.headers_mut().remove(SIGNATURE).unwrap();
        request
            .headers_mut()
            .insert("x-twilio-signature", signature);
        request
    };
    let mut outcomes = Vec::new();
    for request in [
        sms().signed_by(&key()),
        swml().signed_by(&key()),
        swml()
            .schemes([SignatureScheme::RawBodySha1])
            .signed_by(&key()),
        with_digest().signed_by(&key()),
        WebhookRequest::get(URL).signed_by(&key()),
        by_twilio,
    ] {
        outcomes.push(Outcome::new(None, layer(), request).await);
    }
    let exact = layer().public_url(PublicUrl::exact(URL).unwrap());
    let rotating = SignalWireWebhookLayer::new(RotatingKeys::new(key()));
    for layer in [exact, rotating] {
        outcomes.push(Outcome::new(None, layer, sms().signed_by(&key())).await);
    }
    outcomes
}

async fn outcomes_by_the_signature() -> Vec<Outcome> {
    use RejectionReason as Reason;
    let twice = {
        let mut request = sms().signed_by(&key());
        let other = key().sign_body_sha1(URL, b"");
        let other = HeaderValue::from_str(&other).unwrap();
        request.headers_mut().append(SIGNATURE, other);
        request
    };
    let nameless = {
        let mut request = sms().signed_by(&key());
        request.headers_mut().remove("host");
        request
    };
    let of_two_hosts = {
        let mut request = sms().signed_by(&key());
        let other = HeaderValue::from_static("other.example.com");
        request.headers_mut().append("host", other);
        request
    };
    let json_signed_as_form = swml().schemes([SignatureScheme::FormParameters]);
    let sha256_alone = layer().accept([SignatureScheme::RawBodySha256]);
    let digest_alone = layer().accept([SignatureScheme::BodyDigest]);
    let elsewhere = PublicUrl::base("https://other.example.com/other").unwrap();
    let mut outcomes = Vec::new();
    for (reason, layer, request) in [
        (Reason::MissingSignature, layer(), sms().unsigned()),
        (
            Reason::MalformedSignature,
            layer(),
            sms().header(SIGNATURE, KEY).unsigned(),
        ),
        (Reason::AmbiguousSignature, layer(), twice),
        (
            Reason::SchemeNotAccepted,
            sha256_alone,
            sms().signed_by(&key()),
        ),
        (
            Reason::SchemeNotAccepted,
            digest_alone,
            sms().signed_by(&key()),
        ),
        (
            Reason::SignatureMismatch,
            layer().public_url(elsewhere),
            sms().signed_by(&key()),
        ),
        (
            Reason::BodyDigestMismatch,
            layer(),
            with_digest().tampered().signed_by(&key()),
        ),
        (
            Reason::UnsignedBody,
            layer(),
            json_signed_as_form.signed_by(&key()),
        ),
        (Reason::UnknownUrl, layer(), nameless),
        (Reason::AmbiguousHost, layer(), of_two_hosts),
        (
            Reason::AmbiguousBoundary,
            layer().forms_begin_with("AccountSid"),
            sms().signed_by(&key()),
        ),
    ] {
        outcomes.push(Outcome::new(reason, layer, request).await);
    }
    for request in [sms(), swml(), WebhookRequest::get(URL)] {
        let of_a_stranger = request
            .clone()
            .signed_by(&SigningKey::new("PSKother").unwrap());
        for request in [request.tampered().signed_by(&key()), of_a_stranger] {
            let outcome = Outcome::new(Reason::SignatureMismatch, layer(), request);
            outcomes.push(outcome.await);
        }
    }
    for mangled in [
        format!("'{KEY}'"),
        format!("KEY={KEY}"),
        format!("{KEY}\\n"),
        format!("PSKother,{KEY}"),
        STANDARD.encode(KEY),
    ] {
        let layer = SignalWireWebhookLayer::new(SigningKey::new(mangled).unwrap());
        let request = sms().signed_by(&key());
        outcomes.push(Outcome::new(Reason::SignatureMismatch, layer, request).await);
    }
    outcomes
}

async fn outcomes_by_the_body_or_the_keys() -> Vec<Outcome> {
    use RejectionReason as Reason;
    let failing =
        |_: &Parts, _: &Bytes| async { Err::<Option<SigningKeys>, _>(io::Error::other("down")) };
    let unknown = |_: &Parts, _: &Bytes| async { Ok::<_, io::Error>(None) };
    let many = WebhookRequest::raw(
        URL,
        "application/x-www-form-urlencoded",
        format!("{BODY}=1&").repeat(1001),
    );
    let signed_as_form = HeaderValue::from_str(&sign_url(&key(), URL)).unwrap();
    let many = many.header(SIGNATURE, signed_as_form).unsigned();
    let request = || sms().signed_by(&key());
    let mut outcomes = vec![
        Outcome::new(Reason::BodyTooLarge, layer().body_limit(3), request()).await,
        Outcome::new(Reason::BodyTooLarge, layer(), many).await,
        Outcome::new(Reason::BodyTimeout, layer(), request())
            .await
            .ending(End::Stalls),
        Outcome::new(Reason::BodyUnreadable, layer(), request())
            .await
            .ending(End::BreaksOff),
        Outcome::new(
            Reason::KeyLookupFailed,
            SignalWireWebhookLayer::new(KeySource::provider(failing)),
            request(),
        )
        .await,
        Outcome::new(
            Reason::NoKeyForRequest,
            SignalWireWebhookLayer::new(KeySource::provider(unknown)),
            request(),
        )
        .await,
    ];
    if std::env::var_os("SIGNALWIRE_SIGNING_KEY").is_none() {
        outcomes.push(Outcome::new(Reason::NoSigningKey, webhook(), request()).await);
    }
    outcomes
}

async fn outcomes() -> Vec<Outcome> {
    let mut outcomes = outcomes_of_genuine_requests().await;
    outcomes.extend(outcomes_by_the_signature().await);
    outcomes.extend(outcomes_by_the_body_or_the_keys().await);
    outcomes
}

/// What becomes of the settings that decide what is told.
fn ways_to_tell(layer: &SignalWireWebhookLayer) -> Vec<SignalWireWebhookLayer> {
    let plain = [layer.clone(), layer.clone().report_only()];
    #[cfg(feature = "explain")]
    let plain = plain
        .clone()
        .into_iter()
        .chain(plain.map(SignalWireWebhookLayer::explain_rejections));
    plain.into_iter().collect()
}

/// What is left behind for the layers outside and the handlers inside.
struct Left {
    response: Response,
    call: Option<Call>,
}

impl Left {
    async fn by(layer: &SignalWireWebhookLayer, request: Request) -> Self {
        let echo = Echo::default();
        let app = echo.router().layer(layer.clone());
        let response = app.oneshot(request).await.unwrap();
        let call = echo.calls().pop();
        Self { response, call }
    }

    fn rejection(&self) -> Option<&Rejection> {
        let by_request = self.call.as_ref().and_then(|call| call.rejection.as_ref());
        self.response.extensions().get().or(by_request)
    }

    fn verified(&self) -> Option<&VerifiedWebhook> {
        self.call.as_ref().and_then(|call| call.verified.as_ref())
    }
}

fn reasons_there_are() -> HashSet<String> {
    let source = include_str!("../../../src/verify/reason.rs");
    let (_, variants) = source.split_once("pub enum RejectionReason {\n").unwrap();
    let (variants, _) = variants.split_once("\n}").unwrap();
    let names = variants.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.strip_suffix(',')?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_name.then(|| name.to_owned())
    });
    names.collect()
}

#[tokio::test(start_paused = true)]
async fn no_outcome_logs_a_secret_with_or_without_explanations_and_reports() {
    let mut reasons = HashSet::new();
    for outcome in outcomes().await {
        let secrets = outcome.secrets();
        for layer in ways_to_tell(&outcome.layer) {
            let log = Log::capture();
            let left = Left::by(&layer, outcome.request()).await;
            let reason = left.rejection().map(Rejection::reason);
            assert_eq!(reason, outcome.reason, "{}", log.text());
            assert_eq!(left.verified().is_some(), reason.is_none());
            assert_eq!(log.events().len(), 1, "{}", log.text());
            secrets.assert_not_in(&log.text());
            reasons.extend(reason.map(|reason| format!("{reason:?}")));
        }
    }
    let mut expected = reasons_there_are();
    if std::env::var_os("SIGNALWIRE_SIGNING_KEY").is_some() {
        expected.remove("NoSigningKey");
    }
    assert!(expected.len() > 10, "{expected:?}");
    assert_eq!(reasons, expected);
}

#[tokio::test(start_paused = true)]
async fn no_outcome_leaves_a_secret_in_an_error_a_response_or_a_proof() {
    for outcome in outcomes().await {
        let secrets = outcome.secrets();
        for layer in ways_to_tell(&outcome.layer) {
            let left = Left::by(&layer, outcome.request()).await;
            secrets.assert_not_in(&format!("{:?}", left.verified()));
            let rejection = left.rejection().cloned();
            let mut error: Option<&dyn Error> = rejection.as_ref().map(|error| error as _);
            while let Some(current) = error {
                secrets.assert_not_in(&format!("{current} {current:?} {current:#?}"));
                error = current.source();
            }
            let is_the_layers = left.response.extensions().get::<Rejection>().is_some();
            if is_the_layers {
                let (parts, body) = left.response.into_parts();
                let body = body.collect().await.unwrap().to_bytes();
                secrets.assert_not_in(&format!("{parts:?} {body:?}"));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_cannot_tell_one_403_from_another() {
    let mut seen: HashSet<String> = HashSet::new();
    for outcome in outcomes().await {
        for layer in ways_to_tell(&outcome.layer) {
            let left = Left::by(&layer, outcome.request()).await;
            if left.response.status() == StatusCode::FORBIDDEN {
                let (parts, body) = left.response.into_parts();
                let body = body.collect().await.unwrap().to_bytes();
                seen.insert(format!("{:?} {body:?}", parts.headers));
            }
        }
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[cfg(feature = "explain")]
#[tokio::test]
async fn an_explanation_masks_the_query_and_the_credentials_of_the_urls_it_shows() {
    let request = sms().header("host", "app:3000").signed_by(&key());
    let secrets = Secrets::of(&sms().unsigned().into_parts().0, b"");
    let layer = layer()
        .public_url(PublicUrl::base("https://user:hunter2@other.example.com").unwrap())
        .explain_rejections();
    let request = {
        let mut request = request;
        let host = HeaderValue::from_static("hooks.example.com");
        request.headers_mut().insert("x-forwarded-host", host);
        request
    };
    let log = Log::capture();
    let left = Left::by(&layer, request).await;
    let explanation: &Explanation = left.response.extensions().get().unwrap();
    assert_eq!(explanation.cause(), Cause::Host);
    let shown = "https://***@hooks.example.com/sms?…";
    assert!(log.text().contains(shown), "{}", log.text());
    let remedies = explanation.remedies();
    assert!(!remedies.is_empty());
    secrets.assert_not_in(&format!(
        "{explanation} {explanation:?} {remedies:?} {} {}",
        explanation.fix(),
        log.text()
    ));
}

#[cfg(feature = "explain")]
#[tokio::test]
async fn an_explanation_masks_the_credentials_of_the_host_that_the_request_line_names() {
    let log = Log::capture();
    let mut request = sms().tampered().signed_by(&key());
    let absolute = "https://user:hunter2@hooks.example.com:8443/sms";
    *request.uri_mut() = absolute.parse().unwrap();
    Left::by(&layer().explain_rejections(), request).await;
    assert!(log.text().contains("hooks.example.com:8443"));
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}

/// What the crate cannot know is shown as it is: what the provider of the keys says of a failure.
#[tokio::test]
async fn the_error_of_a_key_provider_is_logged_as_it_is() {
    let failing = |_: &Parts, _: &Bytes| async {
        Err::<Option<SigningKeys>, _>(io::Error::other("as the provider writes it"))
    };
    let log = Log::capture();
    let layer = SignalWireWebhookLayer::new(KeySource::provider(failing));
    Left::by(&layer, sms().signed_by(&key())).await;
    assert!(log.text().contains("cause=as the provider writes it"));
}

#[tokio::test]
async fn no_debug_output_shows_a_secret() {
    let rotating = RotatingKeys::new(key());
    let base = PublicUrl::base("https://user:hunter2@hooks.example.com").unwrap();
    let urls = base.or(PublicUrl::exact(URL).unwrap()).or(trusting());
    let provider = KeySource::provider(|_: &Parts, _: &Bytes| async {
        SigningKey::new(KEY).map(|key| Some(key.into()))
    });
    let layer = SignalWireWebhookLayer::new(rotating.clone())
        .public_url(urls.clone())
        .on_rejection(|rejection| rejection.status().into_response());
    let request = sms().tampered().signed_by(&key());
    let (parts, _) = request.into_parts();
    let secrets = Secrets::of(&parts, format!("Body={BODY}").as_bytes());
    let mut reported = sms().unsigned();
    let rejection = Rejection::from(RejectionReason::SignatureMismatch);
    reported.extensions_mut().insert(rejection.clone());
    let refused_by_extractor = Verified::<()>::from_request(reported, &()).await;
    let verifier = Verifier::new(key()).public_url(urls.clone());
    let all: [&dyn Debug; 12] = [
        &key(),
        &key().with_id("main"),
        &SigningKeys::from(key()),
        &rotating,
        &KeySource::from(key()),
        &provider,
        &urls,
        &layer,
        &layer.layer(()),
        &verifier,
        &rejection,
        &refused_by_extractor.unwrap_err(),
    ];
    for output in all {
        secrets.assert_not_in(&format!("{output:?} {output:#?}"));
    }
    #[cfg(feature = "explain")]
    {
        let explainer = Explainer::new(key())
            .public_url(urls)
            .dashboard_url(URL)
            .show_queries();
        secrets.assert_not_in(&format!("{explainer:?} {:?}", layer.explain_rejections()));
    }
}

#[tokio::test]
async fn a_proof_tells_the_whole_url_only_where_it_is_asked_for_it() {
    let left = Left::by(&layer(), sms().signed_by(&key())).await;
    let proof = left.verified().unwrap();
    assert!(proof.url().ends_with("?token=in-the-query"));
    assert!(!format!("{proof:?}").contains("hooks.example.com"));
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
        SigningKey::new(" \n").err(),
        SigningKeys::new([]).err(),
        SigningKeys::new([key(), key()]).err(),
        SigningKeys::new([
            named("a"),
            SigningKey::new("PSKother").unwrap().with_id("a"),
        ])
        .err(),
        PublicUrl::base("https://user:hunter2@hooks.example.com?a=b").err(),
        PublicUrl::base(URL).err(),
        PublicUrl::exact("https://hooks.example.com:0/sms?token=in-the-query").err(),
        PublicUrl::exact("wss://user:hunter2@hooks.example.com/sms?token=in-the-query").err(),
        PublicUrl::exact("https://user:hunter2@hooks.example.com:99999").err(),
        PublicUrl::exact("user:hunter2@hooks.example.com").err(),
        PublicUrl::exact("ftp://user:hunter2@hooks.example.com").err(),
        PublicUrl::base(KEY).err(),
        PublicUrl::base(&format!("SIGNALWIRE_SIGNING_KEY={KEY}")).err(),
        PublicUrl::base("https://user:hunter2?hunter2@hooks.example.com").err(),
    ]
    .into_iter()
    .collect::<Option<_>>()
    .unwrap();
    let secrets = Secrets::of(&sms().unsigned().into_parts().0, b"");
    for error in errors {
        secrets.assert_not_in(&format!("{error} {error:?}"));
    }
}

/// Every panic of this thread while it lives, as its message.
struct Panics {
    messages: Arc<Mutex<Vec<String>>>,
}

impl Panics {
    fn recorded() -> Self {
        let messages = Arc::new(Mutex::new(Vec::new()));
        let record = messages.clone();
        let this_thread = thread::current().id();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
            if thread::current().id() == this_thread {
                record.lock().unwrap().push(panic.to_string());
            }
            before(panic);
        }));
        Self { messages }
    }

    fn messages(&self) -> Vec<String> {
        self.messages.lock().unwrap().clone()
    }
}

const ODD: [&str; 12] = [
    "",
    " ",
    "%",
    "%f",
    "%zz%ff%00+&=&==&a=b=c&&",
    "a\tb",
    "[::1",
    "://@:",
    "https://user:hunter2@:0/?in-the-query#in-the-body",
    "{\"in-the-body\":",
    "[[[[[[[[",
    "=?%é?=\u{feff}",
];

fn odd_requests() -> Vec<(Parts, Vec<u8>)> {
    let names = [
        "host",
        "authorization",
        "content-type",
        "content-length",
        "content-encoding",
        "forwarded",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-original-url",
        "x-signalwire-sha256-signature",
        "x-twilio-signature",
    ];
    let mut requests = Vec::new();
    for (index, odd) in ODD.iter().enumerate() {
        for signature in [key().sign_form(URL, [(odd, odd)]), (*odd).to_owned()] {
            for target in ["*", "/", "/%ff%?%", "//a//../?=&in-the-query"] {
                let mut headers = HeaderMap::new();
                for (offset, name) in names.into_iter().enumerate() {
                    let value = ODD[(index + offset) % ODD.len()];
                    headers.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
                }
                let signature = HeaderValue::from_bytes(signature.as_bytes()).unwrap();
                headers.insert(SIGNATURE, signature);
                let mut request = Request::new(());
                *request.method_mut() = Method::POST;
                *request.uri_mut() = target.parse().unwrap();
                *request.headers_mut() = headers;
                requests.push((request.into_parts().0, odd.repeat(3).into_bytes()));
            }
        }
    }
    requests
}

/// A panic over a piece of text would show that text, so there must be none.
#[tokio::test]
async fn odd_input_panics_nowhere_so_that_no_panic_shows_it() {
    let panics = Panics::recorded();
    for text in ODD {
        let _ = (PublicUrl::base(text), PublicUrl::exact(text));
        let _ = SigningKey::new(text).map(|key| SigningKeys::new([key.clone(), key]));
        let _ = validate_request(&key(), text, text, [(text, text)]);
        let _ = validate_request_with_body(&key(), text, text, text.as_bytes());
    }
    let everywhere = PublicUrl::from_request()
        .or(PublicUrl::exact(URL).unwrap())
        .or(trusting());
    for (parts, body) in odd_requests() {
        for layer in ways_to_tell(&layer().public_url(everywhere.clone())) {
            let layer = layer.body_deadline(Duration::from_secs(1));
            let body = stream::iter([Ok::<_, Infallible>(Bytes::from(body.clone()))]);
            let request = Request::from_parts(parts.clone(), Body::from_stream(body));
            Left::by(&layer, request).await;
        }
        let _ = everywhere.candidates(&parts);
        #[cfg(feature = "explain")]
        let _ = Explainer::new(key())
            .dashboard_url(String::from_utf8_lossy(&body))
            .show_queries()
            .explain(&parts, &body)
            .to_string();
    }
    assert_eq!(panics.messages(), <[String; 0]>::default());
    panic::catch_unwind(|| panic!("recorded")).unwrap_err();
    assert_eq!(panics.messages().len(), 1);
}
