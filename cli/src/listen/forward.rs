//! The program under development, to which requests are forwarded.
//!
//! It gets each request as it came, but for the headers that concern one connection alone. It knows
//! nothing of signatures.

use std::{
    error::Error,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes};
use http::{
    HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri, Version, header,
    request::Parts, uri::Authority,
};
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

/// Only requests in a row share a connection. Servers close idle ones, gunicorn after 2 s, Node and
/// uvicorn after 5 s, and a request that is under way by then is lost. And a server that writes head
/// and body apart, as Python's `http.server`, answers 40 ms later on a connection that is not new.
const LONGEST_IDLE: Duration = Duration::from_millis(100);

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
    authority: Authority,
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
        let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong("does not begin with http://"));
        };
        if uri.query().is_some() || authority.as_str().contains('@') {
            return Err(wrong("has more than a host, a port and a path"));
        }
        if authority.port().is_none() && authority.as_str() != authority.host() {
            return Err(wrong("has a port that is not between 0 and 65535"));
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(LONGEST_IDLE)
            .http1_preserve_header_case(true)
            .build(connector);
        Ok(Self {
            url: format!("http://{authority}{}", uri.path().trim_end_matches('/')),
            authority: authority.clone(),
            client,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether whatever is sent there arrives at this address.
    pub(super) fn is_at(&self, address: SocketAddr) -> bool {
        let (ip, port) = (address.ip(), address.port());
        let takes_loopback = ip.is_loopback() || ip.is_unspecified();
        let host = self.authority.host().trim_matches(['[', ']']);
        let is_here = match host.parse::<IpAddr>() {
            Ok(host) => host == ip || (ip.is_unspecified() && host.is_loopback()),
            Err(_) => takes_loopback && host.eq_ignore_ascii_case("localhost"),
        };
        is_here && self.authority.port_u16().unwrap_or(80) == port
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
        let is_head = request.method == Method::HEAD;
        let caller = is_handshake(&request).then(|| websocket::caller(&mut request));
        let request = self.outgoing(request, body)?;
        let response = self.client.request(request).await;
        let mut response = response.map_err(|error| self.failure(&error))?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let Some(caller) = caller else {
                return Err(format!(
                    "{} answers with another protocol, which the request did not ask for",
                    self.url
                ));
            };
            websocket::join(caller, &mut response);
            let (parts, _) = response.into_parts();
            let answer = answer(&parts, &Bytes::new(), start);
            return Ok((answer, Response::from_parts(parts, Body::empty())));
        }
        let (mut parts, body) = response.into_parts();
        let body = Limited::new(body, LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| self.broken_off(&*error))?.to_bytes();
        let answer = answer(&parts, &body, start);
        parts.headers = headers_of_the_message(&parts.headers);
        let names_its_body = !is_head && parts.status != StatusCode::NOT_MODIFIED;
        let length = parts.headers.get_mut(header::CONTENT_LENGTH);
        if let Some(length) = length.filter(|_| names_its_body) {
            // Beside chunks it may be another than that of the body.
            *length = body.len().into();
        }
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
        parts.headers = headers_of_the_message(&parts.headers);
        // Of a request that was too large to be read, it is not that of the body.
        if let Some(length) = parts.headers.get_mut(header::CONTENT_LENGTH) {
            *length = body.len().into();
        }
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
        let cause_of = error.source().and_then(|source| source.downcast_ref());
        if cause_of.is_some_and(hyper::Error::is_incomplete_message) {
            return format!("{} closed the connection without an answer", self.url);
        }
        format!("{} gave an answer that is not HTTP: {cause}", self.url)
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

/// All but those of one connection, which are known or which `Connection` names; in their order,
/// which removing them one by one would change.
fn headers_of_the_message(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| name != "upgrade")
        .collect();
    let is_of_the_message = |name: &HeaderName| {
        let name = name.as_str();
        !OF_ONE_CONNECTION.contains(&name) && !named.iter().any(|named| named == name)
    };
    headers
        .iter()
        .filter(|(name, _)| is_of_the_message(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
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
            "http://127.0.0.1:99999",
            "",
        ] {
            let failure = Target::new(url).unwrap_err().to_string();
            assert!(failure.contains("--forward-to"), "{failure}");
        }
    }

    #[test]
    fn a_target_that_is_this_program_itself_is_known() {
        for (url, address, expected) in [
            ("http://127.0.0.1:3000", "127.0.0.1:3000", true),
            ("http://localhost:3000/app", "127.0.0.1:3000", true),
            ("http://127.0.0.1:3000", "0.0.0.0:3000", true),
            ("http://[::1]:3000", "[::]:3000", true),
            ("http://127.0.0.1", "127.0.0.1:80", true),
            ("http://127.0.0.1:8080", "127.0.0.1:3000", false),
            ("http://[::1]:3000", "127.0.0.1:3000", false),
            ("http://127.0.0.1:3000", "192.0.2.7:3000", false),
            ("http://other:3000", "127.0.0.1:3000", false),
        ] {
            let is_at = Target::new(url).unwrap().is_at(address.parse().unwrap());
            assert_eq!(is_at, expected, "{url} and {address}");
        }
    }

    #[test]
    fn headers_of_one_connection_are_not_passed_on_and_the_others_keep_their_order() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "h"),
            ("connection", "close, X-Private"),
            ("x-private", "a"),
            ("content-type", "b"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("x-signalwire-signature", "kept"),
            ("x-twice", "one"),
            ("x-twice", "two"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        let kept = headers_of_the_message(&headers);
        let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "host",
                "content-type",
                "x-signalwire-signature",
                "x-twice",
                "x-twice"
            ]
        );
    }
}
