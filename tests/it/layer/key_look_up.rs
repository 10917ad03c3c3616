//! Keys that are looked up by the name of a project.

use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{BoxError, Router};
use bytes::Bytes;
use http::{StatusCode, request::Parts};
use signalwire_webhook::{
    KeySource, RejectionReason, SignalWireWebhookLayer, SigningKey, SigningKeys, VerifiedWebhook,
};
use tokio::time::{Instant, advance};

use crate::support::{Answer, Log, WebhookRequest, send};

fn key_of(project: &str) -> SigningKey {
    SigningKey::new(format!("PSK of {project}"))
        .unwrap()
        .with_id(project)
}

/// By the first segment of the path.
fn project(parts: &Parts, _: &Bytes) -> Option<String> {
    let path = parts.uri.path().strip_prefix("/projects/")?;
    Some(path.split('/').next()?.to_owned())
}

async fn find(project: String) -> Result<Option<SigningKeys>, BoxError> {
    match &*project {
        "down" => Err("the database is down".into()),
        "unknown" => Ok(None),
        known => Ok(Some(key_of(known).into())),
    }
}

fn app(keys: KeySource) -> Router {
    let key_id = async |verified: VerifiedWebhook| verified.key_id().to_owned();
    Router::new()
        .fallback(key_id)
        .layer(SignalWireWebhookLayer::new(keys))
}

fn sms(project: &str) -> WebhookRequest {
    let url = format!("https://hooks.example.com/projects/{project}/sms");
    WebhookRequest::form(url, [("From", "+15551234567")])
}

async fn sent(app: &Router, project: &str) -> Answer {
    send(app, sms(project).signed_by(&key_of(project))).await
}

#[tokio::test]
async fn each_project_is_verified_by_its_own_keys() {
    let app = app(KeySource::look_up(project, find));
    for project in ["sales", "support"] {
        assert_eq!(sent(&app, project).await.text(), project);
    }
    let of_another = sms("sales").signed_by(&key_of("support"));
    send(&app, of_another)
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}

#[tokio::test]
async fn a_project_may_be_named_by_the_body() {
    let by_account = |_: &Parts, body: &Bytes| {
        let account = form_urlencoded::parse(body).find(|(name, _)| name == "AccountSid");
        account.map(|(_, account)| account.into_owned())
    };
    let app = app(KeySource::look_up(by_account, find));
    let url = "https://hooks.example.com/sms";
    let sms = WebhookRequest::form(url, [("AccountSid", "sales"), ("From", "+1")]);
    let answer = send(&app, sms.signed_by(&key_of("sales"))).await;
    assert_eq!(answer.text(), "sales");
}

/// A forger gets 403 for it as for any other.
#[tokio::test]
async fn a_request_of_no_project_or_of_one_that_is_not_known_is_refused() {
    let app = app(KeySource::look_up(project, find));
    sent(&app, "unknown")
        .await
        .assert_refused(RejectionReason::NoKeyForRequest);
    let elsewhere = WebhookRequest::form("https://hooks.example.com/sms", [("From", "+1")]);
    send(&app, elsewhere.signed_by(&key_of("sales")))
        .await
        .assert_refused(RejectionReason::NoKeyForRequest);
}

#[tokio::test]
async fn a_failure_is_logged_and_answered_with_503() {
    let log = Log::capture();
    let answer = sent(&app(KeySource::look_up(project, find)), "down").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.reason, Some(RejectionReason::KeyLookupFailed));
    assert!(log.text().contains("cause=the database is down"));
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_hangs_ends_with_its_time_limit() {
    let hanging = || KeySource::look_up(project, |_| future::pending());
    let half_a_minute = Duration::from_secs(30);
    for (keys, limit) in [
        (hanging(), Duration::from_secs(2)),
        (hanging().time_limit(half_a_minute), half_a_minute),
    ] {
        let log = Log::capture();
        let begun = Instant::now();
        let answer = sent(&app(keys), "sales").await;
        assert_eq!(begun.elapsed(), limit);
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.reason, Some(RejectionReason::KeyLookupFailed));
        let sentence = format!("the key look-up took longer than {limit:?}");
        assert!(log.text().contains(&sentence), "{}", log.text());
    }
}

/// A source that counts how often it is asked.
fn counted(asked: &Arc<AtomicUsize>) -> KeySource {
    let asked = asked.clone();
    KeySource::look_up(project, move |project| {
        asked.fetch_add(1, Relaxed);
        find(project)
    })
}

#[tokio::test(start_paused = true)]
async fn what_was_found_is_remembered_for_so_long_and_by_default_not_at_all() {
    let asked = Arc::new(AtomicUsize::new(0));
    let uncached = app(counted(&asked));
    for _ in 0..3 {
        sent(&uncached, "sales").await.assert_passed();
    }
    assert_eq!(asked.swap(0, Relaxed), 3);

    let cached = app(counted(&asked).cached_for(Duration::from_secs(60)));
    for _ in 0..3 {
        sent(&cached, "sales").await.assert_passed();
        advance(Duration::from_secs(19)).await;
    }
    assert_eq!(asked.load(Relaxed), 1);
    sent(&cached, "support").await.assert_passed();
    assert_eq!(asked.swap(0, Relaxed), 2);
    advance(Duration::from_secs(60)).await;
    sent(&cached, "sales").await.assert_passed();
    assert_eq!(asked.load(Relaxed), 1);
}

/// Anyone can name a project, so that a cache of those could be filled by anyone.
#[tokio::test]
async fn what_was_not_found_is_not_remembered() {
    let asked = Arc::new(AtomicUsize::new(0));
    let app = app(counted(&asked).cached_for(Duration::from_secs(60)));
    for project in ["unknown", "down"] {
        for _ in 0..3 {
            assert!(sent(&app, project).await.reason.is_some());
        }
    }
    assert_eq!(asked.load(Relaxed), 6);
}

#[tokio::test]
async fn a_cache_holds_ten_thousand_projects_and_no_more() {
    const MOST: usize = 10_000;
    let asked = Arc::new(AtomicUsize::new(0));
    let app = app(counted(&asked).cached_for(Duration::from_secs(3_600)));
    let forged = |number: usize| sms(&number.to_string()).signed_by(&key_of("another"));
    for number in 0..=MOST {
        send(&app, forged(number)).await;
    }
    assert_eq!(asked.swap(0, Relaxed), MOST + 1);
    for (number, asked_again) in [(0, 0), (MOST - 1, 0), (MOST, 1), (MOST, 1)] {
        send(&app, forged(number)).await;
        assert_eq!(asked.swap(0, Relaxed), asked_again, "{number}");
    }
}

#[test]
fn its_debug_output_shows_its_settings() {
    let keys = KeySource::look_up(project, find).cached_for(Duration::from_secs(60));
    assert_eq!(
        format!("{keys:?}"),
        "KeyLookUp { time_limit: 2s, cached_for: Some(60s), .. }"
    );
}
