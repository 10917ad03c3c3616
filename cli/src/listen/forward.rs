//! The program under development, to which requests are forwarded.
//!
//! It gets each request as it came, but for the headers that concern one connection alone. It knows
//! nothing of signatures.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use http::{HeaderMap, Request, Response, StatusCode, Uri, Version, header, request::Parts};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::timeout;

use super::{
    record::{Answer, Outcome, copied},
    websocket::{self, is_handshake},
};
use crate::failure::Failure;

/// SignalWire itself waits no longer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// SignalWire reads 64 KB; whoever else calls may read more.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// As much of an answer is kept.
const KEPT_OF_ANSWER: usize = 64 * 1024;

/// Headers that say something of one connection, and not of the message.
const OF_ONE_CONNECTION: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
];

#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Without a slash at its end.
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Target {
    /// The program at `url`, as `http://127.0.0.1:8080`; a path in it comes before that of each
    /// request.
    pub(super) fn new(url: &str) -> Result<Self, Failure> {
        let wrong = |what: &str| {
            Failure::usage(format!(
                "--forward-to {url:?} {what}: write it as in http://127.0.0.1:8080"
            ))
        };
        let uri: Uri = url.parse().map_err(|_| wrong("is not a URL"))?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if uri.scheme_str() != Some("http") {
            return Err(wrong("does not begin with http://"));
        }
        if uri.query().is_some() || authority.contains('@') {
            return Err(wrong("has more than a host, a port and a path"));
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .http1_preserve_header_case(true)
            .build(connector);
        Ok(Self {
            url: format!("http://{authority}{}", uri.path().trim_end_matches('/')),
            client,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request on. The response is the target's, or 502.
    pub(super) async fn exchange(&self, request: Parts, body: Bytes) -> (Outcome, Response<Body>) {
        let start = Instant::now();
        let outcome = timeout(TIMEOUT, self.try_exchange(request, body, start)).await;
        match outcome {
            Ok(Ok((answer, response))) => (Outcome::Answered(answer), response),
            Ok(Err(sentence)) => failed(sentence, start),
            Err(_) => failed(
                format!(
                    "{} has not answered within {} s, and SignalWire waits no longer",
                    self.url,
                    TIMEOUT.as_secs()
                ),
                start,
            ),
        }
    }

    async fn try_exchange(
        &self,
        mut request: Parts,
        body: Bytes,
        start: Instant,
    ) -> Result<(Answer, Response<Body>), String> {
        let caller = is_handshake(&request).then(|| websocket::caller(&mut request));
        let request = self.outgoing(request, body)?;
        let response = self.client.request(request).await;
        let mut response = response.map_err(|error| self.failure(&error))?;
        if let (Some(caller), StatusCode::SWITCHING_PROTOCOLS) = (caller, response.status()) {
            websocket::join(caller, &mut response);
            let (parts, _) = response.into_parts();
            let answer = answer(&parts, &Bytes::new(), start);
            return Ok((answer, Response::from_parts(parts, Body::empty())));
        }
        let (mut parts, body) = response.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| self.broken_off(&*error))?.to_bytes();
        let answer = answer(&parts, &body, start);
        remove_headers_of_one_connection(&mut parts.headers);
        // That of the target's connection, which is not the caller's.
        parts.version = Version::HTTP_11;
        Ok((answer, Response::from_parts(parts, Body::from(body))))
    }

    fn outgoing(&self, mut parts: Parts, body: Bytes) -> Result<Request<Full<Bytes>>, String> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let slash = if path.starts_with('/') { "" } else { "/" };
        let url = format!("{}{slash}{path}", self.url);
        if let (None, Some(authority)) = (parts.headers.get(header::HOST), parts.uri.authority()) {
            let host = authority.as_str().parse();
            parts
                .headers
                .extend(host.ok().map(|host| (header::HOST, host)));
        }
        parts.uri = url
            .parse()
            .map_err(|error| format!("{} cannot be sent this URL: {error}", self.url))?;
        parts.version = Version::HTTP_11;
        let is_handshake = is_handshake(&parts);
        remove_headers_of_one_connection(&mut parts.headers);
        // The body is whole by now, whatever its chunks were.
        parts.headers.remove(header::CONTENT_LENGTH);
        if is_handshake {
            let upgrade = http::HeaderValue::from_static("Upgrade");
            parts.headers.insert(header::CONNECTION, upgrade);
        } else {
            parts.headers.remove(header::UPGRADE);
        }
        Ok(Request::from_parts(parts, Full::new(body)))
    }

    fn failure(&self, error: &hyper_util::client::legacy::Error) -> String {
        let cause = root_cause(error);
        if error.is_connect() {
            return format!(
                "cannot connect to {}: {cause}; is the program running there?",
                self.url
            );
        }
        format!("{} gave no answer that is one: {cause}", self.url)
    }

    fn broken_off(&self, error: &(dyn Error + 'static)) -> String {
        if error.is::<LengthLimitError>() {
            return format!(
                "{} answers more than {} MiB, and SignalWire reads 64 KB",
                self.url,
                LONGEST_ANSWER / 1024 / 1024
            );
        }
        format!("{} broke off its answer: {}", self.url, root_cause(error))
    }
}

fn answer(parts: &http::response::Parts, body: &Bytes, start: Instant) -> Answer {
    Answer {
        status: parts.status,
        headers: copied(&parts.headers),
        body: body[..body.len().min(KEPT_OF_ANSWER)].to_vec(),
        length: body.len(),
        time: start.elapsed(),
    }
}

fn failed(sentence: String, start: Instant) -> (Outcome, Response<Body>) {
    let body = "The program to which this webhook was forwarded gave no answer.\n";
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    let text = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    let time = start.elapsed();
    (Outcome::Failed { sentence, time }, response)
}

/// Those that are known, and those that `Connection` names.
fn remove_headers_of_one_connection(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| name != "upgrade")
        .collect();
    for name in named.iter().map(String::as_str).chain(OF_ONE_CONNECTION) {
        headers.remove(name);
    }
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_program_that_speaks_http() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://localhost/app/", "http://localhost/app"),
        ] {
            assert_eq!(Target::new(url).unwrap().url(), expected);
        }
        for url in [
            "127.0.0.1:8080",
            "https://127.0.0.1",
            "http://",
            "http://u:p@h",
            "http://h/?a=b",
            "",
        ] {
            let failure = Target::new(url).unwrap_err().to_string();
            assert!(failure.contains("--forward-to"), "{failure}");
        }
    }

    #[test]
    fn headers_of_one_connection_are_not_passed_on() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private"),
            ("x-private", "a"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("x-signalwire-signature", "kept"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        remove_headers_of_one_connection(&mut headers);
        let names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
        assert_eq!(names, ["x-signalwire-signature"]);
    }
}
