//! A process that calls a server: real curl, HTTP/1.1 and HTTP/2.

use std::{
    io::{ErrorKind, Write as _, stderr},
    net::SocketAddr,
};

use axum::{Extension, Router, http::Version};
use signalwire_webhook::{SignalWireWebhookLayer, VerifiedWebhook};
use tokio::{net::TcpListener, process::Command};

use crate::support::{key, signed::SIGNATURE};

async fn version_and_url(
    version: Version,
    Extension(webhook): Extension<VerifiedWebhook>,
) -> String {
    format!("{version:?} {}", webhook.url())
}

/// Runs as long as the test does.
async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("the port that was free");
    let hooks = Router::new()
        .fallback(version_and_url)
        .layer(SignalWireWebhookLayer::new(key()));
    let app = Router::new().nest("/hooks", hooks);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Posts a form as curl does, with the signature of another URL if need be; the answer is the
/// body and the status, or `None` where curl is not installed.
async fn curl(version: &str, url: &str, signed: &str, address: SocketAddr) -> Option<String> {
    let signature = key().sign_form(signed, [("From", "+15551234567")]);
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--path-as-is",
            "--write-out",
            " %{http_code}",
        ])
        .args(["--connect-to", &format!("::{address}"), version, url])
        .args(["--data-raw", "From=%2B15551234567"])
        .args(["--header", &format!("{SIGNATURE}: {signature}")])
        .output()
        .await;
    match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Unlike `eprintln!`, this is shown for a test that passes.
            let _ = writeln!(stderr(), "skipped: curl is not installed");
            None
        }
        output => {
            let output = output.expect("curl starts");
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{complaint}");
            Some(String::from_utf8(output.stdout).expect("text"))
        }
    }
}

async fn assert_serves(version: &str, version_seen: &str) {
    let address = serve().await;
    for (called, signed) in [
        (
            "http://hooks.example.com/hooks/voice?a=b",
            "http://hooks.example.com/hooks/voice?a=b",
        ),
        (
            "http://hooks.example.com/hooks/voice?a=b",
            "https://hooks.example.com/hooks/voice?a=b",
        ),
        (
            "http://hooks.example.com:8080/hooks/x",
            "http://hooks.example.com:8080/hooks/x",
        ),
        (
            "http://hooks.example.com/hooks//a%2Fb;c/?",
            "http://hooks.example.com/hooks//a%2Fb;c/?",
        ),
        (
            "http://user:p%40ss@hooks.example.com/hooks/x",
            "https://user:p%40ss@hooks.example.com/hooks/x",
        ),
    ] {
        let Some(answer) = curl(version, called, signed, address).await else {
            return;
        };
        assert_eq!(answer, format!("{version_seen} {signed} 200"));
    }
    for forged in [
        "http://other.example/hooks/voice?a=b",
        "http://hooks.example.com/voice?a=b",
        "http://hooks.example.com/hooks/voice",
    ] {
        let called = "http://hooks.example.com/hooks/voice?a=b";
        let answer = curl(version, called, forged, address).await;
        assert_eq!(
            answer.as_deref(),
            Some("SignalWire Request Validation Failed. 403"),
            "{forged}"
        );
    }
}

#[tokio::test]
async fn http_1_is_verified_over_a_socket() {
    assert_serves("--http1.1", "HTTP/1.1").await;
}

#[tokio::test]
async fn http_2_without_tls_is_verified_over_a_socket() {
    assert_serves("--http2-prior-knowledge", "HTTP/2.0").await;
}
