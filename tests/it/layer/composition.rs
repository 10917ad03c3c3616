//! The layer anywhere: on a router, a route, a handler, and between other layers on either side.

use std::{convert::Infallible, io::Write as _, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    handler::Handler as _,
    http::{HeaderValue, Response, StatusCode, header},
    middleware::{Next, from_fn},
    response::IntoResponse,
    routing::{get, post},
};
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt as _, Empty, Full};
use signalwire_webhook::{
    Rejection, RejectionReason, SignalWireWebhookLayer, SignatureScheme, VerifiedWebhook, webhook,
};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::{
    compression::CompressionLayer,
    decompression::RequestDecompressionLayer,
    limit::RequestBodyLimitLayer,
    set_header::{SetRequestHeaderLayer, SetResponseHeaderLayer},
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};

use crate::support::{Echo, WebhookRequest, answer, key, send};

const URL: &str = "https://hooks.example.com/sms";
const MINUTE: Duration = Duration::from_secs(60);

fn layer() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

fn sms() -> WebhookRequest {
    WebhookRequest::form(URL, [("From", "+15551234567")])
}

async fn protects(app: &Router) {
    send(app, sms().signed_by(&key())).await.assert_passed();
    send(app, sms().tampered().signed_by(&key()))
        .await
        .assert_refused(RejectionReason::SignatureMismatch);
}

async fn handler(verified: VerifiedWebhook) -> String {
    verified.url().to_owned()
}

#[tokio::test]
async fn on_a_router() {
    protects(&Router::new().route("/sms", post(handler)).layer(layer())).await;
    protects(
        &Router::new()
            .route("/sms", post(handler))
            .route_layer(layer()),
    )
    .await;
    let _: Router = Router::new().route("/sms", post(handler)).layer(webhook());
}

#[tokio::test]
async fn on_a_method_router() {
    let app = Router::new()
        .route("/sms", post(handler).layer(layer()))
        .route("/open", get(|| async { "open" }));
    protects(&app).await;
    let open = Request::get("/open").body(Body::empty()).unwrap();
    assert_eq!(send(&app, open).await.text(), "open");
}

#[tokio::test]
async fn on_one_handler() {
    protects(&Router::new().route("/sms", post(handler.layer(layer())))).await;
}

#[tokio::test]
async fn on_a_router_and_again_on_a_route() {
    let route = post(handler).layer(layer().body_limit(100));
    protects(&Router::new().route("/sms", route).layer(layer())).await;
}

async fn pass(request: Request, next: Next) -> Response<Body> {
    next.run(request).await
}

/// A macro, since the type of the stack is longer than the stack.
macro_rules! layers_of_tower_http {
    ($builder:expr) => {
        $builder
            .layer(TraceLayer::new_for_http())
            .layer(RequestBodyLimitLayer::new(4096))
            .layer(RequestBodyTimeoutLayer::new(MINUTE))
            .layer(RequestDecompressionLayer::new())
            .layer(CompressionLayer::new())
            .layer(SetRequestHeaderLayer::overriding(
                header::ACCEPT_LANGUAGE,
                HeaderValue::from_static("en"),
            ))
            .layer(SetResponseHeaderLayer::overriding(
                header::SERVER,
                HeaderValue::from_static("rust"),
            ))
    };
}

#[tokio::test]
async fn between_the_layers_of_tower_http_on_either_side() {
    let inside = layers_of_tower_http!(ServiceBuilder::new().layer(from_fn(pass)))
        .layer(layer())
        .layer(from_fn(pass));
    protects(&Router::new().route("/sms", post(handler)).layer(inside)).await;

    let around = ServiceBuilder::new()
        .layer(from_fn(pass))
        .layer(layer())
        .layer(from_fn(pass));
    let outside = layers_of_tower_http!(around).layer(TimeoutLayer::with_status_code(
        StatusCode::REQUEST_TIMEOUT,
        MINUTE,
    ));
    protects(&Router::new().route("/sms", post(handler)).layer(outside)).await;
}

#[tokio::test]
async fn around_services_that_are_not_axums() {
    async fn inner(request: Request) -> Result<Response<Full<Bytes>>, BoxError> {
        let verified = request.extensions().get::<VerifiedWebhook>().is_some();
        Ok(Response::new(Full::from(if verified {
            "verified"
        } else {
            "not"
        })))
    }
    let service = ServiceBuilder::new()
        .layer(layer())
        .layer(CompressionLayer::new())
        .service(service_fn(inner));
    let request = sms().signed_by(&key());
    let response = service.clone().oneshot(request).await.unwrap();
    assert_eq!(answer(response).await.text(), "verified");

    let bodiless = sms().unsigned().map(|_| Empty::<Bytes>::new());
    let response = service.oneshot(bodiless).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_inner_services_error_passes_untouched() {
    #[derive(Debug, PartialEq)]
    struct Broken(u8);
    let inner = service_fn(|_: Request| async { Err::<Response<Body>, _>(Broken(7)) });
    let service = ServiceBuilder::new().layer(layer()).service(inner);
    let error = service.oneshot(sms().signed_by(&key())).await.unwrap_err();
    assert_eq!(error, Broken(7));
}

#[tokio::test]
async fn any_request_body_goes_in() {
    let inner = || service_fn(|_: Request| async { Ok::<_, Infallible>(().into_response()) });
    let empty = WebhookRequest::get(URL)
        .signed_by(&key())
        .map(|_| Empty::<Bytes>::new());
    let response = layer_service(inner(), empty).await;
    assert_eq!(response.status(), StatusCode::OK);
    let whole = sms()
        .signed_by(&key())
        .map(|_| Full::new(Bytes::from("From=%2B15551234567")));
    let response = layer_service(inner(), whole).await;
    assert_eq!(response.status(), StatusCode::OK);
    let boxed = sms()
        .signed_by(&key())
        .map(|_| Full::new(Bytes::from("From=%2B15551234567")).boxed());
    let response = layer_service(inner(), boxed).await;
    assert_eq!(response.status(), StatusCode::OK);
}

async fn layer_service<S, B>(inner: S, request: axum::http::Request<B>) -> Response<Body>
where
    S: Service<Request, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    ServiceBuilder::new()
        .layer(layer())
        .service(inner)
        .oneshot(request)
        .await
        .unwrap()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn compressed(scheme: SignatureScheme, signed_body: &[u8], sent_body: Vec<u8>) -> Request {
    WebhookRequest::raw(URL, "application/json", signed_body)
        .schemes([scheme])
        .header("content-encoding", "gzip")
        .signed_by(&key())
        .map(|_| Body::from(sent_body))
}

#[tokio::test]
async fn decompression_inside_it_verifies_the_bytes_on_the_wire_and_outside_it_the_plain_ones() {
    let echo = Echo::default();
    let plain = br#"{"call":{}}"#;
    let inside = ServiceBuilder::new()
        .layer(layer())
        .layer(RequestDecompressionLayer::new());
    // A compressed body begins with no letter, so that its digest alone can stand for it.
    let wire = compressed(SignatureScheme::BodyDigest, &gzip(plain), gzip(plain));
    let answer = send(&echo.router().layer(inside), wire).await;
    answer.assert_passed();
    assert_eq!(&answer.body[..], plain);

    let outside = ServiceBuilder::new()
        .layer(RequestDecompressionLayer::new())
        .layer(layer());
    let answer = send(
        &echo.router().layer(outside),
        compressed(SignatureScheme::RawBodySha256, plain, gzip(plain)),
    )
    .await;
    answer.assert_passed();
    assert_eq!(&answer.body[..], plain);
}

/// 1 MiB of one letter is about a kilobyte on the wire.
#[tokio::test]
async fn a_compressed_body_is_limited_by_what_comes_out_of_it() {
    let outside = ServiceBuilder::new()
        .layer(RequestDecompressionLayer::new())
        .layer(layer());
    let app = Echo::default().router().layer(outside);
    let plain = vec![b'a'; 1024 * 1024 + 1];
    let answer = send(
        &app,
        compressed(SignatureScheme::RawBodySha256, &plain, gzip(&plain)),
    )
    .await;
    assert_eq!(answer.reason, Some(RejectionReason::BodyTooLarge));
}

#[tokio::test]
async fn limits_of_layers_outside_it_are_told_as_what_they_are() {
    let body = Body::from_stream(futures_util::stream::iter([
        Ok::<_, Infallible>(Bytes::from_static(b"From=")),
        Ok(Bytes::from_static(b"%2B15551234567")),
    ]));
    let app = Echo::default().router().layer(
        ServiceBuilder::new()
            .layer(RequestBodyLimitLayer::new(8))
            .layer(layer()),
    );
    let answer = send(&app, sms().signed_by(&key()).map(|_| body)).await;
    assert_eq!(answer.reason, Some(RejectionReason::BodyTooLarge));
}

#[tokio::test(start_paused = true)]
async fn timeouts_of_layers_outside_it_are_told_as_what_they_are() {
    let app = Echo::default().router().layer(
        ServiceBuilder::new()
            .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(1)))
            .layer(layer()),
    );
    let stalled = Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
    let answer = send(&app, sms().signed_by(&key()).map(|_| stalled)).await;
    assert_eq!(answer.reason, Some(RejectionReason::BodyTimeout));
}

#[tokio::test]
async fn an_outer_layer_sees_why_a_request_was_refused() {
    async fn explain(request: Request, next: Next) -> Response<Body> {
        let mut response = next.run(request).await;
        if let Some(rejection) = response.extensions().get::<Rejection>() {
            let reason = format!("{:?}", rejection.reason()).parse().unwrap();
            response.headers_mut().insert("x-reason", reason);
        }
        response
    }
    let app = Router::new()
        .route("/sms", post(handler))
        .layer(ServiceBuilder::new().layer(from_fn(explain)).layer(layer()));
    let response = app.oneshot(sms().unsigned()).await.unwrap();
    assert_eq!(response.headers()["x-reason"], "MissingSignature");
}

/// A service that is called without having said that it is ready panics.
#[derive(Default)]
struct Strict {
    is_ready: bool,
}

/// A clone is not ready.
impl Clone for Strict {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request> for Strict {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        self.is_ready = true;
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        assert!(
            std::mem::take(&mut self.is_ready),
            "called without readiness"
        );
        std::future::ready(Ok(().into_response()))
    }
}

#[tokio::test]
async fn the_inner_service_is_called_only_where_it_said_that_it_is_ready() {
    let mut service = ServiceBuilder::new()
        .layer(layer())
        .service(Strict::default());
    for _ in 0..3 {
        let request = sms().signed_by(&key());
        let ready = ServiceExt::<Request>::ready(&mut service).await.unwrap();
        assert_eq!(ready.call(request).await.unwrap().status(), StatusCode::OK);
    }
}
