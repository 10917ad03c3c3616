//! Several keys, keys that are replaced, and keys that are looked up.

use std::{
    convert::Infallible,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use axum::{
    BoxError, Router,
    body::Body,
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::stream;
use http::{Request, StatusCode, request::Parts};
use http_body_util::BodyExt as _;
use signalwire_webhook::{
    ConfigError, KeySource, Rejection, RejectionReason, RotatingKeys, SignalWireWebhookLayer,
    SigningKey, SigningKeyProvider, SigningKeys, VerifiedWebhook,
};
use tokio::task::JoinHandle;
use tower::{Layer as _, Service as _, ServiceExt, service_fn};

use crate::support::{Log, WebhookRequest};

const URL: &str = "https://hooks.example.com/projects/one/sms";

fn key(id: &str) -> SigningKey {
    SigningKey::new(format!("PSK of {id}")).unwrap().with_id(id)
}

fn keys<const N: usize>(ids: [&str; N]) -> SigningKeys {
    SigningKeys::new(ids.map(key)).unwrap()
}

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567"), ("AccountSid", "one")])
}

/// Answers with the id of the key that signed.
fn app(keys: impl Into<KeySource>) -> Router {
    let key_id = async |verified: VerifiedWebhook| verified.key_id().to_owned();
    Router::new()
        .route("/projects/{project}/sms", get(key_id).post(key_id))
        .layer(SignalWireWebhookLayer::new(keys))
}

async fn text(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

fn reason(response: &Response) -> Option<RejectionReason> {
    response.extensions().get().map(Rejection::reason)
}

#[tokio::test]
async fn each_of_several_keys_verifies_and_is_named() {
    let app = app(keys(["first", "second", "third"]));
    for id in ["first", "second", "third"] {
        for request in [
            sms().signed_by(&key(id)),
            WebhookRequest::get(URL).signed_by(&key(id)),
            WebhookRequest::json(URL, &["swml"]).signed_by(&key(id)),
        ] {
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{id}");
            assert_eq!(text(response).await, id);
        }
    }
    let stranger = app.oneshot(sms().signed_by(&key("fourth"))).await.unwrap();
    assert_eq!(reason(&stranger), Some(RejectionReason::SignatureMismatch));
}

#[tokio::test]
async fn a_key_without_a_name_has_its_fingerprint() {
    let unnamed = SigningKey::new("PSKtest").unwrap();
    let request = sms().signed_by(&unnamed);
    let response = app(unnamed).oneshot(request).await.unwrap();
    assert_eq!(text(response).await, "sha256:621201b8");
}

#[test]
fn no_debug_output_shows_a_key() {
    let rotating = RotatingKeys::new(keys(["first", "second"]));
    for text in [
        format!("{:?}", keys(["first", "second"])),
        format!("{rotating:?}"),
        format!("{:?}", SignalWireWebhookLayer::new(rotating)),
        format!("{:?}", SignalWireWebhookLayer::new(key("first"))),
    ] {
        assert!(text.contains("sha256:"), "{text}");
        assert!(!text.contains("PSK"), "{text}");
    }
}

/// The steps of one rotation after another, by the recipe: at step `2 * n` key `n` alone is in
/// force, at the next one key `n + 1` too.
struct Rotation {
    keys: Vec<SigningKey>,
    handle: RotatingKeys,
    /// The last step that has begun to be put in force, and the last that is.
    announced: AtomicUsize,
    in_force: AtomicUsize,
}

impl Rotation {
    fn new(rotations: usize) -> Self {
        let keys: Vec<_> = (0..rotations + 3).map(|n| key(&n.to_string())).collect();
        Self {
            handle: RotatingKeys::new(keys[0].clone()),
            keys,
            announced: AtomicUsize::new(0),
            in_force: AtomicUsize::new(0),
        }
    }

    fn put_in_force(&self, step: usize) {
        self.announced.store(step, SeqCst);
        let (first, last) = (step / 2, step.div_ceil(2));
        self.handle
            .replace(SigningKeys::new(self.keys[first..=last].iter().cloned()).unwrap());
        self.in_force.store(step, SeqCst);
    }

    fn is_valid(key: usize, step: usize) -> bool {
        (step / 2..=step.div_ceil(2)).contains(&key)
    }

    /// A key that is in force at this step, one that was dropped, or one that is still to come.
    fn some_key(step: usize, turn: usize) -> usize {
        match turn % 4 {
            0 => step / 2,
            1 => step.div_ceil(2),
            2 => (step / 2).saturating_sub(1),
            _ => step / 2 + 2,
        }
    }
}

/// Lets others run before the body is there.
fn slowly(request: Request<Body>, turns: usize) -> Request<Body> {
    request.map(|body| {
        Body::from_stream(stream::once(async move {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            body.collect()
                .await
                .map(http_body_util::Collected::to_bytes)
        }))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests_are_judged_by_the_keys_of_the_moment_they_began() {
    const REQUESTS: usize = 10_000;
    const CLIENTS: usize = 8;
    const STEPS: usize = 100;
    let rotation = Arc::new(Rotation::new(STEPS / 2));
    let begun = Arc::new(AtomicUsize::new(0));
    let service = SignalWireWebhookLayer::new(rotation.handle.clone()).layer(service_fn(
        async |request: Request<Body>| {
            let verified: Option<&VerifiedWebhook> = request.extensions().get();
            let key_id = verified.map(|verified| verified.key_id().to_owned());
            Ok::<_, Infallible>(Response::new(Body::from(key_id.unwrap_or_default())))
        },
    ));

    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (rotation, begun) = (rotation.clone(), begun.clone());
            let mut service = service.clone();
            tokio::spawn(async move {
                let (mut counted, mut undecided) = ([0; 2], 0);
                for turn in 0..REQUESTS / CLIENTS {
                    let earliest = rotation.in_force.load(SeqCst);
                    let key = Rotation::some_key(earliest, turn);
                    let request = slowly(sms().signed_by(&rotation.keys[key]), (turn + client) % 5);
                    let service = ServiceExt::<Request<Body>>::ready(&mut service)
                        .await
                        .unwrap();
                    let response = service.call(request);
                    let latest = rotation.announced.load(SeqCst);
                    begun.fetch_add(1, SeqCst);

                    let response = response.await.unwrap();
                    let is_accepted = response.status() == StatusCode::OK;
                    let mut verdicts =
                        (earliest..=latest).map(|step| Rotation::is_valid(key, step));
                    assert!(
                        verdicts.any(|verdict| verdict == is_accepted),
                        "key {key} at step {earliest} to {latest}: accepted is {is_accepted}",
                    );
                    undecided += usize::from(earliest != latest);
                    counted[usize::from(is_accepted)] += 1;
                    if is_accepted {
                        assert_eq!(text(response).await, key.to_string());
                    }
                }
                (counted, undecided)
            })
        })
        .collect();
    for step in 1..=STEPS {
        let at_work = || {
            clients
                .iter()
                .any(|client: &JoinHandle<_>| !client.is_finished())
        };
        while begun.load(SeqCst) < step * (REQUESTS / (STEPS + 1)) && at_work() {
            tokio::task::yield_now().await;
        }
        rotation.put_in_force(step);
    }

    let (mut refused, mut accepted, mut undecided) = (0, 0, 0);
    for client in clients {
        let (counted, of_them_undecided) = client.await.unwrap();
        refused += counted[0];
        accepted += counted[1];
        undecided += of_them_undecided;
    }
    assert_eq!(refused + accepted, REQUESTS);
    assert!(refused > REQUESTS / 4, "{refused}");
    assert!(accepted > REQUESTS / 4, "{accepted}");
    assert!(
        undecided < REQUESTS / 2,
        "{undecided} began while keys were replaced"
    );
}

#[tokio::test]
async fn a_request_under_way_finishes_with_the_keys_it_started_with() {
    for (signer, expected) in [("old", StatusCode::OK), ("new", StatusCode::FORBIDDEN)] {
        let rotating = RotatingKeys::new(key("old"));
        let app = app(rotating.clone());
        let request = sms().signed_by(&key(signer)).map(|body| {
            Body::from_stream(stream::once(async move {
                rotating.replace(key("new"));
                body.collect()
                    .await
                    .map(http_body_util::Collected::to_bytes)
            }))
        });
        let under_way = app.clone().oneshot(request).await.unwrap();
        assert_eq!(under_way.status(), expected, "{signer}");
        let next = app.oneshot(sms().signed_by(&key("new"))).await.unwrap();
        assert_eq!(next.status(), StatusCode::OK);
    }
}

/// Two projects, looked up by a field of the body.
struct ByAccount;

impl SigningKeyProvider for ByAccount {
    async fn signing_keys(&self, _: &Parts, body: &Bytes) -> Result<Option<SigningKeys>, BoxError> {
        tokio::task::yield_now().await;
        let account = form_urlencoded::parse(body).find(|(name, _)| name == "AccountSid");
        match account.as_ref().map(|(_, account)| account.as_ref()) {
            Some("one") => Ok(Some(keys(["one, old", "one, new"]))),
            Some("two") => Ok(Some(keys(["two"]))),
            Some("unknown") => Ok(None),
            _ => Err(Box::new(io::Error::other("the key store is down"))),
        }
    }
}

fn sms_of(account: &str) -> WebhookRequest {
    WebhookRequest::form(URL, [("AccountSid", account)])
}

#[tokio::test]
async fn a_provider_finds_the_keys_by_the_body() {
    let app = app(KeySource::provider(ByAccount));
    for (account, signer) in [("one", "one, old"), ("one", "one, new"), ("two", "two")] {
        let request = sms_of(account).signed_by(&key(signer));
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(text(response).await, signer);
    }
    let of_another_project = sms_of("one").signed_by(&key("two"));
    let refused = app.oneshot(of_another_project).await.unwrap();
    assert_eq!(reason(&refused), Some(RejectionReason::SignatureMismatch));
}

#[tokio::test]
async fn a_closure_is_a_provider_and_sees_parts_and_body() {
    type Seen = Arc<Mutex<Vec<(String, String, Bytes)>>>;
    let seen = Seen::default();
    let record = seen.clone();
    let provider = KeySource::provider(move |parts: &Parts, body: &Bytes| {
        let agent = parts.headers["user-agent"].to_str().unwrap().to_owned();
        let path = parts.uri.path().to_owned();
        let project = path.split('/').nth(2).unwrap_or_default().to_owned();
        record.lock().unwrap().push((path, agent, body.clone()));
        async move { SigningKey::new(format!("PSK of {project}")).map(|key| Some(key.into())) }
    });
    let request = sms()
        .header("user-agent", "SignalWire")
        .signed_by(&key("one"));
    let response = app(provider).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        *seen.lock().unwrap(),
        [(
            "/projects/one/sms".to_owned(),
            "SignalWire".to_owned(),
            Bytes::from("From=%2B15551234567&AccountSid=one"),
        )]
    );
}

#[tokio::test]
async fn a_failed_look_up_is_logged_and_answered_with_503() {
    let log = Log::capture();
    let request = sms_of("three").signed_by(&key("one"));
    let response = app(KeySource::provider(ByAccount))
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reason(&response), Some(RejectionReason::KeyLookupFailed));
    let rejection: &Rejection = response.extensions().get().unwrap();
    let source = std::error::Error::source(rejection).unwrap();
    assert!(source.is::<io::Error>());
    assert_eq!(
        text(response).await,
        "Signing key not available, try again later."
    );

    let events = log.events();
    assert_eq!(events.len(), 1, "{events:?}");
    for part in [
        "WARN signalwire_webhook: webhook rejected",
        "reason=KeyLookupFailed",
        "status=503",
        "cause=the key store is down",
    ] {
        assert!(events[0].contains(part), "{part} is not in {events:?}");
    }
}

#[tokio::test]
async fn a_project_that_the_provider_does_not_know_is_refused_as_any_forger_is() {
    let request = sms_of("unknown").signed_by(&key("one"));
    let response = app(KeySource::provider(ByAccount))
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(reason(&response), Some(RejectionReason::NoKeyForRequest));
    assert_eq!(
        text(response).await,
        "SignalWire Request Validation Failed."
    );
}

#[tokio::test]
async fn a_provider_is_asked_for_no_request_that_is_refused_anyway() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let provider = KeySource::provider(move |_: &Parts, _: &Bytes| {
        count.fetch_add(1, SeqCst);
        async { Ok::<_, ConfigError>(Some(keys(["one"]))) }
    });
    let app = Router::new()
        .route("/projects/one/sms", post(|| async {}))
        .layer(SignalWireWebhookLayer::new(provider).body_limit(100));
    for request in [
        sms().unsigned(),
        sms().header("x-signalwire-signature", "made up").unsigned(),
        sms().header("host", "").signed_by(&key("one")),
        WebhookRequest::raw(URL, "text/plain", [b'a'; 101]).signed_by(&key("one")),
    ] {
        let response = app.clone().oneshot(request).await.unwrap();
        assert!(reason(&response).is_some());
        assert_eq!(asked.load(SeqCst), 0, "{response:?}");
    }
    let genuine = app.oneshot(sms().signed_by(&key("one"))).await.unwrap();
    assert_eq!(genuine.status(), StatusCode::OK);
    assert_eq!(asked.load(SeqCst), 1);
}
