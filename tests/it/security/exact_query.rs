//! Under `PublicUrl::exact` the query of the request is not signed. So whoever has captured a POST
//! can send it with a query of their own, and as a GET, whose form axum reads from there.

use std::collections::BTreeMap;

use axum::{
    Form, Router,
    extract::{OriginalUri, Query, RawForm, RawQuery},
    http::Uri,
    routing::any,
};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, Verified};

use crate::support::{
    key,
    server::{RawRequest, Reply, Server},
    signed::SIGNATURE,
};

const BODY: &str = "From=%2B1555";
const FORGED: &str = "From=%2B1BOSS&Body=transfer&tenant=8";

type Fields = BTreeMap<String, String>;

/// In a header, since an answer to HEAD has no body.
type Read = [(&'static str, String); 1];

fn read(what: impl std::fmt::Debug) -> Read {
    [("x-read", format!("{what:?}"))]
}

fn routes() -> Router {
    async fn query(Query(fields): Query<Fields>) -> Read {
        read(fields)
    }
    async fn form(Form(fields): Form<Fields>) -> Read {
        read(fields)
    }
    async fn verified_form(Verified(Form(fields)): Verified<Form<Fields>>) -> Read {
        read(fields)
    }
    async fn raw_query(RawQuery(query): RawQuery) -> Read {
        read(query)
    }
    async fn raw_form(RawForm(form): RawForm) -> Read {
        read(String::from_utf8_lossy(&form))
    }
    async fn original_uri(OriginalUri(uri): OriginalUri) -> Read {
        read(uri.query())
    }
    async fn uri(uri: Uri) -> Read {
        read(uri.query())
    }
    Router::new()
        .route("/query", any(query))
        .route("/form", any(form))
        .route("/verified-form", any(verified_form))
        .route("/raw-query", any(raw_query))
        .route("/raw-form", any(raw_form))
        .route("/original-uri", any(original_uri))
        .route("/uri", any(uri))
}

fn layer(url: &str) -> SignalWireWebhookLayer {
    SignalWireWebhookLayer::new(key()).public_url(PublicUrl::exact(url).unwrap())
}

/// The captured POST, sent by another method to another query.
async fn replay(server: Server, url: &str, method: &str, path: &str) -> Reply {
    let signature = key().sign_form(url, [("From", "+1555")]);
    let request = RawRequest::new(method, format!("{path}?{FORGED}"))
        .host("h.example")
        .header(SIGNATURE, signature)
        .form(BODY);
    server.send(&request).await
}

/// What the handler read.
fn seen(reply: &Reply) -> &str {
    let mut lines = reply.head.lines();
    lines
        .find_map(|line| line.strip_prefix("x-read: "))
        .unwrap_or_else(|| panic!("the handler did not run: {reply:?}"))
}

/// Each extractor, and what it reads of a GET or a HEAD.
async fn check(url: &str, extracted: [(&str, &str); 7]) {
    let plain = Server::start(routes().layer(layer(url))).await;
    let nested = Router::new().nest("/hooks", routes().layer(layer(url)));
    let nested = Server::start(nested).await;
    for (path, query) in extracted {
        for method in ["GET", "HEAD"] {
            let expected = match (method, path) {
                // Of a HEAD, axum takes a form's body, which is signed too.
                ("HEAD", "/form" | "/verified-form") => r#"{"from": "+1555"}"#,
                ("HEAD", "/raw-form") => r#""from=%2b1555""#,
                _ => query,
            };
            let reply = replay(plain, url, method, path).await;
            assert_eq!(seen(&reply), expected, "{method} {path}");
            let below = format!("/hooks{path}");
            let reply = replay(nested, url, method, &below).await;
            assert_eq!(seen(&reply), expected, "{method} {below}");
        }
    }
}

#[tokio::test]
async fn whichever_extractor_reads_it_there_is_no_query_where_none_was_signed() {
    let extracted = [
        ("/query", "{}"),
        ("/form", "{}"),
        ("/verified-form", "{}"),
        ("/raw-query", "none"),
        ("/raw-form", r#""""#),
        ("/original-uri", "none"),
        ("/uri", "none"),
    ];
    check("https://h.example/sms", extracted).await;
}

#[tokio::test]
async fn whichever_extractor_reads_it_the_query_is_the_signed_one() {
    let extracted = [
        ("/query", r#"{"tenant": "7"}"#),
        ("/form", r#"{"tenant": "7"}"#),
        ("/verified-form", r#"{"tenant": "7"}"#),
        ("/raw-query", r#"some("tenant=7")"#),
        ("/raw-form", r#""tenant=7""#),
        ("/original-uri", r#"some("tenant=7")"#),
        ("/uri", r#"some("tenant=7")"#),
    ];
    check("https://h.example/sms?tenant=7", extracted).await;
}

#[tokio::test]
async fn the_body_of_a_post_is_the_signed_one_and_so_is_its_query() {
    let url = "https://h.example/sms?tenant=7";
    let server = Server::start(routes().layer(layer(url))).await;
    for (path, expected) in [
        ("/query", r#"{"tenant": "7"}"#),
        ("/form", r#"{"from": "+1555"}"#),
        ("/verified-form", r#"{"from": "+1555"}"#),
        ("/raw-query", r#"some("tenant=7")"#),
        ("/raw-form", "\"from=%2b1555\""),
        ("/original-uri", r#"some("tenant=7")"#),
    ] {
        let reply = replay(server, url, "POST", path).await;
        assert_eq!(seen(&reply), expected, "{path}");
    }
}

#[tokio::test]
async fn around_a_whole_router_it_is_no_other() {
    use tower::ServiceBuilder;
    let url = "https://h.example/sms?tenant=7";
    let inner = ServiceBuilder::new().layer(layer(url)).service(routes());
    let server = Server::start(Router::new().fallback_service(inner)).await;
    for path in ["/form", "/query"] {
        let reply = replay(server, url, "GET", path).await;
        assert_eq!(seen(&reply), r#"{"tenant": "7"}"#, "{path}");
    }
}

/// As under `base`, where the query received is the one that is signed.
#[tokio::test]
async fn a_query_that_was_signed_is_left_as_it_was_sent() {
    let server = Server::start(routes().layer(SignalWireWebhookLayer::new(key()))).await;
    let url = "https://h.example/raw-query?a=%20b&&c=+&d";
    let signature = key().sign_form(url, [("From", "+1555")]);
    let request = RawRequest::post("/raw-query?a=%20b&&c=+&d")
        .host("h.example")
        .header(SIGNATURE, &signature)
        .form(BODY);
    assert_eq!(
        seen(&server.send(&request).await),
        r#"some("a=%20b&&c=+&d")"#
    );
    let refused = replay(server, "https://h.example/raw-query", "GET", "/raw-query").await;
    refused.assert_refused();
}
