use std::net::TcpListener;

use serde_json::Value;

use super::support::{Listening, assert_exit, program, run, stderr, stdout};

#[test]
fn listen_prints_a_line_a_request_and_answers_so_that_a_call_goes_on() {
    let server = Listening::start(&[]);
    let call = run(&["send", &server.url("/any/path"), "--event", "voice"]);
    assert_exit(&call, 0);
    assert!(stdout(&call).contains("<Say>Your webhook works.</Say>"));
    let line = server.next_line();
    assert!(
        line.contains("Z POST /any/path verified FormParameters From=+15551234567 To=+15557654321"),
        "{line}"
    );
    let swml = run(&["send", &server.url("/swml"), "--event", "swml-call"]);
    assert!(stdout(&swml).contains("\"version\": \"1.0.0\""));
    let line = server.next_line();
    assert!(
        line.contains("verified RawBodySha256 From=+15551234567"),
        "{line}"
    );

    let other = ["send", &server.url("/any/path"), "--event", "voice"];
    let mut other = program(&other);
    let other = other.env("SIGNALWIRE_SIGNING_KEY", "PSKother-0123456789");
    assert_exit(&other.output().unwrap(), 1);
    let line = server.next_line();
    assert!(
        line.contains("POST /any/path refused SignatureMismatch From=+15551234567"),
        "{line}"
    );
    let line = server.next_line();
    assert!(line.starts_with("    NoMatch: nothing"), "{line}");
}

#[test]
fn a_port_that_is_taken_is_said_with_the_option_that_names_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = address.port().to_string();
    let inspected = address.to_string();
    for (arguments, option) in [
        (["--port", &port].as_slice(), "--port"),
        (&["--port", "0", "--inspect", &inspected], "--inspect"),
    ] {
        let output = run(&[&["listen"], arguments].concat());
        assert_exit(&output, 1);
        let error = stderr(&output);
        let hint = format!("name another port with {option}");
        assert!(
            error.contains(&inspected) && error.contains(&hint),
            "{error}"
        );
    }
}

#[test]
fn listen_explains_in_json_and_survives_what_is_too_large() {
    let server = Listening::start(&["--json", "--public-url", "https://hooks.example.com"]);
    let answer = server.exchange(
        "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2000000\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let line: Value = serde_json::from_str(&server.next_line()).unwrap();
    assert_eq!(line["reason"], "BodyTooLarge");

    assert_exit(&run(&["send", &server.url("/b"), "--event", "message"]), 1);
    let line: Value = serde_json::from_str(&server.next_line()).unwrap();
    assert_eq!(
        (&line["verified"], &line["from"]),
        (&false.into(), &"+15551234567".into())
    );
    assert_eq!(line["explanation"]["cause"], "Host");
}

#[test]
fn listen_takes_what_any_layer_takes() {
    let server = Listening::start(&[
        "--trust-header=x-forwarded-host",
        "--accept=form-parameters",
    ]);
    let call = |event| {
        let public_url = "https://hooks.example.com";
        let url = server.url("/x");
        run(&["send", &url, "--event", event, "--public-url", public_url])
    };
    assert_exit(&call("voice"), 0);
    assert!(server.next_line().contains("verified FormParameters"));
    assert_exit(&call("swml-call"), 1);
    assert!(server.next_line().contains("refused SchemeNotAccepted"));
}

#[cfg(target_os = "linux")]
mod bounds {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
        thread,
        time::Duration,
    };

    use super::{super::support::exchange, *};

    const MEBIBYTE: usize = 1024 * 1024;

    /// More at once than there are places.
    #[test]
    fn many_long_bodies_take_bounded_memory_and_each_gets_an_answer() {
        let server = Listening::start(&[]);
        let body = "a=".to_owned() + &"%2B".repeat(MEBIBYTE / 3 - 1);
        let request = format!(
            "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let address = server.address();
        thread::scope(|scope| {
            for _ in 0..100 {
                scope.spawn(|| {
                    let answer = exchange(&address, &request);
                    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
                });
            }
        });
        let most = server.most_memory();
        assert!(most < 64 * MEBIBYTE, "{} MiB", most / MEBIBYTE);
    }

    /// A body that can be written in many ways, each of which the search for an explanation might
    /// hold.
    #[test]
    fn requests_that_are_hard_to_explain_take_bounded_memory() {
        let server = Listening::start(&[]);
        let nested = "[".repeat(126) + &"1,".repeat(500_000) + "1" + &"]".repeat(126);
        let request = format!(
            "POST /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n\
             X-SignalWire-Signature: c3c08c1fefaf9ee198a100d5906765a6f394bf0f\r\nContent-Length: {}\r\n\r\n{nested}",
            nested.len()
        );
        let address = server.address();
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    let answer = exchange(&address, &request);
                    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
                });
            }
        });
        let most = server.most_memory();
        assert!(most < 64 * MEBIBYTE, "{} MiB", most / MEBIBYTE);
    }

    /// As many as there are places, of which each waits for its deadline.
    #[test]
    fn connections_that_say_nothing_do_not_keep_others_out_for_ever() {
        let server = Listening::start(&[]);
        let silent: Vec<TcpStream> = (0..128)
            .map(|number| {
                let mut stream = TcpStream::connect(server.address()).unwrap();
                // Or begin as HTTP/2 does, and say no more.
                let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
                stream.write_all(&preface[..number % 25]).unwrap();
                stream
            })
            .collect();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream
            .write_all(b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        drop(silent);
    }

    #[test]
    fn a_head_that_is_too_long_is_refused() {
        let server = Listening::start(&[]);
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let head = format!("GET /a HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(MEBIBYTE));
        let _ = stream.write_all(head.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
    }
}
