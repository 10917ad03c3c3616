//! The URL received, whichever router stripped what of it.

use axum::{
    Extension, Router,
    body::Body,
    http::{Request, StatusCode},
    routing::{any, post_service},
};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, VerifiedWebhook};
use tower::{Layer as _, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::normalize_path::NormalizePathLayer;

use crate::support::{WebhookRequest, key};

fn webhook() -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key())
}

async fn answer_with_url(Extension(webhook): Extension<VerifiedWebhook>) -> String {
    webhook.url().to_owned()
}

fn voice() -> Router {
    Router::new().route("/voice", any(answer_with_url))
}

fn call(url: &str) -> WebhookRequest {
    WebhookRequest::form(url, [("CallSid", "1")])
}

async fn status<S, B>(service: &S, request: Request<Body>) -> StatusCode
where
    S: Service<Request<Body>, Response = axum::http::Response<B>> + Clone,
    S::Error: std::fmt::Debug,
{
    let response = service.clone().oneshot(request).await;
    response.expect("the service never fails").status()
}

/// The request must pass as it was signed, and not where its prefix is left out of what is
/// signed, which is what a layer that reads the stripped URI would accept.
async fn assert_verifies<S, B>(service: S, path: &str)
where
    S: Service<Request<Body>, Response = axum::http::Response<B>> + Clone,
    S::Error: std::fmt::Debug,
{
    let url = format!("https://hooks.example.com{path}");
    let genuine = call(&url).signed_by(&key());
    assert_eq!(status(&service, genuine).await, StatusCode::OK, "{url}");

    let forged = call(&url).tampered().signed_by(&key());
    assert_eq!(
        status(&service, forged).await,
        StatusCode::FORBIDDEN,
        "{url}"
    );

    for another in [
        "https://hooks.example.com/another",
        "https://hooks.example.com/voice/x",
    ] {
        let (mut moved, body) = call(another).signed_by(&key()).into_parts();
        moved.uri = path.parse().expect("a path");
        let moved = Request::from_parts(moved, body);
        assert_eq!(
            status(&service, moved).await,
            StatusCode::FORBIDDEN,
            "{another} sent to {url}"
        );
    }
}

/// Where a prefix is stripped: signed without it, the request must be refused.
async fn assert_needs_the_prefix(service: Router, path: &str, stripped: &str) {
    let (mut parts, body) = call(&format!("https://hooks.example.com{stripped}"))
        .signed_by(&key())
        .into_parts();
    parts.uri = path.parse().expect("a path");
    let request = Request::from_parts(parts, body);
    assert_eq!(
        status(&service, request).await,
        StatusCode::FORBIDDEN,
        "{path}"
    );
}

#[tokio::test]
async fn a_layer_on_the_router_or_on_one_route_sees_the_url() {
    assert_verifies(voice().layer(webhook()), "/voice?a=b").await;
    assert_verifies(voice().route_layer(webhook()), "/voice").await;
    let one_route = Router::new().route("/voice", any(answer_with_url).layer(webhook()));
    assert_verifies(one_route, "/voice").await;
    let parameters = Router::new()
        .route("/calls/{id}/status", any(answer_with_url))
        .layer(webhook());
    assert_verifies(parameters, "/calls/a%2Fb/status").await;
}

#[tokio::test]
async fn a_layer_inside_a_nest_sees_the_original_url() {
    let app = Router::new().nest("/hooks", voice().layer(webhook()));
    assert_verifies(app.clone(), "/hooks/voice?a=b").await;
    assert_needs_the_prefix(app, "/hooks/voice?a=b", "/voice?a=b").await;
}

#[tokio::test]
async fn a_layer_outside_a_nest_sees_the_original_url() {
    let app = Router::new().nest("/hooks", voice()).layer(webhook());
    assert_verifies(app.clone(), "/hooks/voice?a=b").await;
    assert_needs_the_prefix(app, "/hooks/voice?a=b", "/voice?a=b").await;
}

#[tokio::test]
async fn a_layer_anywhere_in_two_nests_sees_the_original_url() {
    let innermost = Router::new().nest("/a", Router::new().nest("/b", voice().layer(webhook())));
    let between = Router::new().nest("/a", Router::new().nest("/b", voice()).layer(webhook()));
    let outermost = Router::new()
        .nest("/a", Router::new().nest("/b", voice()))
        .layer(webhook());
    for app in [innermost, between, outermost] {
        assert_verifies(app.clone(), "/a/b/voice").await;
        assert_needs_the_prefix(app.clone(), "/a/b/voice", "/b/voice").await;
        assert_needs_the_prefix(app, "/a/b/voice", "/voice").await;
    }
}

#[tokio::test]
async fn a_nest_with_a_parameter_in_its_path_is_seen_as_it_was_called() {
    let app = Router::new().nest("/tenants/{tenant}", voice().layer(webhook()));
    assert_verifies(app.clone(), "/tenants/7/voice").await;
    assert_needs_the_prefix(app, "/tenants/7/voice", "/tenants/8/voice").await;
}

#[tokio::test]
async fn a_nested_service_sees_the_original_url() {
    let answer = service_fn(|_: Request<Body>| async {
        Ok::<_, std::convert::Infallible>(axum::http::Response::new(Body::empty()))
    });
    let app = Router::new().nest_service("/hooks", webhook().layer(answer));
    assert_verifies(app.clone(), "/hooks/anything?a=b").await;
    assert_needs_the_prefix(app, "/hooks/voice", "/voice").await;

    let router_as_service = Router::new().nest_service("/hooks", webhook().layer(voice()));
    assert_verifies(router_as_service.clone(), "/hooks/voice").await;
    assert_needs_the_prefix(router_as_service, "/hooks/voice", "/voice").await;

    let one_service = Router::new().route("/voice", post_service(webhook().layer(answer)));
    assert_verifies(one_service, "/voice").await;
}

#[tokio::test]
async fn merged_routers_and_fallbacks_see_the_url() {
    let open = Router::new().route("/health", any(|| async { "up" }));
    let merged = open.merge(voice().layer(webhook()));
    assert_verifies(merged.clone(), "/voice").await;
    let health = Request::get("/health")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(
        status(&merged, health).await,
        StatusCode::OK,
        "the merged layer is not on it"
    );

    let fallback = Router::new().fallback(answer_with_url).layer(webhook());
    assert_verifies(fallback, "/whatever//there;is?").await;

    let nested_fallback = Router::new().nest(
        "/hooks",
        Router::new().fallback(answer_with_url).layer(webhook()),
    );
    assert_verifies(nested_fallback, "/hooks/whatever").await;

    let fallback_service = Router::new().fallback_service(webhook().layer(voice()));
    assert_verifies(fallback_service, "/voice").await;
}

#[tokio::test]
async fn a_layer_around_the_whole_router_sees_the_url() {
    let app = Router::new().nest("/hooks", voice());
    assert_verifies(
        ServiceBuilder::new().layer(webhook()).service(app),
        "/hooks/voice",
    )
    .await;
}

#[tokio::test]
async fn a_base_with_the_prefix_that_a_proxy_strips_stands_before_the_prefix_of_a_nest() {
    let url = PublicUrl::base("https://hooks.example.com/public").expect("a valid base");
    let app = Router::new().nest("/hooks", voice().layer(webhook().public_url(url)));
    let (mut parts, body) = call("https://hooks.example.com/public/hooks/voice")
        .signed_by(&key())
        .into_parts();
    parts.uri = "/hooks/voice".parse().expect("a path");
    let request = Request::from_parts(parts, body);
    assert_eq!(status(&app, request).await, StatusCode::OK);
}

#[tokio::test]
async fn around_a_normalize_path_layer_the_url_is_the_one_received() {
    let app = ServiceBuilder::new()
        .layer(webhook())
        .layer(NormalizePathLayer::trim_trailing_slash())
        .service(voice());
    assert_verifies(app.clone(), "/voice/?a=b").await;
    assert_verifies(app, "/voice").await;
}

/// The other way round the slash is gone before the layer sees the URI, and nothing says that
/// there was one: that is why the documentation gives the order.
#[tokio::test]
async fn inside_a_normalize_path_layer_a_url_that_it_changes_is_refused() {
    let app = ServiceBuilder::new()
        .layer(NormalizePathLayer::trim_trailing_slash())
        .layer(webhook())
        .service(voice());
    let changed = call("https://hooks.example.com/voice/").signed_by(&key());
    assert_eq!(status(&app, changed).await, StatusCode::FORBIDDEN);
    assert_verifies(app, "/voice").await;
}

/// A router notes the URI that it was called with before any of its own layers runs.
#[tokio::test]
async fn inside_a_router_the_order_of_a_normalize_path_layer_does_not_matter() {
    let app = Router::new()
        .fallback(answer_with_url)
        .layer(webhook())
        .layer(NormalizePathLayer::trim_trailing_slash());
    assert_verifies(app, "/voice/").await;
}
