//! The program itself.

use std::{
    env,
    net::TcpListener,
    process::{Command, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command as AsyncCommand},
    time::timeout,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_deliver-once-example");

#[test]
fn without_redis_it_says_what_to_install() {
    let output = Command::new(PROGRAM)
        .env_remove("REDIS_URL")
        .env("PATH", "")
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    for expected in [
        "redis-server is not installed",
        "apt-get install redis-server",
        "REDIS_URL",
    ] {
        assert!(log.contains(expected), "{log}");
    }
}

#[test]
fn a_redis_that_is_not_there_is_named() {
    let output = Command::new(PROGRAM)
        .env("REDIS_URL", "redis://127.0.0.1:1")
        .env("PORT", free_ports(10_000).to_string())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(
        log.contains("no connection to Redis at 127.0.0.1:1"),
        "{log}"
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (port, expected) in [(&*port, &*format!("port {port} ")), ("0", "1 to 65534")] {
        let output = Command::new(PROGRAM)
            .env("REDIS_URL", "redis://127.0.0.1:1")
            .env("PORT", port)
            .output()
            .unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(expected), "{log}");
    }
}

/// The requests are those that it prints.
#[tokio::test]
async fn a_copy_at_the_second_server_gets_the_answer_of_the_first() {
    let is_installed = Command::new("redis-server")
        .arg("-v")
        .stdout(Stdio::null())
        .status();
    if is_installed.is_err() {
        eprintln!("skipped: redis-server is not installed");
        return;
    }
    let program = AsyncCommand::new(PROGRAM)
        .env_remove("REDIS_URL")
        .env("PORT", free_ports(11_000).to_string())
        .stdout(Stdio::piped())
        .spawn();
    let mut program = Interrupted(program.unwrap());
    let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
    let mut printed = async || {
        let line = timeout(Duration::from_secs(60), lines.next_line()).await;
        line.expect("it prints a line").unwrap().unwrap()
    };
    assert!(printed().await.starts_with("Two servers share one Redis"));
    let [first, second] = [printed().await, printed().await];
    assert_ne!(first, second);
    let answer = send(&first).await;
    assert!(
        answer.starts_with("SM1 is delivered, says the server on port "),
        "{answer}"
    );
    assert_eq!(send(&second).await, answer);
    assert_eq!(send(&first).await, answer);
    assert_eq!(printed().await, format!("handled: {}", answer.trim_end()));
    program.interrupt();
    let ended = timeout(Duration::from_secs(60), program.0.wait()).await;
    assert!(ended.expect("it ends").unwrap().success());
}

/// As by Ctrl-C, however the test ends: killed, it could not stop its Redis.
struct Interrupted(Child);

impl Interrupted {
    fn interrupt(&self) {
        if let Some(process) = self.0.id() {
            // It may have ended by itself.
            let _ = Command::new("kill")
                .args(["-INT", &process.to_string()])
                .status();
        }
    }
}

impl Drop for Interrupted {
    fn drop(&mut self) {
        self.interrupt();
    }
}

/// Two in a row, below the ports that the system gives to other tests' servers.
fn free_ports(from: u16) -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    (from..from + 1_000)
        .step_by(2)
        .find(|port| is_free(*port) && is_free(port + 1))
        .unwrap()
}

/// What the printed command of curl would.
async fn send(curl: &str) -> String {
    let quoted: Vec<_> = curl.split('\'').collect();
    let [_, header, _, body, url] = quoted[..] else {
        panic!("{curl}");
    };
    let address = url
        .trim()
        .strip_prefix("http://")
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let request = format!(
        "POST /status HTTP/1.1\r\nhost: {address}\r\n{header}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
