//! Headers of a proxy that the client wrote: a replay of what was captured at another host.

use axum::{Router, routing::post};
use signalwire_webhook::{
    ForwardingHeader::{
        self, Forwarded, XForwardedHost, XForwardedPort, XForwardedPrefix, XForwardedProto,
    },
    PublicUrl, SignalWireWebhookLayer,
};

use crate::support::{
    key,
    server::{RawRequest, Server},
    signed::SIGNATURE,
};

async fn server(url: PublicUrl) -> Server {
    let app = Router::new()
        .route("/sms", post(async || "handled"))
        .layer(SignalWireWebhookLayer::new(key()).public_url(url));
    Server::start(app).await
}

async fn trusting<const N: usize>(headers: [ForwardingHeader; N]) -> Server {
    server(PublicUrl::from_headers(headers)).await
}

/// Captured at the staging server, sent to production by way of its proxy.
fn replay(lines: &[(&str, &str)]) -> RawRequest {
    let signature = key().sign_form("https://staging.example/sms", [("From", "+1555")]);
    let request = RawRequest::post("/sms")
        .host("production.example")
        .header(SIGNATURE, signature)
        .form("From=%2B1555");
    lines.iter().fold(request, |request, (name, value)| {
        request.header(name, *value)
    })
}

const WRITTEN_BY_THE_CLIENT: [&[(&str, &str)]; 3] = [
    &[("forwarded", "host=staging.example;proto=https")],
    &[("x-forwarded-host", "staging.example")],
    &[
        ("forwarded", "host=staging.example"),
        ("x-forwarded-host", "staging.example"),
        ("x-forwarded-proto", "https"),
    ],
];

#[tokio::test]
async fn no_header_is_believed_where_none_is_named() {
    let server = server(PublicUrl::from_request()).await;
    for lines in WRITTEN_BY_THE_CLIENT {
        server.send(&replay(lines)).await.assert_refused();
    }
}

/// Caddy, Traefik, `HAProxy` and others overwrite `X-Forwarded-Host` and pass the client's own
/// `Forwarded` on.
#[tokio::test]
async fn forwarded_is_believed_only_where_it_is_named() {
    let overwritten = [
        ("forwarded", "host=staging.example;proto=https"),
        ("x-forwarded-host", "production.example"),
        ("x-forwarded-proto", "https"),
    ];
    let named = trusting([XForwardedProto, XForwardedHost]).await;
    named.send(&replay(&overwritten)).await.assert_refused();
    let all_but_it = trusting([
        XForwardedProto,
        XForwardedHost,
        XForwardedPort,
        XForwardedPrefix,
    ]);
    let all_but_it = all_but_it.await;
    all_but_it
        .send(&replay(&overwritten))
        .await
        .assert_refused();

    let careless = trusting([XForwardedHost, Forwarded]).await;
    let reply = careless.send(&replay(&overwritten)).await;
    assert_eq!(reply.status, 200, "the client's own header wins");
}

/// Apache, Envoy and node's `xfwd` append to what the client wrote, so that its entry is the first.
#[tokio::test]
async fn a_header_that_the_proxy_appends_to_is_the_clients_own() {
    let appended = [("x-forwarded-host", "staging.example, production.example")];
    let in_two_lines = [
        ("x-forwarded-host", "staging.example"),
        ("x-forwarded-host", "production.example"),
    ];
    let careless = trusting([XForwardedHost]).await;
    for lines in [&appended[..], &in_two_lines] {
        assert_eq!(careless.send(&replay(lines)).await.status, 200);
    }
    let with_scheme_alone = trusting([XForwardedProto]).await;
    for lines in [&appended[..], &in_two_lines] {
        with_scheme_alone
            .send(&replay(lines))
            .await
            .assert_refused();
    }
}

#[tokio::test]
async fn a_configured_url_believes_no_header() {
    let base = PublicUrl::base("https://production.example").unwrap();
    let exact = PublicUrl::exact("https://production.example/sms").unwrap();
    for url in [base, exact] {
        let server = server(url).await;
        for lines in WRITTEN_BY_THE_CLIENT {
            server.send(&replay(lines)).await.assert_refused();
        }
    }
}

#[tokio::test]
async fn a_prefix_that_the_client_wrote_moves_the_path_only_where_it_is_named() {
    let signature = key().sign_form("https://production.example/admin/sms", [("From", "+1555")]);
    let captured = RawRequest::post("/sms")
        .host("production.example")
        .header(SIGNATURE, signature)
        .header("x-forwarded-prefix", "/admin")
        .form("From=%2B1555");
    let named = trusting([XForwardedPrefix]).await;
    assert_eq!(named.send(&captured).await.status, 200);
    let not_named = trusting([XForwardedProto, XForwardedHost]).await;
    not_named.send(&captured).await.assert_refused();
}
