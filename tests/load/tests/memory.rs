//! What a server keeps of bodies that are too long, measured in a process of its own.
#![cfg(target_os = "linux")]

use std::{
    future::poll_fn,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use axum::http::{Request, header::HOST};
use futures_util::{StreamExt as _, future::join_all, stream};
use signalwire_webhook::testing::WebhookRequest;
use signalwire_webhook_load::{Client, RawRequest, URL, allow_open_files, in_time, key};
use tokio::net::TcpStream;

const CLIENTS: usize = 1_000;
/// Fewer than a listener's queue holds.
const AT_ONCE: usize = 50;
const LIMIT: usize = 64 * 1024;
const CHUNKS: usize = 8;
/// What a connection costs apart from its body: its task, and hyper's buffers of one unread.
const OVERHEAD: usize = 32 * 1024;
/// A body's buffer doubles as it grows, and hyper's own grows with what comes at once.
const BOUND_READ: usize = CLIENTS * (3 * LIMIT + OVERHEAD);
const BOUND_UNREAD: usize = CLIENTS * OVERHEAD;
/// Of one connection: what hyper lets a client have unless the server says otherwise.
const STREAMS: usize = 200;
const BOUND_STREAMS: usize = STREAMS * (3 * LIMIT + OVERHEAD);

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn start() -> (Self, SocketAddr) {
        let child = Command::new(env!("CARGO_BIN_EXE_signalwire-webhook-load"))
            .arg(LIMIT.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut process = Self(child);
        let mut port = String::new();
        BufReader::new(process.0.stdout.as_mut().unwrap())
            .read_line(&mut port)
            .unwrap();
        let port = port.trim().parse().unwrap();
        (process, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// Ends it, and reads how many requests it refused as too large and as unsigned.
    fn refused(mut self) -> String {
        drop(self.0.stdin.take());
        let mut counts = String::new();
        let output = self.0.stdout.as_mut().unwrap();
        output.read_to_string(&mut counts).unwrap();
        counts.trim().to_owned()
    }

    /// The most that was ever resident, in bytes.
    fn peak(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
        1024 * kibibytes.parse::<usize>().unwrap()
    }
}

/// Every connection sends the whole limit and waits for the others, so that all are held at once;
/// then each sends one byte more. Returns the answers.
async fn one_byte_too_many(address: SocketAddr) -> Vec<String> {
    let request = RawRequest::signed(WebhookRequest::json(URL, &["long"]), &key());
    let head = request.header("expect: 100-continue").chunked_head();
    let mut clients: Vec<Client> = stream::iter(0..CLIENTS)
        .map(|_| Client::continuing(address, &head))
        .buffered(AT_ONCE)
        .collect()
        .await;
    for _ in 0..CHUNKS {
        for client in &mut clients {
            client
                .try_write_chunk(&[b' '; LIMIT / CHUNKS])
                .await
                .unwrap();
        }
    }
    join_all(clients.iter_mut().map(async |client| {
        client.try_write_chunk(b" ").await.unwrap();
        client.read_to_end().await
    }))
    .await
}

/// As many streams of one connection as may be open send the whole limit, so that all are held at once;
/// then each sends one byte more. Returns the answers' statuses.
async fn one_byte_too_many_of_each_stream(address: SocketAddr) -> Vec<u16> {
    let connection = TcpStream::connect(address).await.unwrap();
    let (client, driver) = h2::client::handshake(connection).await.unwrap();
    tokio::spawn(driver);
    let mut client = client.ready().await.unwrap();
    let (mut head, _) = WebhookRequest::json(URL, &["long"])
        .signed_by(&key())
        .into_parts();
    head.uri = URL.parse().unwrap();
    head.headers.remove(HOST);
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        client = client.ready().await.unwrap();
        let request = Request::from_parts(head.clone(), ());
        let (response, mut body) = client.send_request(request, false).unwrap();
        body.send_data(vec![b' '; LIMIT].into(), false).unwrap();
        streams.push((response, body));
    }
    // What was sent has left the client.
    for (_, body) in &mut streams {
        body.reserve_capacity(1);
        while body.capacity() == 0 {
            poll_fn(|context| body.poll_capacity(context))
                .await
                .unwrap()
                .unwrap();
        }
    }
    assert_eq!(client.current_max_send_streams(), STREAMS);
    join_all(streams.into_iter().map(async |(response, mut body)| {
        body.send_data(b" "[..].into(), false).unwrap();
        response.await.unwrap().status().as_u16()
    }))
    .await
}

/// Clients that send the whole limit whatever they are answered.
async fn unsigned(address: SocketAddr) -> Vec<String> {
    let head = RawRequest::unsigned(WebhookRequest::json(URL, &["long"])).chunked_head();
    stream::iter(0..CLIENTS)
        .map(async |_| {
            let mut client = Client::connect(address).await;
            client.write(&head).await;
            for _ in 0..CHUNKS {
                let _ = client.try_write_chunk(&[b' '; LIMIT / CHUNKS]).await;
            }
            client.read_to_end().await
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// An answer is lost where what the client still sends crosses it: the server then resets the
/// connection. So the server is asked how many it refused.
fn only_status(status: &str, answers: &[String]) {
    let line = format!("HTTP/1.1 {status} ");
    let answered = answers.iter().filter(|answer| !answer.is_empty());
    for answer in answered {
        assert!(answer.starts_with(&line), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_bodies_of_one_byte_over_the_limit_are_refused_within_a_bound_of_memory() {
    allow_open_files(4_000);
    let (process, address) = Process::start();
    let idle = process.peak();
    let answers = in_time(one_byte_too_many(address)).await;
    only_status("413", &answers);
    let grown = process.peak() - idle;
    println!(
        "grown by {} KiB, bound {} KiB",
        grown / 1024,
        BOUND_READ / 1024
    );
    assert!(grown < BOUND_READ, "{grown}");
    assert!(
        grown > CLIENTS * LIMIT / 2,
        "the bodies were never held at once: {grown}"
    );
    assert_eq!(process.refused(), format!("{CLIENTS} 0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_two_hundred_streams_of_one_connection_hold_a_body_each_and_no_more() {
    let (process, address) = Process::start();
    let idle = process.peak();
    let answers = in_time(one_byte_too_many_of_each_stream(address)).await;
    assert_eq!(answers, [413; STREAMS]);
    let grown = process.peak() - idle;
    println!(
        "grown by {} KiB, bound {} KiB",
        grown / 1024,
        BOUND_STREAMS / 1024
    );
    assert!(grown < BOUND_STREAMS, "{grown}");
    assert!(
        grown > STREAMS * LIMIT / 2,
        "the bodies were never held at once: {grown}"
    );
    assert_eq!(process.refused(), format!("{STREAMS} 0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_unsigned_bodies_nothing_is_kept() {
    allow_open_files(4_000);
    let (process, address) = Process::start();
    let idle = process.peak();
    let answers = in_time(unsigned(address)).await;
    only_status("403", &answers);
    let grown = process.peak() - idle;
    println!(
        "grown by {} KiB, bound {} KiB",
        grown / 1024,
        BOUND_UNREAD / 1024
    );
    assert!(grown < BOUND_UNREAD, "{grown}");
    assert_eq!(process.refused(), format!("0 {CLIENTS}"));
}
