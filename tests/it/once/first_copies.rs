//! What an attacker leaves for the genuine request by a copy, or a message of their own, that comes first.

use axum::{
    Form, Router,
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use signalwire_webhook::{
    DeliverOnceLayer, DeliveryId, SignalWireWebhookLayer, SigningKey, SigningKeys,
};
use tower::{Layer as _, ServiceExt as _};

use super::{
    replays::{JSON, SMS, app, default_layer, replay},
    support::{Runs, answering, key, read, send},
};
use crate::support::{
    WebhookRequest,
    signed::{FORM, sign_url},
};

/// Nothing signs the method or the content type, so the answer to an odd one is not for the genuine request.
#[tokio::test]
async fn a_replay_that_no_handler_understands_does_not_answer_for_the_genuine_request() {
    let runs = Runs::default();
    let counted = runs.clone();
    let sms =
        move |_: Form<Vec<(String, String)>>| async move { format!("run {}", counted.count()) };
    let app = Router::new()
        .route("/sms", post(sms))
        .layer(DeliverOnceLayer::in_memory())
        .layer(default_layer());
    let signature = key().sign_form(SMS, [("AccountSid", "1"), ("From", "2")]);
    let form = "AccountSid=1&From=2";
    let in_hex = hex::encode(STANDARD.decode(&signature).unwrap());
    let mut put = replay(SMS, FORM, form, &signature);
    *put.method_mut() = Method::PUT;
    let mut untyped = replay(SMS, FORM, form, &signature);
    untyped.headers_mut().remove("content-type");
    for odd in [put, untyped, replay(SMS, JSON, "AccountSid1From2", &in_hex)] {
        let answer = send(&app, odd).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
    }
    for _ in 0..2 {
        let genuine = replay(SMS, FORM, form, &signature);
        send(&app, genuine).await.assert_is(200, "run 1");
    }
}

/// A form that is cut into the path reaches no route, and the answer of the router is not for the genuine
/// request.
#[tokio::test]
async fn a_replay_that_reaches_no_route_does_not_answer_for_the_genuine_request() {
    let runs = Runs::default();
    let app = Router::new()
        .route("/sms", post(answering(&runs, |run| format!("run {run}"))))
        .layer(DeliverOnceLayer::in_memory())
        .layer(default_layer());
    let signature = key().sign_form(SMS, [("AccountSid", "1"), ("From", "2")]);
    let in_hex = hex::encode(STANDARD.decode(&signature).unwrap());
    let elsewhere = "https://h.example/smsAccount";
    let cut = replay(elsewhere, JSON, "Sid1From2", &in_hex);
    assert_eq!(send(&app, cut).await.status, 404);
    for _ in 0..2 {
        let genuine = replay(SMS, FORM, "AccountSid=1&From=2", &signature);
        send(&app, genuine).await.assert_is(200, "run 1");
    }
}

/// A router leaves the body of a GET's answer out where it is asked by HEAD.
#[tokio::test]
async fn a_replay_by_head_does_not_empty_the_answer_to_the_genuine_get() {
    let runs = Runs::default();
    let router = Router::new().route("/sms", get(answering(&runs, |run| format!("run {run}"))));
    let service = default_layer().layer(DeliverOnceLayer::in_memory().layer(router));
    let signature = sign_url(&key(), SMS);
    let by_method = async |method: Method| {
        let mut request = replay(SMS, FORM, "", &signature);
        *request.method_mut() = method;
        read(service.clone().oneshot(request).await.unwrap()).await
    };
    for _ in 0..2 {
        let head = by_method(Method::HEAD).await;
        head.assert_is(200, "");
        assert_eq!(head.headers["content-length"], "5");
        by_method(Method::GET).await.assert_is(200, "run 1");
    }
}

/// Whoever has a key of the layer may sign what they expect another project to send, and send it first.
#[tokio::test]
async fn what_another_project_signed_is_a_copy_unless_the_identity_has_the_key() {
    let other = SigningKey::new("PSKother").unwrap();
    let by_key = DeliverOnceLayer::in_memory().identify(|_, _, verified| {
        let identity = format!("{} {}", verified.key_id(), verified.delivery_id());
        Some(DeliveryId::of(identity))
    });
    for (once, runs_in_all) in [(DeliverOnceLayer::in_memory(), 1), (by_key, 2)] {
        let runs = Runs::default();
        let keys = SigningKeys::new([key(), other.clone()]).unwrap();
        let app = app(SignalWireWebhookLayer::new(keys), once, &runs);
        for key in [&other, &key()] {
            send(&app, WebhookRequest::get(SMS).signed_by(key)).await;
        }
        assert_eq!(runs.get(), runs_in_all);
    }
}

/// A text of the attacker's names the delivery of somebody else, which is then answered without its handler.
#[tokio::test]
async fn a_text_can_name_another_delivery_where_fields_are_the_identity() {
    let by_sid = DeliverOnceLayer::in_memory().identify(|_, body, _| {
        let mut fields = form_urlencoded::parse(body);
        let (_, sid) = fields.find(|(name, _)| name == "MessageSid")?;
        Some(DeliveryId::of(sid.as_bytes()))
    });
    let own = key().sign_form(SMS, [("Body", "MessageSid2To"), ("MessageSid", "1")]);
    let cut = || replay(SMS, FORM, "Body=&MessageSid=2&ToMessageSid=1", &own);
    let genuine = WebhookRequest::form(SMS, [("MessageSid", "2")]);
    for (once, answer) in [(by_sid, "run 1"), (DeliverOnceLayer::in_memory(), "run 2")] {
        let runs = Runs::default();
        let app = app(default_layer(), once, &runs);
        send(&app, cut()).await.assert_is(200, "run 1");
        let genuine = genuine.clone().signed_by(&key());
        send(&app, genuine).await.assert_is(200, answer);
    }
}
