//! A server that ends TLS itself, by axum-server and rustls, called by a real curl.

use std::{net::TcpListener, sync::Arc};

use axum::{Router, response::IntoResponse, routing::any};
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use proxy_tests::{Certificate, Client, Front, signing_key};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use signalwire_webhook::{PublicUrl, SignalWireWebhookLayer, VerifiedWebhook};
use tokio::runtime::Runtime;

async fn answer(webhook: VerifiedWebhook) -> impl IntoResponse {
    webhook.url().to_owned()
}

fn tls() -> RustlsConfig {
    let made = Certificate::self_signed();
    let certificate = CertificateDer::from_pem_slice(made.certificate.as_bytes());
    let private_key = PrivateKeyDer::from_pem_slice(made.private_key.as_bytes());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.expect("a certificate")],
            private_key.expect("a key"),
        )
        .expect("the key is that of the certificate");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    RustlsConfig::from_config(Arc::new(config))
}

/// The server runs as long as the runtime is kept; `None`, and a message, without curl.
fn serve(public_url: PublicUrl) -> Option<(Runtime, Client, u16)> {
    let layer = SignalWireWebhookLayer::new(signing_key()).public_url(public_url);
    let voice = Router::new().route("/voice", any(answer)).layer(layer);
    let app = Router::new().nest("/hooks", voice);

    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener
        .set_nonblocking(true)
        .expect("a socket that can be");
    let address = listener.local_addr().expect("the port that was free");
    let runtime = Runtime::new().expect("a runtime");
    runtime.spawn(async move {
        from_tcp_rustls(listener, tls())
            .expect("the listener is tokio's to have")
            .serve(app.into_make_service())
            .await
    });
    Some((runtime, Client::of(address)?, address.port()))
}

#[test]
fn a_server_that_ends_tls_itself_needs_no_configuration() {
    let Some((_runtime, client, port)) = serve(PublicUrl::from_request()) else {
        return;
    };
    let versions = Front::Tls.versions();
    client.assert_verified(versions, "https://hooks.example.com/hooks/voice?lang=en");
    client.assert_verified(
        versions,
        &format!("https://hooks.example.com:{port}/hooks/voice"),
    );
    client.assert_verified_as(
        versions,
        "https://user:secret@hooks.example.com/hooks/voice",
        "https://user:secret@hooks.example.com:443/hooks/voice",
    );
}

#[test]
fn a_server_that_ends_tls_itself_refuses_what_is_signed_for_another_base() {
    let base = PublicUrl::base("https://hooks.example.com/public").expect("a valid base");
    let Some((_runtime, client, _)) = serve(base) else {
        return;
    };
    let versions = Front::Tls.versions();
    let called = "https://hooks.example.com/hooks/voice";
    client.assert_refused_as(versions, called, called);
    client.assert_verified_as(
        versions,
        called,
        "https://hooks.example.com/public/hooks/voice",
    );
}
