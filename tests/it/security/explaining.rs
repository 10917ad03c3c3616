//! What `explain_rejections` gives up, which is for development and staging.

use axum::{body::Body, extract::Request, http::StatusCode};
use signalwire_webhook::{
    RejectionReason, SignalWireWebhookLayer, SigningKey,
    explain::{Explanation, MAX_COMPUTATIONS},
};
use tower::ServiceExt as _;

use super::concessions::{
    LIMIT, bytes_read_before_the_refusal, forged, layer, look_ups_for, without_a_usable_signature,
};
use crate::support::{Echo, WebhookRequest, key, send};

#[tokio::test]
async fn an_explaining_layer_reads_a_body_without_a_usable_signature_up_to_the_limit() {
    for request in without_a_usable_signature() {
        let explaining = layer().explain_rejections();
        let read = bytes_read_before_the_refusal(explaining, request).await;
        assert!(LIMIT < read && read <= LIMIT + 100, "{read}");
    }
}

#[tokio::test]
async fn an_explaining_layer_names_the_signature_where_the_body_is_too_large_as_well() {
    let reasons = [
        RejectionReason::MissingSignature,
        RejectionReason::MalformedSignature,
    ];
    for (request, reason) in without_a_usable_signature().into_iter().zip(reasons) {
        let app = Echo::default().router().layer(layer().explain_rejections());
        let too_large = request.map(|_| Body::from(vec![b'x'; LIMIT + 1]));
        send(&app, too_large).await.assert_refused(reason);
    }
}

#[tokio::test]
async fn an_explaining_layer_asks_for_the_keys_where_it_would_not_have_asked() {
    let explaining = SignalWireWebhookLayer::explain_rejections;
    for request in without_a_usable_signature() {
        assert_eq!(look_ups_for(request, explaining).await, 1);
    }
    assert_eq!(look_ups_for(forged(), explaining).await, 1);
    for request in without_a_usable_signature() {
        assert_eq!(look_ups_for(request, |layer| layer).await, 0);
    }
}

async fn hmacs_to_explain(request: Request) -> usize {
    let layer = SignalWireWebhookLayer::new(key()).explain_rejections();
    let app = Echo::default().router().layer(layer);
    let response = app.oneshot(request).await.unwrap();
    let explanation: &Explanation = response.extensions().get().unwrap();
    explanation.computations()
}

#[tokio::test]
async fn an_explaining_layer_spends_up_to_4_096_hmacs_on_a_forged_request() {
    assert_eq!(MAX_COMPUTATIONS, 4_096);
    let ordinary = hmacs_to_explain(forged()).await;
    assert!((17..=MAX_COMPUTATIONS).contains(&ordinary), "{ordinary}");

    let text = |length| {
        let body = vec![b'x'; length];
        let request = WebhookRequest::raw("https://hooks.example.com/sms", "text/plain", body);
        request.signed_by(&SigningKey::new("PSKforged").unwrap())
    };
    let most = hmacs_to_explain(text(10)).await;
    assert!((3_500..=MAX_COMPUTATIONS).contains(&most), "{most}");
    let for_a_long_body = hmacs_to_explain(text(1024 * 1024 - 1)).await;
    assert!(for_a_long_body <= MAX_COMPUTATIONS, "{for_a_long_body}");
}

#[tokio::test]
async fn a_layer_that_is_not_to_explain_spends_nothing_on_it() {
    let app = Echo::default().router().layer(layer());
    let response = app.oneshot(forged()).await.unwrap();
    assert!(response.extensions().get::<Explanation>().is_none());
}

#[tokio::test]
async fn a_layer_hands_on_no_explanation_of_a_layer_outside_it() {
    let reporting = layer().report_only().explain_rejections();
    let refusing = SignalWireWebhookLayer::new(key()).body_limit(1);
    let app = Echo::default().router().layer(refusing).layer(reporting);
    let response = app.oneshot(forged()).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(response.extensions().get::<Explanation>().is_none());
}
