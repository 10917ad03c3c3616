use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Program, Sent};

/// The version of HTTP that the client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, negotiated over TLS.
    Http2,
    /// HTTP/2 over plain TCP, without negotiation.
    Http2PriorKnowledge,
}

impl Version {
    fn argument(self) -> &'static str {
        match self {
            Self::Http1 => "--http1.1",
            Self::Http2 => "--http2",
            Self::Http2PriorKnowledge => "--http2-prior-knowledge",
        }
    }

    /// As curl's `--write-out` has it.
    fn number(self) -> &'static str {
        match self {
            Self::Http1 => "1.1",
            Self::Http2 | Self::Http2PriorKnowledge => "2",
        }
    }
}

/// One request.
#[derive(Clone, Debug)]
#[must_use]
pub struct Call<'a> {
    version: Version,
    url: &'a str,
    sent: Sent,
    signature: Option<String>,
    headers: Vec<(&'a str, &'a str)>,
    request_target: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// An unsigned request.
    pub fn unsigned(version: Version, url: &'a str, sent: Sent) -> Self {
        Self {
            version,
            url,
            sent,
            signature: None,
            headers: Vec::new(),
            request_target: None,
        }
    }

    /// Presents this signature.
    pub fn signed(mut self, signature: impl Into<String>) -> Self {
        self.signature = Some(signature.into());
        self
    }

    /// Sends these headers too.
    pub fn headers(mut self, headers: &[(&'a str, &'a str)]) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Writes this in the request line in place of the URL's path and query.
    pub fn request_target(mut self, request_target: &'a str) -> Self {
        self.request_target = Some(request_target);
        self
    }

    fn command(&self, curl: &Path, server: SocketAddr) -> Command {
        let mut command = Command::new(curl);
        command
            .args(["--silent", "--show-error", "--insecure", "--max-time", "30"])
            .args(["--path-as-is", "--globoff", self.version.argument()])
            .args(["--write-out", "\n%{http_version} %{http_code}"])
            .args(["--noproxy", "*", "--connect-to", &format!("::{server}")]);
        if let Some((content_type, body)) = self.sent.body() {
            command.args(["--data-raw", body]);
            command.args(["--header", &format!("Content-Type: {content_type}")]);
        }
        if let Some(signature) = &self.signature {
            command.args(["--header", &format!("X-SignalWire-Signature: {signature}")]);
        }
        for (name, value) in &self.headers {
            command.args(["--header", &format!("{name}: {value}")]);
        }
        if let Some(request_target) = self.request_target {
            command.args(["--request-target", request_target]);
        }
        command.arg(self.url);
        command
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, without white space at its end.
    pub body: String,
}

impl Answer {
    /// Whether the layer refused the request, and not the proxy.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.status == 403 && self.body == "SignalWire Request Validation Failed."
    }
}

/// curl, calling one server whatever the host in the URL.
#[derive(Debug)]
pub struct Client {
    curl: PathBuf,
    server: SocketAddr,
}

impl Client {
    /// Calls the server at this address; `None`, and a message, where curl is not installed.
    #[must_use]
    pub fn of(server: SocketAddr) -> Option<Self> {
        let curl = Program::Debian {
            name: "curl",
            package: "curl",
        };
        Some(Self {
            curl: curl.find()?,
            server,
        })
    }

    /// The answer to this call.
    ///
    /// # Panics
    ///
    /// Where there is none, or not in the version of HTTP that was asked for.
    #[must_use]
    pub fn call(&self, call: &Call<'_>) -> Answer {
        self.try_call(call)
            .unwrap_or_else(|complaint| panic!("{call:?}: {complaint}"))
    }

    /// The answer to this call, or what curl says where there is none.
    ///
    /// # Errors
    ///
    /// What curl says.
    pub fn try_call(&self, call: &Call<'_>) -> Result<Answer, String> {
        let output = call.command(&self.curl, self.server).output();
        let output = output.expect("curl starts");
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let text = String::from_utf8(output.stdout).expect("text");
        let (body, protocol) = text.rsplit_once('\n').expect("what --write-out adds");
        let (version, status) = protocol.split_once(' ').expect("two words");
        assert_eq!(version, call.version.number(), "{call:?}");
        Ok(Answer {
            status: status.parse().expect("a status"),
            body: body.trim_end().to_owned(),
        })
    }

    /// Genuine requests to this URL pass and forged ones are refused, in these versions of HTTP.
    #[track_caller]
    pub fn assert_verified(&self, versions: &[Version], url: &str) {
        self.assert_verified_as(versions, url, url);
    }

    /// As [`assert_verified`](Self::assert_verified), where another URL is signed than is called.
    #[track_caller]
    pub fn assert_verified_as(&self, versions: &[Version], called: &str, signed: &str) {
        for (version, sent) in every_way(versions) {
            self.assert_accepted(version, called, signed, sent);
            self.assert_forged_is_refused(version, called, signed, sent);
        }
    }

    /// Genuine requests to this URL are refused by the layer: it is configured for another.
    #[track_caller]
    pub fn assert_refused_as(&self, versions: &[Version], called: &str, signed: &str) {
        for (version, sent) in every_way(versions) {
            let call = Call::unsigned(version, called, sent).signed(sent.signature(signed));
            let answer = self.call(&call);
            assert!(
                answer.is_refusal(),
                "genuine, signed for {signed}: {call:?} got {answer:?}"
            );
        }
    }

    /// A genuine request passes.
    #[track_caller]
    pub fn assert_accepted(&self, version: Version, called: &str, signed: &str, sent: Sent) {
        let call = Call::unsigned(version, called, sent).signed(sent.signature(signed));
        let answer = self.call(&call);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, signed),
            "{call:?}"
        );
    }

    #[track_caller]
    fn assert_forged_is_refused(&self, version: Version, called: &str, signed: &str, sent: Sent) {
        for signature in sent.forged_signatures(signed) {
            let call = Call::unsigned(version, called, sent).signed(signature);
            let answer = self.call(&call);
            assert!(answer.is_refusal(), "forged: {call:?} got {answer:?}");
        }
        // Without a body, since it is refused before that is read: over HTTP/2 a server may then
        // reset the stream after its answer, and curl 7.88 may lose the answer.
        let call = Call::unsigned(version, called, Sent::Get);
        let answer = self.call(&call);
        assert!(answer.is_refusal(), "{call:?} got {answer:?}");
    }
}

fn every_way(versions: &[Version]) -> impl Iterator<Item = (Version, Sent)> {
    versions
        .iter()
        .flat_map(|&version| Sent::ALL.map(|sent| (version, sent)))
}
