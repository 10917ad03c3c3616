//! The program itself: SIGHUP, and what is wrong at its start.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use http_body_util::BodyExt as _;
use signalwire_webhook::{SigningKey, testing::WebhookRequest};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStdout, Command},
};

struct Program {
    process: Child,
    log: Lines<BufReader<ChildStdout>>,
    address: String,
}

fn command(key_file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rotating-keys-example"));
    command
        .env("SIGNALWIRE_SIGNING_KEY_FILE", key_file)
        .env("PORT", "0")
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Program {
    async fn start(key_file: &Path) -> Self {
        let mut process = command(key_file).spawn().unwrap();
        let log = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut program = Self {
            process,
            log,
            address: String::new(),
        };
        let line = program.wait_for("listening").await;
        line.rsplit_once("address=")
            .unwrap()
            .1
            .clone_into(&mut program.address);
        program
    }

    /// The first line from here on with this text.
    async fn wait_for(&mut self, text: &str) -> String {
        let find = async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                if line.contains(text) {
                    return line;
                }
            }
            panic!("the program ended and never logged {text:?}");
        };
        let found = tokio::time::timeout(Duration::from_secs(20), find).await;
        found.unwrap_or_else(|_| panic!("the program should log {text:?}"))
    }

    async fn hang_up(&self) {
        let id = self.process.id().unwrap().to_string();
        let kill = Command::new("kill").args(["-HUP", &id]).status().await;
        assert!(kill.unwrap().success());
    }

    /// The status line of the response to a genuine message.
    async fn send_sms_signed_by(&self, key: &str) -> String {
        let key = SigningKey::new(key).unwrap();
        let url = format!("https://{}/sms", self.address);
        let request = WebhookRequest::form(url, [("From", "+15551234567")]).signed_by(&key);
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut head = vec![format!("POST {} HTTP/1.1", parts.uri)];
        for (name, value) in &parts.headers {
            head.push(format!("{name}: {}", value.to_str().unwrap()));
        }
        head.push(format!("content-length: {}", body.len()));
        head.push("connection: close\r\n\r\n".to_owned());

        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream
            .write_all(head.join("\r\n").as_bytes())
            .await
            .unwrap();
        stream.write_all(&body).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response.lines().next().unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn sighup_reloads_what_is_changed_out_of_sight() {
    let [seen, unseen] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let target = unseen.path().join("keys");
    fs::write(&target, "PSKold-0123456789").unwrap();
    let key_file = seen.path().join("keys");
    symlink(&target, &key_file).unwrap();
    let mut program = Program::start(&key_file).await;
    assert_eq!(
        program.send_sms_signed_by("PSKold-0123456789").await,
        "HTTP/1.1 200 OK"
    );

    fs::write(&target, "PSKnew-0123456789").unwrap();
    assert_eq!(
        program.send_sms_signed_by("PSKold-0123456789").await,
        "HTTP/1.1 200 OK"
    );
    program.hang_up().await;
    program.wait_for("signing keys reloaded").await;
    assert_eq!(
        program.send_sms_signed_by("PSKnew-0123456789").await,
        "HTTP/1.1 200 OK"
    );
    assert_eq!(
        program.send_sms_signed_by("PSKold-0123456789").await,
        "HTTP/1.1 403 Forbidden"
    );

    fs::write(&target, "PSKnew-0123456789\nPSKnew-0123456789").unwrap();
    program.hang_up().await;
    let line = program.wait_for("signing keys kept as they were").await;
    assert!(
        line.contains("equals one before it: give each key once"),
        "{line}"
    );
    assert_eq!(
        program.send_sms_signed_by("PSKnew-0123456789").await,
        "HTTP/1.1 200 OK"
    );
}

#[tokio::test]
async fn a_program_that_cannot_verify_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let [absent, empty, good] = ["absent", "empty", "good"].map(|name| folder.path().join(name));
    fs::write(&empty, "\n").unwrap();
    fs::write(&good, "PSKtest-0123456789").unwrap();
    for (command, sentence) in [
        (
            command(&absent).env_remove("SIGNALWIRE_SIGNING_KEY_FILE"),
            "SIGNALWIRE_SIGNING_KEY_FILE is not set: name a file with a signing key a line",
        ),
        (&mut command(&absent), "absent cannot be read: No such file"),
        (
            &mut command(&empty),
            "empty cannot be used: no signing key was given: give at least one",
        ),
        (
            command(&good).env("PORT", "http"),
            "PORT is \"http\": set it to a number below 65536",
        ),
    ] {
        let output = tokio::time::timeout(Duration::from_secs(20), command.output()).await;
        let Output { status, stdout, .. } = output.unwrap().unwrap();
        let log = String::from_utf8_lossy(&stdout);
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(log.contains(sentence), "{log}");
    }
}
