//! `listen --forward-streams`: connections that go on as web sockets.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::support::{Listening, Server};

const HANDSHAKE: &str = "GET /stream HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A target that agrees to a handshake, and then does this.
fn target(serve: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let head = read_head(&stream).to_lowercase();
        assert!(head.contains("\r\nupgrade: websocket\r\n"), "{head}");
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
        serve(stream);
    });
    url
}

/// The caller's end of a connection that goes on as a web socket.
fn open(server: &Listening) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(HANDSHAKE.as_bytes()).unwrap();
    let head = read_head(&stream);
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream
}

/// Neither side says more before the other has read it, so the buffer takes nothing else.
fn read_head(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    head
}

fn listening(target: &str) -> Listening {
    Listening::start(&["--json", "--forward-streams", "--forward-to", target])
}

#[test]
fn a_websocket_is_passed_through() {
    let target = target(|mut stream| {
        let mut word = [0; 5];
        stream.read_exact(&mut word).unwrap();
        word.reverse();
        stream.write_all(&word).unwrap();
    });
    let server = listening(&target);
    let mut stream = open(&server);
    stream.write_all(b"hello").unwrap();
    let mut word = [0; 5];
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"olleh");
    let line: Value = serde_json::from_str(&server.next_line()).unwrap();
    assert_eq!(line["target"]["status"], 101);
}

/// Audio is many small frames. Where each waits until the one before it is acknowledged, a receiver
/// that acknowledges late holds them up by far more than they are apart.
#[test]
fn small_frames_do_not_wait_for_each_other() {
    const ROUNDS: usize = 50;
    let (sender, apart_when_sent) = channel();
    let target = target(move |mut stream| {
        stream.set_nodelay(true).unwrap();
        while stream.read_exact(&mut [0]).is_ok() {
            stream.write_all(b"a").unwrap();
            let start = Instant::now();
            thread::sleep(Duration::from_millis(2));
            stream.write_all(b"b").unwrap();
            sender.send(start.elapsed()).unwrap();
        }
    });
    let server = listening(&target);
    let mut stream = open(&server);
    stream.set_nodelay(true).unwrap();
    let apart_when_received = (0..ROUNDS).map(|_| {
        stream.write_all(b"?").unwrap();
        stream.read_exact(&mut [0]).unwrap();
        let start = Instant::now();
        stream.read_exact(&mut [0]).unwrap();
        start.elapsed()
    });
    let received = median(apart_when_received.collect());
    let sent = median(apart_when_sent.iter().take(ROUNDS).collect());
    assert!(received < 5 * sent, "{sent:?} apart, then {received:?}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Nobody has signed it.
#[test]
fn a_websocket_is_refused_unless_it_is_asked_for() {
    let target = Server::start(None);
    let server = Listening::start(&["--json", "--forward-to", &target.url("")]);
    let handshake = HANDSHAKE.replace("Connection: Upgrade", "Connection: Upgrade, close");
    assert!(server.exchange(handshake).starts_with("HTTP/1.1 403"));
}
