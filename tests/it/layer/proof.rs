//! `Verified<E>` and `VerifiedWebhook`: handlers that cannot run on what nobody verified.

use std::{error::Error, future::ready};

use axum::{
    Form, Json, Router,
    extract::{FromRequest as _, Query, State, rejection::JsonRejection},
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use signalwire_webhook::{
    Rejection, RejectionReason, SignalWireWebhookLayer, SigningKey, Verified, VerifiedRejection,
    VerifiedWebhook,
};
use tower::ServiceExt as _;

use crate::support::{Log, WebhookRequest};

const URL: &str = "https://hooks.example.com/sms?tenant=7";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sms {
    from: String,
}

#[derive(Debug, Deserialize)]
struct Call {
    call_id: String,
}

#[derive(Deserialize)]
struct Tenant {
    tenant: u32,
}

type CallOrRejection = Result<Verified<Json<Call>>, VerifiedRejection<JsonRejection>>;

fn key() -> SigningKey {
    SigningKey::new("PSKtest").unwrap().with_id("main")
}

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn handlers() -> Router {
    async fn form(Verified(Form(sms)): Verified<Form<Sms>>) -> String {
        sms.from
    }
    async fn json(Verified(Json(call)): Verified<Json<Call>>) -> String {
        call.call_id
    }
    async fn bytes(Verified(body): Verified<Bytes>) -> Bytes {
        body
    }
    async fn text(Verified(body): Verified<String>) -> String {
        body
    }
    async fn nothing(Verified(()): Verified<()>) -> &'static str {
        "nothing"
    }
    async fn query(Verified(Query(query)): Verified<Query<Tenant>>) -> String {
        query.tenant.to_string()
    }
    async fn beside_others(
        State(greeting): State<&'static str>,
        _: Verified<()>,
        Form(sms): Form<Sms>,
    ) -> String {
        format!("{greeting} {}", sms.from)
    }
    async fn proof(proof: VerifiedWebhook, _: Bytes) -> String {
        format!("{} {} {}", proof.scheme(), proof.key_id(), proof.url())
    }
    Router::new()
        .route("/form", post(form))
        .route("/json", post(json))
        .route("/bytes", post(bytes))
        .route("/text", post(text))
        .route("/nothing", get(nothing).post(nothing))
        .route("/query", post(query))
        .route("/beside", post(beside_others).with_state("from"))
        .route("/proof", post(proof))
}

type Build = fn(String) -> WebhookRequest;

fn sms(url: String) -> WebhookRequest {
    WebhookRequest::form(url, [("From", "+15551234567")])
}

fn call(url: String) -> WebhookRequest {
    WebhookRequest::json(url, &serde_json::json!({"call_id": "abc-123"}))
}

fn at(path: &str, request: Build) -> WebhookRequest {
    request(format!("https://hooks.example.com{path}?tenant=7"))
}

async fn text(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_verified_request_is_extracted_as_any_other() {
    let app = handlers().layer(layer());
    for (path, request, expected) in [
        ("/form", sms as Build, "+15551234567"),
        ("/json", call, "abc-123"),
        ("/bytes", call, r#"{"call_id":"abc-123"}"#),
        ("/text", sms, "From=%2B15551234567"),
        ("/nothing", sms, "nothing"),
        ("/nothing", WebhookRequest::get, "nothing"),
        ("/query", sms, "7"),
        ("/beside", sms, "from +15551234567"),
        (
            "/proof",
            sms,
            "FormParameters main https://hooks.example.com/proof?tenant=7",
        ),
        (
            "/proof",
            call,
            "RawBodySha256 main https://hooks.example.com/proof?tenant=7",
        ),
    ] {
        let request = at(path, request).signed_by(&key());
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(text(response).await, expected, "{path}");
    }
}

#[tokio::test]
async fn without_the_layer_no_handler_runs_and_an_event_names_it() {
    for path in [
        "/form", "/json", "/bytes", "/text", "/nothing", "/query", "/beside", "/proof",
    ] {
        let log = Log::capture();
        let request = at(&format!("/hooks{path}"), sms).signed_by(&key());
        let app = Router::new().nest("/hooks", handlers());
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(
            response.status(),
            StatusCode::INTERNAL_SERVER_ERROR,
            "{path}"
        );
        assert_eq!(
            text(response).await,
            "The route of this handler has no SignalWire webhook layer."
        );
        assert_eq!(
            log.events(),
            [format!(
                "ERROR signalwire_webhook: webhook layer missing: add `.layer(webhook())` to the \
                 router or the route of this handler path=\"/hooks{path}\""
            )]
        );
    }
}

#[tokio::test]
async fn a_layer_on_another_route_proves_nothing() {
    async fn handler(_: Verified<()>) {}
    let app = Router::new()
        .route("/with", post(handler))
        .route_layer(layer())
        .route("/without", post(handler));
    for (path, status) in [
        ("/with", StatusCode::OK),
        ("/without", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let request = at(path, sms).signed_by(&key());
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}

/// axum puts a layer around what is there when it is added.
#[tokio::test]
async fn what_is_added_after_the_layer_stays_open_and_proof_in_the_handler_refuses_there() {
    async fn open() -> &'static str {
        "open"
    }
    async fn proven(_: Verified<()>) -> &'static str {
        "proven"
    }
    let added_after = Router::new()
        .route("/before", get(open))
        .layer(layer())
        .route("/route", get(open))
        .route("/method", post(open).layer(layer()).get(open))
        .route("/proven-route", get(proven))
        .route("/proven-method", post(proven).layer(layer()).get(proven));
    for (path, status) in [
        ("/before", StatusCode::FORBIDDEN),
        ("/route", StatusCode::OK),
        ("/method", StatusCode::OK),
        ("/proven-route", StatusCode::INTERNAL_SERVER_ERROR),
        ("/proven-method", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let unsigned = at(path, WebhookRequest::get).unsigned();
        let response = added_after.clone().oneshot(unsigned).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn the_wrapped_extractors_rejection_is_the_response() {
    for (path, request) in [
        ("/json", sms as Build),
        ("/form", call),
        ("/form", |url| WebhookRequest::form(url, [("To", "1")])),
        ("/json", |url| {
            WebhookRequest::raw(url, "application/json", "{")
        }),
        ("/text", |url| {
            WebhookRequest::raw(url, "text/plain", *b"x\xff")
        }),
        ("/query", |url| sms(url.replace("=7", "=seven"))),
    ] {
        let wrapped = handlers().layer(layer());
        let wrapped = wrapped.oneshot(at(path, request).signed_by(&key()));
        let wrapped = wrapped.await.unwrap();

        let bare = Router::new()
            .route("/form", post(|_: Form<Sms>| ready(())))
            .route("/json", post(|_: Json<Call>| ready(())))
            .route("/text", post(|_: String| ready(())))
            .route("/query", post(|_: Query<Tenant>| ready(())));
        let bare = bare.oneshot(at(path, request).unsigned()).await.unwrap();
        assert!(bare.status().is_client_error(), "{path}");
        assert_eq!(wrapped.status(), bare.status(), "{path}");
        assert_eq!(text(wrapped).await, text(bare).await);
    }
}

#[tokio::test]
async fn a_handler_can_take_the_rejection_apart() {
    async fn handler(extracted: CallOrRejection) -> String {
        match extracted {
            Ok(Verified(Json(call))) => call.call_id,
            Err(VerifiedRejection::Inner(JsonRejection::JsonDataError(error))) => {
                format!("no call: {}", error.status())
            }
            Err(VerifiedRejection::Rejected(rejection)) => format!("{:?}", rejection.reason()),
            Err(VerifiedRejection::LayerMissing) => "no layer".to_owned(),
            Err(other) => other.to_string(),
        }
    }
    let routes = || Router::new().route("/sms", post(handler));
    let call = || WebhookRequest::json(URL, &serde_json::json!({"call_id": "abc-123"}));
    let no_call = WebhookRequest::json(URL, &serde_json::json!({}));
    for (app, request, expected) in [
        (routes().layer(layer()), call().signed_by(&key()), "abc-123"),
        (
            routes().layer(layer()),
            no_call.signed_by(&key()),
            "no call: 422 Unprocessable Entity",
        ),
        (
            routes().layer(layer().report_only()),
            call().unsigned(),
            "MissingSignature",
        ),
        (routes(), call().signed_by(&key()), "no layer"),
    ] {
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(text(response).await, expected);
    }
}

#[tokio::test]
async fn the_rejections_are_errors_with_sentences_and_sources() {
    async fn handler(extracted: CallOrRejection) -> String {
        let error = extracted.unwrap_err();
        format!("{error}; {}", error.source().unwrap())
    }
    let unsigned = || sms(URL.to_owned()).unsigned();
    let missing = Verified::<()>::from_request(unsigned(), &()).await;
    let missing = missing.unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the handler takes a verified request, and its route has no layer that verifies: add \
         `.layer(webhook())` to the router or the route"
    );
    assert!(missing.source().is_none());

    let rejection = Rejection::from(RejectionReason::MissingSignature);
    let mut reported = unsigned();
    reported.extensions_mut().insert(rejection.clone());
    let rejected = Verified::<()>::from_request(reported, &()).await;
    assert_eq!(rejected.unwrap_err().to_string(), rejection.to_string());

    let app = Router::new().route("/sms", post(handler)).layer(layer());
    let broken = WebhookRequest::raw(URL, "application/json", "{").signed_by(&key());
    let text = text(app.oneshot(broken).await.unwrap()).await;
    assert!(
        text.starts_with("Failed to parse the request body as JSON"),
        "{text}"
    );
    assert!(text.contains("EOF while parsing an object"), "{text}");
}

#[tokio::test]
async fn an_optional_proof_is_none_without_the_layer_and_logs_nothing() {
    async fn handler(proof: Option<VerifiedWebhook>) -> String {
        proof.map_or("none".to_owned(), |proof| proof.key_id().to_owned())
    }
    let log = Log::capture();
    let routes = || Router::new().route("/sms", post(handler));
    let request = || sms(URL.to_owned()).signed_by(&key());
    let without = routes().oneshot(request()).await.unwrap();
    assert_eq!(text(without).await, "none");
    assert!(log.events().is_empty());
    let with = routes().layer(layer()).oneshot(request()).await.unwrap();
    assert_eq!(text(with).await, "main");
}

#[tokio::test]
async fn no_debug_output_shows_the_url() {
    async fn handler(proof: VerifiedWebhook) -> String {
        format!("{proof:?}")
    }
    let url = "https://user:secret@hooks.example.com/proof?token=secret";
    let app = Router::new().route("/proof", get(handler)).layer(layer());
    let request = WebhookRequest::get(url).signed_by(&key());
    let text = text(app.oneshot(request).await.unwrap()).await;
    assert!(text.contains(r#"key_id: "main""#), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
