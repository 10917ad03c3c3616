//! What `lambda_http` makes of the events of AWS: the request that a Router sees in Lambda.

use std::{env, process::Command, thread};

use axum::{Router, http::StatusCode, routing::post};
use lambda_http::request::from_str;
use proxy_tests::signing_key;
use serde_json::{Value, json};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer};
use tower::ServiceExt as _;

const FORM: &str = "From=%2B15551234567";

fn signature(url: &str) -> String {
    signing_key().sign_form(url, [("From", "+15551234567")])
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

/// An event of an Application Load Balancer, which leaves parameters as they were sent.
fn load_balancer_event(query: &[(&str, &str)], signed: &str) -> Value {
    json!({
        "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:eu:1:targetgroup/t/1" } },
        "httpMethod": "POST",
        "path": "/voice",
        "queryStringParameters": single_values(query),
        "headers": headers("hooks.example.com", signed),
        "body": FORM,
        "isBase64Encoded": false,
    })
}

/// An event of a REST API in the stage `prod`, which decodes parameters.
fn rest_event(host: &str, query: &[(&str, &str)], signed: &str) -> Value {
    json!({
        "resource": "/{proxy+}",
        "path": "/voice",
        "httpMethod": "POST",
        "headers": headers(host, signed),
        "multiValueHeaders": {},
        "queryStringParameters": single_values(query),
        "multiValueQueryStringParameters": multiple_values(query),
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

fn single_values(query: &[(&str, &str)]) -> Value {
    let values = query
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)));
    Value::Object(values.collect())
}

fn multiple_values(query: &[(&str, &str)]) -> Value {
    let values = query
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!([value])));
    Value::Object(values.collect())
}

async fn status(public_url: PublicUrl, event: &Value) -> StatusCode {
    let app = Router::new()
        .fallback(post(|| async {}))
        .layer(SignalWireWebhookLayer::new(signing_key()).public_url(public_url));
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

const REST_HOST: &str = "abc.execute-api.eu-west-1.amazonaws.com";
const REST_URL: &str = "https://abc.execute-api.eu-west-1.amazonaws.com/prod/voice";

/// Enough that what passes in half of them is seen to pass and to be refused.
const RUNS: usize = 64;

/// How many of [`RUNS`] pass: `lambda_http` keeps the parameters in a hash map, whose order is
/// another in every run.
async fn passes(public_url: &PublicUrl, event: &Value) -> usize {
    let mut passed = 0;
    for _ in 0..RUNS {
        passed += usize::from(status(public_url.clone(), event).await == StatusCode::OK);
    }
    passed
}

#[tokio::test]
async fn a_rest_api_needs_no_configuration_without_a_query_or_with_one_plain_parameter() {
    for (query, url) in [
        (&[][..], REST_URL.to_owned()),
        (&[("tenant", "7")], format!("{REST_URL}?tenant=7")),
    ] {
        let event = |signed: &str| rest_event(REST_HOST, query, signed);
        assert_verified(PublicUrl::from_request(), event, &url).await;
    }
}

#[tokio::test]
async fn a_rest_api_needs_the_exact_url_for_two_parameters() {
    let url = format!("{REST_URL}?tenant=7&lang=en");
    let event = rest_event(REST_HOST, &[("tenant", "7"), ("lang", "en")], &url);
    let by_chance = passes(&PublicUrl::from_request(), &event).await;
    assert!(0 < by_chance && by_chance < RUNS, "{by_chance} of {RUNS}");
    let exact = PublicUrl::exact(&url).expect("a valid url");
    assert_eq!(passes(&exact, &event).await, RUNS);
}

/// `lambda_http` encodes what API Gateway decoded, in its own way.
#[tokio::test]
async fn a_rest_api_needs_the_exact_url_for_a_parameter_that_can_be_written_in_two_ways() {
    for (query, written) in [
        (("name", "Jane Doe"), "name=Jane%20Doe"),
        (("flag", ""), "flag"),
        (("url", "https://x.example/a"), "url=https://x.example/a"),
    ] {
        let url = format!("{REST_URL}?{written}");
        let event = rest_event(REST_HOST, &[query], &url);
        assert_eq!(passes(&PublicUrl::from_request(), &event).await, 0, "{url}");
        let exact = PublicUrl::exact(&url).expect("a valid url");
        assert_eq!(passes(&exact, &event).await, RUNS, "{url}");
    }
}

/// The digest is another one in every request, so that no exact URL has it.
#[tokio::test]
async fn a_rest_api_cannot_verify_a_body_digest_beside_another_parameter() {
    let digest = "69f3cbfc18e386ef8236cb7008cd5a54b7fed637a8cb3373b5a1591d7f0fd5f4";
    let body = r#"{"event":"call.state"}"#;
    let digest_event = |mut event: Value| {
        event["body"] = json!(body);
        event["headers"]["content-type"] = json!("application/json");
        event
    };

    let alone = format!("{REST_URL}?bodySHA256={digest}");
    let event = rest_event(REST_HOST, &[("bodySHA256", digest)], &alone);
    let event = digest_event(signed_without_parameters(event, &alone));
    assert_eq!(passes(&PublicUrl::from_request(), &event).await, RUNS);

    let beside = format!("{REST_URL}?tenant=7&bodySHA256={digest}");
    let query = [("tenant", "7"), ("bodySHA256", digest)];
    let event = digest_event(signed_without_parameters(
        rest_event(REST_HOST, &query, &beside),
        &beside,
    ));
    let by_chance = passes(&PublicUrl::from_request(), &event).await;
    assert!(0 < by_chance && by_chance < RUNS, "{by_chance} of {RUNS}");
    let exact = PublicUrl::exact(&format!("{REST_URL}?tenant=7")).expect("a valid url");
    assert_eq!(passes(&exact, &event).await, 0);

    let query = format!("tenant=7&bodySHA256={digest}");
    let event = digest_event(signed_without_parameters(
        http_event(REST_HOST, "prod", "/prod/voice", &query, &beside),
        &beside,
    ));
    assert_eq!(passes(&PublicUrl::from_request(), &event).await, RUNS);
}

/// As SignalWire signs a body digest: the URL alone.
fn signed_without_parameters(mut event: Value, url: &str) -> Value {
    let signature = signing_key().sign_form(url, [("", ""); 0]);
    event["headers"]["x-signalwire-signature"] = json!(signature);
    event
}

/// `lambda_http` puts the stage into the path, whatever the name that was called.
#[tokio::test]
async fn a_rest_api_under_a_name_of_its_own_needs_the_exact_url() {
    let url = "https://hooks.example.com/voice";
    let event = |signed: &str| rest_event("hooks.example.com", &[], signed);
    let exact = PublicUrl::exact(url).expect("a valid url");
    assert_verified(exact, event, url).await;
    let unconfigured = passes(&PublicUrl::from_request(), &event(url)).await;
    assert_eq!(unconfigured, 0);
}

const IGNORE_STAGE: &str = "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH";

/// The variable is read by the whole process, so that this test runs itself in another one.
#[tokio::test]
async fn a_rest_api_under_a_name_of_its_own_needs_nothing_where_the_stage_is_ignored() {
    if env::var_os(IGNORE_STAGE).is_some() {
        let event = |signed: &str| rest_event("hooks.example.com", &[], signed);
        let url = "https://hooks.example.com/voice";
        return assert_verified(PublicUrl::from_request(), event, url).await;
    }
    let this = thread::current().name().expect("a test").to_owned();
    let output = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", &this])
        .env(IGNORE_STAGE, "1")
        .output()
        .expect("this program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
    assert!(output.status.success(), "{said}");
}

#[tokio::test]
async fn a_load_balancer_needs_no_configuration_without_a_query_or_with_one_plain_parameter() {
    for (query, url) in [
        (&[][..], "https://hooks.example.com/voice"),
        (&[("a", "1")], "https://hooks.example.com/voice?a=1"),
    ] {
        let event = |signed: &str| load_balancer_event(query, signed);
        assert_verified(PublicUrl::from_request(), event, url).await;
    }
}

#[tokio::test]
async fn a_load_balancer_needs_the_exact_url_for_any_other_query() {
    for (query, url) in [
        (
            &[("a", "b%2bc")][..],
            "https://hooks.example.com/voice?a=b%2bc",
        ),
        (
            &[("tenant", "7"), ("lang", "en")],
            "https://hooks.example.com/voice?tenant=7&lang=en",
        ),
    ] {
        let event = load_balancer_event(query, url);
        let by_chance = passes(&PublicUrl::from_request(), &event).await;
        assert!(by_chance < RUNS, "{url}: {by_chance} of {RUNS}");
        let exact = PublicUrl::exact(url).expect("a valid url");
        assert_eq!(passes(&exact, &event).await, RUNS, "{url}");
    }
}
