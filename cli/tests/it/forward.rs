//! `listen --forward-to`, with targets that answer, are slow, refuse and break off.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::support::{
    Listening, Server, answer_with, assert_exit, key, run, signature, stderr, stdout,
};

const PUBLIC: &str = "https://hooks.example.com";

fn send(server: &Listening, path: &str, event: &str) -> std::process::Output {
    run(&[
        "send",
        &server.url(path),
        "--event",
        event,
        "--public-url",
        PUBLIC,
    ])
}

/// A raw form that is genuine at `https://h/a`.
fn signed(header: &str) -> String {
    let signature = signature("https://h/a", "a", "b");
    format!(
        "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{header}X-SignalWire-Signature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b"
    )
}

fn json_line(server: &Listening) -> Value {
    serde_json::from_str(&server.next_line()).unwrap()
}

#[test]
fn a_verified_request_reaches_the_target_as_it_came_and_its_answer_goes_back() {
    let target = Server::start(None);
    let server = Listening::start(&["--json", "--forward-to", &target.url("")]);
    let answer = send(&server, "/sms?tenant=7", "message");
    assert_exit(&answer, 0);
    // The target has the layer too, and says by which scheme it was verified.
    assert!(
        stdout(&answer).contains("<Say>FormParameters</Say>"),
        "{}",
        stdout(&answer)
    );
    let received = target.last();
    assert_eq!(received.parts.uri, "/sms?tenant=7");
    assert_eq!(received.header("host"), "hooks.example.com");
    assert_eq!(received.header("user-agent"), "SignalwireCallback/1.0");
    let line = json_line(&server);
    assert_eq!(
        (&line["verified"], &line["target"]["status"]),
        (&true.into(), &200.into())
    );
    assert!(line["target"]["milliseconds"].as_f64().unwrap() > 0.0);
}

#[test]
fn the_line_has_the_target_s_status_and_time() {
    let target = Server::start(None);
    let server = Listening::start(&["--forward-to", &target.url("")]);
    assert_eq!(
        server.next_line(),
        format!("Forwarding to {}", target.url(""))
    );
    assert_exit(&send(&server, "/sms", "message"), 0);
    let line = server.next_line();
    assert!(
        line.contains("verified FormParameters") && line.contains(" -> 200 in "),
        "{line}"
    );
}

#[test]
fn a_body_up_to_the_limit_reaches_the_target_whole() {
    let body = "x".repeat(1024 * 1024);
    let signature = key().sign_body_sha1("https://h/a", body.as_bytes());
    let target = Server::start(None);
    let server = Listening::start(&["--forward-to", &target.url("")]);
    let answer = server.exchange(format!(
        "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-SignalWire-Signature: {signature}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert!(answer.contains("<Say>RawBodySha1</Say>"), "{answer}");
    assert_eq!(target.last().body, body);
}

#[test]
fn a_refused_request_is_forwarded_where_that_is_asked_for_alone() {
    let target = Server::start(None);
    let unsigned = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let server = Listening::start(&["--json", "--forward-to", &target.url("")]);
    assert!(
        server
            .exchange(unsigned)
            .contains("SignalWire Request Validation Failed.")
    );
    let line = json_line(&server);
    assert_eq!(
        (&line["target"], &line["status"]),
        (&Value::Null, &403.into())
    );

    let server = Listening::start(&[
        "--json",
        "--forward-refused",
        "--forward-to",
        &target.url(""),
    ]);
    server.exchange(unsigned);
    let line = json_line(&server);
    assert_eq!(
        (&line["verified"], &line["target"]["status"]),
        (&false.into(), &403.into())
    );
    assert_eq!(target.last().parts.uri, "/a");
}

#[test]
fn a_target_that_fails_is_502_and_one_line() {
    let broken = answer_with(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec());
    let strange = answer_with(b"hello\r\n\r\n".to_vec());
    let long = answer_with(
        [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"[..],
            &vec![b'x'; 5_000_000],
        ]
        .concat(),
    );
    let switching = answer_with(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n".to_vec(),
    );
    for (url, expected) in [
        (
            "http://127.0.0.1:1".to_owned(),
            "cannot connect to http://127.0.0.1:",
        ),
        (broken, "broke off its answer: "),
        (switching, "answers with another protocol"),
        (strange, "gave an answer that is not HTTP: "),
        (long, "answers more than 4 MiB, and SignalWire reads 64 KB"),
    ] {
        let server = Listening::start(&["--json", "--forward-to", url.trim_end_matches('/')]);
        let answer = server.exchange(signed(""));
        assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
        let line = json_line(&server);
        let error = line["target"]["error"].as_str().unwrap();
        assert!(error.contains(expected) && !error.contains('\n'), "{error}");
        assert!(line["target"]["status"].is_null());
    }
}

#[test]
fn the_length_of_an_answer_is_that_of_its_body() {
    for (head, body, sent) in [
        (
            "200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked",
            "2\r\nhi\r\n0\r\n\r\n",
            "hi",
        ),
        ("200 OK\r\nContent-Length: 2", "hi", "hi"),
        ("204 No Content", "", ""),
        ("304 Not Modified\r\nContent-Length: 2", "", ""),
    ] {
        let target = answer_with(format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes());
        let server = Listening::start(&["--forward-to", &target]);
        let response = server.exchange(signed(""));
        let status = head.lines().next().unwrap_or_default();
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status}")),
            "{response}"
        );
        assert!(response.ends_with(&format!("\r\n\r\n{sent}")), "{response}");
        assert!(!response.contains(": 50"), "{response}");
    }
}

#[test]
fn a_target_that_is_too_slow_is_not_waited_for_longer_than_signalwire_does() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let server = Listening::start(&["--json", "--forward-to", &url]);
    let start = Instant::now();
    assert!(server.exchange(signed("")).starts_with("HTTP/1.1 502"));
    assert!(start.elapsed() >= Duration::from_secs(15));
    let line = json_line(&server);
    let error = line["target"]["error"].as_str().unwrap();
    assert!(error.contains("has not answered within 15 s"), "{error}");
}

#[test]
fn headers_of_one_connection_stay_there() {
    let target = Server::start(None);
    let server = Listening::start(&["--forward-to", &target.url("")]);
    server.exchange(signed(
        "TE: trailers\r\nX-Kept: 1\r\nProxy-Authorization: x\r\n",
    ));
    let received = target.last();
    assert_eq!(received.header("x-kept"), "1");
    assert_eq!(
        (
            received.header("te"),
            received.header("proxy-authorization")
        ),
        ("", "")
    );
}

#[test]
fn the_names_of_headers_keep_their_case() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let target = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        let length = stream.read(&mut head).unwrap();
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\nX-Own-Name: 1\r\n\r\n")
            .unwrap();
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    let server = Listening::start(&["--forward-to", &url]);
    let answer = server.exchange(signed(""));
    let head = target.join().unwrap();
    assert!(head.contains("\r\nX-SignalWire-Signature: "), "{head}");
    assert!(
        answer.starts_with("HTTP/1.1 204") && answer.contains("X-Own-Name: 1"),
        "{answer}"
    );
}

#[test]
fn one_connection_carries_several_requests() {
    let target = Server::start(None);
    let server = Listening::start(&["--json", "--forward-to", &target.url("")]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let request = signed("").replace("Connection: close\r\n", "");
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = BufReader::new(&stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        assert_eq!(body, b"<Response><Say>FormParameters</Say></Response>");
    }
    let duplicates: Vec<Value> = (0..3)
        .map(|_| json_line(&server)["duplicate_of"].clone())
        .collect();
    assert_eq!(duplicates, [Value::Null, 1.into(), 1.into()]);
}

/// A server closes an idle connection when it likes, and a request that is under way is lost.
#[test]
fn a_connection_to_the_target_that_was_idle_is_not_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                // Of the next request it reads nothing.
                let _ = stream.read(&mut [0; 1]);
            });
        }
    });
    let server = Listening::start(&["--forward-to", &url]);
    assert!(server.exchange(signed("")).starts_with("HTTP/1.1 200"));
    thread::sleep(Duration::from_millis(500));
    assert!(server.exchange(signed("")).starts_with("HTTP/1.1 200"));
}

#[test]
fn http_2_is_spoken_in_front() {
    let target = Server::start(None);
    let server = Listening::start(&["--json", "--forward-to", &target.url("")]);
    let url = server.url("/a");
    let public = format!("http://{}/a", server.address());
    let header = format!("X-SignalWire-Signature: {}", signature(&public, "a", "b"));
    let Ok(output) = Command::new("curl")
        .args([
            "-s",
            "--http2-prior-knowledge",
            "-d",
            "a=b",
            "-H",
            &header,
            &url,
        ])
        .output()
    else {
        eprintln!("skipped: there is no `curl` here");
        return;
    };
    assert_eq!(
        stdout(&output),
        "<Response><Say>FormParameters</Say></Response>"
    );
    assert_eq!(target.last().header("host"), server.address());
}

#[test]
fn a_target_that_is_none_is_wrong_usage() {
    for url in ["127.0.0.1:8080", "https://127.0.0.1:8080", "http://h/?a=b"] {
        let output = run(&["listen", "--port", "0", "--forward-to", url]);
        assert_exit(&output, 2);
    }
    assert_exit(&run(&["listen", "--port", "0", "--forward-refused"]), 2);
    assert_exit(
        &run(&["listen", "--port", "0", "--inspect", "0.0.0.0:0"]),
        2,
    );
}

#[test]
fn a_target_that_is_listen_itself_is_wrong_usage() {
    // Below the ports that the system gives to other tests' servers.
    let port = (20_000..30_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let port = port.unwrap().to_string();
    let url = format!("http://localhost:{port}");
    let output = run(&["listen", "--port", &port, "--forward-to", &url]);
    assert_exit(&output, 2);
    let error = stderr(&output);
    assert!(
        error.contains("is where `listen` itself listens"),
        "{error}"
    );
}
