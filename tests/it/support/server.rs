//! A server on a socket, and a client that writes to it whatever bytes it likes.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use axum::Router;
use tokio::{net::TcpListener, task::spawn_blocking};

/// Far longer than any answer takes: a test is to fail, not to hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs as long as the test's runtime does, on the test's own thread.
#[derive(Clone, Copy)]
pub struct Server(SocketAddr);

impl Server {
    pub async fn start(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self(address)
    }

    /// Sends it by HTTP/1.1.
    pub async fn send(self, request: &RawRequest) -> Reply {
        let answer = self.exchange(request.to_bytes()).await;
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Reply {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    /// Sends it by HTTP/2, with a `:authority` beside its headers; the body of the answer.
    pub async fn send_http2(self, authority: &str, request: &RawRequest) -> String {
        let answer = self.exchange(request.to_http2(authority)).await;
        String::from_utf8(http2_data(&answer)).unwrap()
    }

    /// Until the server closes the connection, or has ended the only stream.
    async fn exchange(self, request: Vec<u8>) -> Vec<u8> {
        let exchange = move || {
            let mut connection = TcpStream::connect(self.0).unwrap();
            connection.set_read_timeout(Some(PATIENCE)).unwrap();
            connection.write_all(&request).unwrap();
            let mut answer = Vec::new();
            let mut chunk = [0; 4096];
            while !http2_has_ended(&answer) {
                match connection.read(&mut chunk).unwrap() {
                    0 => break,
                    length => answer.extend_from_slice(&chunk[..length]),
                }
            }
            answer
        };
        spawn_blocking(exchange).await.unwrap()
    }
}

/// What a client sees.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: String,
}

impl Reply {
    #[track_caller]
    pub fn assert_refused(&self) {
        assert_eq!(
            (self.status, &*self.body),
            (403, super::REFUSED),
            "{self:?}"
        );
    }
}

/// A request as it is written to a socket.
#[derive(Clone, Debug)]
pub struct RawRequest {
    method: String,
    target: Vec<u8>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl RawRequest {
    pub fn new(method: &str, target: impl Into<Vec<u8>>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn post(target: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", target)
    }

    /// Another line, whatever is there already.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn host(self, host: &str) -> Self {
        self.header("host", host)
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("content-type", content_type)
            .header("content-length", length)
    }

    pub fn form(self, body: impl Into<Vec<u8>>) -> Self {
        self.body(super::signed::FORM, body)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [self.method.as_bytes(), b" ", &self.target].concat();
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        for (name, value) in &self.headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"connection: close\r\n\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The preface, empty settings, and one stream (RFC 9113).
    fn to_http2(&self, authority: &str) -> Vec<u8> {
        let target = str::from_utf8(&self.target).unwrap();
        let pseudo_headers = [
            (":method", &*self.method),
            (":scheme", "http"),
            (":authority", authority),
            (":path", target),
        ];
        let headers = self.headers.iter().map(|(name, value)| (&**name, &**value));
        let mut block = Vec::new();
        for (name, value) in pseudo_headers.into_iter().chain(headers) {
            // A literal that is not indexed, with a new name (RFC 7541, section 6.2.2).
            block.push(0);
            for text in [name, value] {
                assert!(text.len() < 127, "a longer one has a longer length");
                block.push(u8::try_from(text.len()).unwrap());
                block.extend_from_slice(text.as_bytes());
            }
        }
        [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            frame(SETTINGS, 0, 0, &[]),
            frame(HEADERS, END_HEADERS, 1, &block),
            frame(DATA, END_STREAM, 1, &self.body),
        ]
        .concat()
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [
        length[1], length[2], length[3], kind, flags, 0, 0, 0, stream,
    ];
    [&head, payload].concat()
}

/// Kind, flags and payload of each frame that is there whole.
fn frames(mut bytes: &[u8]) -> Vec<(u8, u8, &[u8])> {
    let mut frames = Vec::new();
    while let [first, second, third, kind, flags, _, _, _, _, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *first, *second, *third]) as usize;
        let Some((payload, after)) = rest.split_at_checked(length) else {
            break;
        };
        frames.push((*kind, *flags, payload));
        bytes = after;
    }
    frames
}

/// Whether these are HTTP/2 frames, the last of which ends the stream.
fn http2_has_ended(answer: &[u8]) -> bool {
    let ends = |(kind, flags, _): &(u8, u8, &[u8])| {
        [DATA, HEADERS].contains(kind) && flags & END_STREAM != 0
    };
    !answer.starts_with(b"HTTP") && frames(answer).iter().any(ends)
}

fn http2_data(answer: &[u8]) -> Vec<u8> {
    let data = frames(answer)
        .into_iter()
        .filter(|(kind, _, _)| *kind == DATA);
    data.flat_map(|(_, _, payload)| payload.to_vec()).collect()
}
