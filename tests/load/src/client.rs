use std::{future::pending, net::SocketAddr, time::Duration};

use axum::body::Body;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use signalwire_webhook::{SigningKey, testing::WebhookRequest};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

/// A request as the bytes of HTTP/1.1.
#[derive(Clone)]
pub struct RawRequest {
    /// The request line and the headers of the request, without those that delimit its body.
    head: String,
    pub body: Vec<u8>,
}

impl RawRequest {
    pub fn signed(request: WebhookRequest, key: &SigningKey) -> Self {
        Self::of(request.signed_by(key))
    }

    pub fn unsigned(request: WebhookRequest) -> Self {
        Self::of(request.unsigned())
    }

    fn of(request: axum::http::Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        let headers: Vec<String> = parts
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()))
            .collect();
        let headers = headers.concat();
        let body = body.collect().now_or_never().unwrap().unwrap().to_bytes();
        Self {
            head: format!("{} {} HTTP/1.1\r\n{headers}", parts.method, parts.uri),
            body: body.to_vec(),
        }
    }

    #[must_use]
    pub fn header(mut self, line: &str) -> Self {
        self.head.push_str(line);
        self.head.push_str("\r\n");
        self
    }

    /// Another body than the one that was signed.
    #[must_use]
    pub fn replacing_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The last request of its connection.
    #[must_use]
    pub fn closing(self) -> Self {
        self.header("connection: close")
    }

    /// The head of a request that declares the length of its body.
    pub fn head(&self) -> Vec<u8> {
        self.head_declaring(self.body.len())
    }

    pub fn head_declaring(&self, length: usize) -> Vec<u8> {
        format!("{}content-length: {length}\r\n\r\n", self.head).into_bytes()
    }

    pub fn chunked_head(&self) -> Vec<u8> {
        format!("{}transfer-encoding: chunked\r\n\r\n", self.head).into_bytes()
    }

    /// The whole request, its length declared.
    pub fn bytes(&self) -> Vec<u8> {
        [self.head(), self.body.clone()].concat()
    }

    /// The whole request in one chunk, with `trailers`, each ending its line.
    pub fn chunked(&self, trailers: &str) -> Vec<u8> {
        let end = format!("0\r\n{trailers}\r\n");
        [self.chunked_head(), chunk(&self.body), end.into_bytes()].concat()
    }
}

fn chunk(data: &[u8]) -> Vec<u8> {
    let length = format!("{:x}\r\n", data.len());
    [length.as_bytes(), data, b"\r\n"].concat()
}

/// One connection.
pub struct Client(TcpStream);

impl Client {
    pub async fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Sends a head that asks whether to continue, so that the server is known to read the body.
    pub async fn continuing(server: SocketAddr, head: &[u8]) -> Self {
        let mut client = Self::connect(server).await;
        client.write(head).await;
        let interim = client.read_head().await;
        assert!(interim.starts_with("HTTP/1.1 100 "), "{interim}");
        client
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.try_write(bytes).await.unwrap();
    }

    /// Writing to a server that has closed the connection is an error.
    pub async fn try_write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    pub async fn try_write_chunk(&mut self, data: &[u8]) -> std::io::Result<()> {
        self.try_write(&chunk(data)).await
    }

    /// Sends no more, and still reads.
    pub async fn finish(&mut self) {
        self.0.shutdown().await.unwrap();
    }

    /// Sends a space again and again after a pause, until the server ends the connection.
    pub async fn trickle(&mut self, pause: Duration) -> String {
        let (mut reader, mut writer) = self.0.split();
        let mut text = Vec::new();
        let trickle = async {
            loop {
                sleep(pause).await;
                if writer.write_all(b" ").await.is_err() {
                    pending::<()>().await;
                }
            }
        };
        tokio::select! {
            _ = reader.read_to_end(&mut text) => {}
            () = trickle => {}
        }
        String::from_utf8(text).unwrap()
    }

    /// Up to the end of the first response's head, an interim one included.
    pub async fn read_head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    /// Everything up to the connection's end; a reset ends it too.
    pub async fn read_to_end(&mut self) -> String {
        let mut text = Vec::new();
        let _ = self.0.read_to_end(&mut text).await;
        String::from_utf8(text).unwrap()
    }
}

impl Client {
    /// Sends one request on a connection of its own, and reads what comes.
    pub async fn exchange(server: SocketAddr, request: &[u8]) -> String {
        let mut client = Self::connect(server).await;
        client.write(request).await;
        client.read_to_end().await
    }
}
