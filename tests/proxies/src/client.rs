use std::{net::SocketAddr, process::Command};

use signalwire_webhook::SigningKey;

use crate::{SIGNING_KEY, process::is_installed};

const REFUSED: &str = "403 SignalWire Request Validation Failed.";

/// curl, calling one server whatever the host in the URL.
pub struct Client {
    server: SocketAddr,
}

/// What SignalWire sends.
#[derive(Clone, Copy, Debug)]
enum Sent {
    Get,
    Form,
    Json,
}

impl Sent {
    const ALL: [Self; 3] = [Self::Get, Self::Form, Self::Json];

    fn body(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Get => None,
            Self::Form => Some((
                "application/x-www-form-urlencoded",
                "From=%2B15551234567&Body=a+b",
            )),
            Self::Json => Some(("application/json", r#"{"call":{}}"#)),
        }
    }

    fn signature(self, key: &SigningKey, url: &str) -> String {
        match self {
            Self::Get => key.sign_form(url, [("", ""); 0]),
            Self::Form => key.sign_form(url, [("From", "+15551234567"), ("Body", "a b")]),
            Self::Json => key.sign_body(url, br#"{"call":{}}"#),
        }
    }

    fn signature_of_another_body(self, key: &SigningKey, url: &str) -> String {
        match self {
            Self::Get => key.sign_form(url, [("Body", "a b")]),
            Self::Form => key.sign_form(url, [("From", "+15557654321"), ("Body", "a b")]),
            Self::Json => key.sign_body(url, b"{}"),
        }
    }
}

impl Client {
    /// Calls the server at this address; `None`, and a message, where curl is not installed.
    #[must_use]
    pub fn of(server: SocketAddr) -> Option<Self> {
        is_installed("curl", "--version").then_some(Self { server })
    }

    /// Genuine requests to this URL must pass and forged ones be refused, over HTTP/1.1 and
    /// HTTP/2.
    #[track_caller]
    pub fn assert_verified(&self, url: &str) {
        self.assert_verified_as(url, url);
    }

    /// As [`assert_verified`](Self::assert_verified), where another URL is signed than is called.
    #[track_caller]
    pub fn assert_verified_as(&self, called: &str, signed: &str) {
        for (version, sent) in every_way() {
            let answer = self.call(version, called, sent, Some(&sent.signature(&key(), signed)));
            let accepted = format!("200 {signed}");
            assert_eq!(answer, accepted, "{sent:?} {version} {called}");
            self.assert_forged_is_refused(version, called, signed, sent);
        }
    }

    /// Genuine requests to this URL must be refused: the server is configured for another.
    #[track_caller]
    pub fn assert_refused(&self, url: &str) {
        for (version, sent) in every_way() {
            let answer = self.call(version, url, sent, Some(&sent.signature(&key(), url)));
            assert_eq!(answer, REFUSED, "{sent:?} {version} {url}");
        }
    }

    #[track_caller]
    fn assert_forged_is_refused(&self, version: &str, called: &str, signed: &str, sent: Sent) {
        let another_key = SigningKey::new("PSKanother").expect("a key");
        let mut forged = vec![
            sent.signature(&another_key, signed),
            sent.signature_of_another_body(&key(), signed),
        ];
        forged.extend(urls_like(signed).map(|url| sent.signature(&key(), &url)));
        for signature in forged {
            let answer = self.call(version, called, sent, Some(&signature));
            assert_eq!(
                answer, REFUSED,
                "{sent:?} {version} {called} by {signature}"
            );
        }
        // Without a body, since it is refused before that is read: over HTTP/2 the server then
        // resets the stream behind its answer, and curl 7.88 may lose the answer over it.
        let unsigned = self.call(version, called, Sent::Get, None);
        assert_eq!(unsigned, REFUSED, "unsigned {version} {called}");
    }

    /// The status and the body of the answer.
    fn call(&self, version: &str, url: &str, sent: Sent, signature: Option<&str>) -> String {
        let mut command = Command::new("curl");
        command
            .args([
                "--silent",
                "--show-error",
                "--insecure",
                "--path-as-is",
                "--globoff",
            ])
            .args([
                "--max-time",
                "30",
                "--write-out",
                "\n%{http_version} %{http_code}",
            ])
            .args(["--connect-to", &format!("::{}", self.server), version, url]);
        if let Some((content_type, body)) = sent.body() {
            command.args(["--data-raw", body]);
            command.args(["--header", &format!("Content-Type: {content_type}")]);
        }
        if let Some(signature) = signature {
            command.args(["--header", &format!("X-SignalWire-Signature: {signature}")]);
        }
        let output = command.output().expect("curl starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{url}: {complaint}");
        let text = String::from_utf8(output.stdout).expect("text");
        let (body, protocol) = text.rsplit_once('\n').expect("what --write-out adds");
        let (version_used, status) = protocol.split_once(' ').expect("two words");
        let version_asked = version.trim_start_matches("--http");
        assert_eq!(version_used, version_asked, "{url}");
        format!("{status} {}", body.trim_end())
    }
}

fn every_way() -> impl Iterator<Item = (&'static str, Sent)> {
    ["--http1.1", "--http2"]
        .into_iter()
        .flat_map(|version| Sent::ALL.map(|sent| (version, sent)))
}

fn key() -> SigningKey {
    SigningKey::new(SIGNING_KEY).expect("a key")
}

/// Another host, another path, another query.
fn urls_like(url: &str) -> impl Iterator<Item = String> {
    let (_, rest) = url.split_once("://").expect("an absolute url");
    let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let another_query = match url.split_once('?') {
        Some((without, _)) => without.to_owned(),
        None => format!("{url}?added=1"),
    };
    [
        format!("https://other.example{target}"),
        format!("https://{authority}/another{target}"),
        another_query,
    ]
    .into_iter()
}
