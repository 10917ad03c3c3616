//! What `lambda_http` makes of the events of AWS: the request that a Router sees in Lambda.

use axum::{Router, http::StatusCode, routing::post};
use lambda_http::request::from_str;
use proxy_tests::SIGNING_KEY;
use serde_json::{Value, json};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, SigningKey};
use tower::ServiceExt as _;

const FORM: &str = "From=%2B15551234567";

fn key() -> SigningKey {
    SigningKey::new(SIGNING_KEY).expect("a key")
}

fn signature(url: &str) -> String {
    key().sign_form(url, [("From", "+15551234567")])
}

fn headers(host: &str, signed: &str) -> Value {
    json!({
        "host": host,
        "x-forwarded-proto": "https",
        "x-forwarded-port": "443",
        "content-type": "application/x-www-form-urlencoded",
        "x-signalwire-signature": signature(signed),
    })
}

/// An event of a function URL or, with a stage, of an HTTP API.
fn http_event(host: &str, stage: &str, path: &str, query: &str, signed: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(host, signed),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": host,
            "domainPrefix": "abc",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": stage,
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_000_u64,
        },
        "body": FORM,
        "isBase64Encoded": false,
    })
}

/// An event of an Application Load Balancer.
fn load_balancer_event(query: &Value, signed: &str) -> Value {
    json!({
        "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:eu:1:targetgroup/t/1" } },
        "httpMethod": "POST",
        "path": "/voice",
        "queryStringParameters": query,
        "headers": headers("hooks.example.com", signed),
        "body": FORM,
        "isBase64Encoded": false,
    })
}

/// An event of a REST API in the stage `prod`.
fn rest_event(host: &str, signed: &str) -> Value {
    json!({
        "resource": "/{proxy+}",
        "path": "/voice",
        "httpMethod": "POST",
        "headers": headers(host, signed),
        "multiValueHeaders": {},
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "resourceId": "res",
            "stage": "prod",
            "domainName": host,
            "requestId": "id",
            "resourcePath": "/{proxy+}",
            "httpMethod": "POST",
            "apiId": "abc",
            "protocol": "HTTP/1.1",
            "identity": { "sourceIp": "192.0.2.1" },
        },
        "body": FORM,
        "isBase64Encoded": false,
    })
}

async fn status(public_url: PublicUrl, event: &Value) -> StatusCode {
    let app = Router::new()
        .fallback(post(|| async {}))
        .layer(SignalWireWebhookLayer::new(key()).public_url(public_url));
    let request = from_str(&event.to_string()).expect("an event of AWS");
    app.oneshot(request)
        .await
        .expect("a Router never fails")
        .status()
}

async fn assert_verified(public_url: PublicUrl, event: impl Fn(&str) -> Value, url: &str) {
    let genuine = status(public_url.clone(), &event(url)).await;
    assert_eq!(genuine, StatusCode::OK, "{url}");
    for forged in [
        url.replace("https://", "https://another."),
        url.replace("/voice", "/another"),
        format!("{url}?added=1"),
    ] {
        let answer = status(public_url.clone(), &event(&forged)).await;
        assert_eq!(answer, StatusCode::FORBIDDEN, "{forged}");
    }
}

#[tokio::test]
async fn a_function_url_needs_no_configuration() {
    let host = "abc.lambda-url.eu-west-1.on.aws";
    for (path, query) in [
        ("/voice", ""),
        ("/voice", "b=2&a=1%20+&c"),
        ("/voice//a%2Fb;c/", "a"),
    ] {
        let separator = if query.is_empty() { "" } else { "?" };
        let url = format!("https://{host}{path}{separator}{query}");
        let event = |signed: &str| http_event(host, "$default", path, query, signed);
        assert_verified(PublicUrl::from_request(), event, &url).await;
    }
}

#[tokio::test]
async fn an_http_api_with_a_stage_needs_no_configuration() {
    let host = "abc.execute-api.eu-west-1.amazonaws.com";
    let event = |signed: &str| http_event(host, "prod", "/prod/voice", "", signed);
    let url = format!("https://{host}/prod/voice");
    assert_verified(PublicUrl::from_request(), event, &url).await;
}

#[tokio::test]
async fn a_rest_api_needs_no_configuration_under_its_own_name() {
    let host = "abc.execute-api.eu-west-1.amazonaws.com";
    let url = format!("https://{host}/prod/voice");
    let event = |signed: &str| rest_event(host, signed);
    assert_verified(PublicUrl::from_request(), event, &url).await;
}

/// `lambda_http` puts the stage into the path, whatever the name that was called.
#[tokio::test]
async fn a_rest_api_under_another_name_needs_the_exact_url() {
    let url = "https://hooks.example.com/voice";
    let event = |signed: &str| rest_event("hooks.example.com", signed);
    let exact = PublicUrl::exact(url).expect("a valid url");
    assert_verified(exact, event, url).await;
    let unconfigured = status(PublicUrl::from_request(), &event(url)).await;
    assert_eq!(unconfigured, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_load_balancer_needs_no_configuration_for_a_query_of_one_parameter() {
    for (query, url) in [
        (json!({}), "https://hooks.example.com/voice"),
        (json!({ "a": "1" }), "https://hooks.example.com/voice?a=1"),
    ] {
        let event = |signed: &str| load_balancer_event(&query, signed);
        assert_verified(PublicUrl::from_request(), event, url).await;
    }
}

/// The event has no order of parameters, and `lambda_http` writes the query anew.
#[tokio::test]
async fn a_load_balancer_needs_the_exact_url_for_any_other_query() {
    let url = "https://hooks.example.com/voice?a=b%2bc";
    let event = |signed: &str| load_balancer_event(&json!({ "a": "b%2bc" }), signed);
    let exact = PublicUrl::exact(url).expect("a valid url");
    assert_verified(exact, event, url).await;
    let unconfigured = status(PublicUrl::from_request(), &event(url)).await;
    assert_eq!(unconfigured, StatusCode::FORBIDDEN);
}
