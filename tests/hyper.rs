//! The example `hyper` as a user runs it: a process, called over HTTP/1.1 and HTTP/2.
#![cfg(feature = "axum")]

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::{Bytes, Incoming},
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use signalwire_webhook::SigningKey;
use tokio::net::TcpStream;

const KEY: &str = "PSKtest-0123456789";
const FORM: &str = "CallSid=b3877c40&From=%2B15551234567";

/// The example under way; killed where a test ends before it.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(executable())
            .arg("127.0.0.1:0")
            .env("SIGNALWIRE_SIGNING_KEY", KEY)
            .env_remove("SIGNALWIRE_WEBHOOK_URL")
            .env_remove("SWML_PROXY_URL_BASE")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("Listening on http://");
        let address = address.unwrap_or_else(|| panic!("it printed {line:?}"));
        Self {
            process,
            address: address.to_owned(),
        }
    }

    fn uri(&self) -> String {
        format!("http://{}/voice?lang=en", self.address)
    }

    /// Signed for the https URL of a proxy that keeps `Host`.
    fn signature(&self) -> String {
        let url = self.uri().replace("http:", "https:");
        let parameters = [("CallSid", "b3877c40"), ("From", "+15551234567")];
        SigningKey::new(KEY).unwrap().sign_form(&url, parameters)
    }

    fn request(&self, uri: &str, body: &'static str) -> Request<Full<Bytes>> {
        Request::post(uri)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-signalwire-signature", self.signature())
            .body(Full::from(body))
            .unwrap()
    }

    async fn connect(&self) -> TokioIo<TcpStream> {
        TokioIo::new(TcpStream::connect(&self.address).await.unwrap())
    }

    /// The host is in `Host`.
    async fn send_over_http1(&self, body: &'static str) -> (StatusCode, String) {
        let (mut sender, connection) = http1::handshake(self.connect().await).await.unwrap();
        tokio::spawn(connection);
        let mut request = self.request("/voice?lang=en", body);
        let host = self.address.parse().unwrap();
        request.headers_mut().insert("host", host);
        answer(sender.send_request(request).await.unwrap()).await
    }

    /// The host is in the URI alone.
    async fn send_over_http2(&self, body: &'static str) -> (StatusCode, String) {
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), self.connect().await)
            .await
            .unwrap();
        tokio::spawn(connection);
        let request = self.request(&self.uri(), body);
        answer(sender.send_request(request).await.unwrap()).await
    }

    /// What it logged.
    fn stop(mut self) -> String {
        self.process.kill().unwrap();
        let mut log = String::new();
        let stderr = self.process.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where cargo puts the examples beside the tests.
fn executable() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let folder = tests.parent().unwrap().with_file_name("examples");
    let example = folder.join(format!("hyper{}", env::consts::EXE_SUFFIX));
    assert!(
        example.exists(),
        "{} is not built: run `cargo build --example hyper`, as `cargo test` does by itself",
        example.display()
    );
    example
}

async fn answer(response: hyper::Response<Incoming>) -> (StatusCode, String) {
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_plain_hyper_server_answers_signalwire_and_nobody_else() {
    let server = Server::start();
    let cxml = "<Response><Say>Hello from hyper.</Say></Response>".to_owned();
    let refused = "SignalWire Request Validation Failed.".to_owned();
    let forged = "CallSid=b3877c40&From=%2B15550000000";

    let genuine = (StatusCode::OK, cxml);
    assert_eq!(server.send_over_http1(FORM).await, genuine);
    assert_eq!(server.send_over_http2(FORM).await, genuine);
    let refusal = (StatusCode::FORBIDDEN, refused);
    assert_eq!(server.send_over_http1(forged).await, refusal);
    assert_eq!(server.send_over_http2(forged).await, refusal);

    let log = server.stop();
    assert_eq!(log.matches("+15551234567").count(), 2, "{log}");
    assert_eq!(log.matches("webhook rejected").count(), 2, "{log}");
    assert!(!log.contains("+15550000000"), "{log}");
}
