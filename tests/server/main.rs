//! The example as a user runs it: a process, its printed commands, and real curl.

mod printed_lines;

use std::{
    env,
    io::Read as _,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use printed_lines::PrintedLines;

const SERVER: &str = if cfg!(windows) {
    "server.exe"
} else {
    "server"
};

/// On a port of the system's choice, from where cargo puts the examples beside the tests.
fn server() -> Command {
    let tests = env::current_exe().unwrap();
    let example: PathBuf = tests
        .parent()
        .unwrap()
        .with_file_name("examples")
        .join(SERVER);
    assert!(
        example.exists(),
        "{} is not built: run `cargo build --example server`, as `cargo test` does by itself",
        example.display()
    );
    let mut command = Command::new(example);
    for variable in [
        "SIGNALWIRE_SIGNING_KEY",
        "SIGNALWIRE_WEBHOOK_URL",
        "SWML_PROXY_URL_BASE",
    ] {
        command.env_remove(variable);
    }
    // The usual port may be that of the server which a reader of README.md has started.
    command.env("PORT", "0");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A server under way; killed where a test ends before it.
struct Running(Child);

impl Running {
    /// Starts it and reads what it prints up to `last`.
    fn start(command: &mut Command, last: &str) -> (Self, String) {
        let mut running = Self(command.spawn().unwrap());
        let mut printed = String::new();
        let lines = PrintedLines::of(running.0.stdout.take().unwrap());
        while !printed.contains(last) {
            printed.push_str(&lines.next());
            printed.push('\n');
        }
        (running, printed)
    }

    /// How it ends, and its log.
    #[cfg(unix)]
    fn interrupt(mut self) -> (ExitStatus, String) {
        let pid = self.0.id().to_string();
        let kill = Command::new("kill").args(["-INT", &pid]).status();
        assert!(kill.unwrap().success());
        let mut log = String::new();
        let stderr = self.0.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (self.0.wait().unwrap(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn curl_is_missing() -> bool {
    let missing = Command::new("curl").arg("--version").output().is_err();
    if missing {
        println!("skipped: curl is not installed");
    }
    missing
}

/// The commands as a user would paste them, each with its continued lines.
fn commands(printed: &str) -> Vec<&str> {
    printed
        .split("\n\n")
        .filter_map(|paragraph| paragraph.find("curl ").map(|start| &paragraph[start..]))
        .collect()
}

fn paste(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn the_printed_commands_give_what_their_comments_say() {
    if curl_is_missing() {
        return;
    }
    let (server, printed) = Running::start(&mut server(), "/health\n");
    let expected = [
        (
            "/voice",
            "200 OK",
            "<Response><Say>Hello from Rust.</Say></Response>",
        ),
        (
            "/sms",
            "200 OK",
            "<Response><Message>Thank you for your message.</Message></Response>",
        ),
        (
            "/swml",
            "200 OK",
            r#"{"sections":{"main":[{"play":{"url":"say:Hello from Rust."}}]},"version":"1.0.0"}"#,
        ),
        ("/status", "200 OK", "noted"),
        (
            "/sms",
            "403 Forbidden",
            "SignalWire Request Validation Failed.",
        ),
        ("/health", "200 OK", "healthy"),
    ];
    let commands = commands(&printed);
    assert_eq!(commands.len(), expected.len(), "{printed}");
    for (command, (path, status, body)) in commands.into_iter().zip(expected) {
        assert!(command.contains(path), "{command}");
        let (head, shown) = {
            let answer = paste(command);
            let (head, shown) = answer.split_once("\r\n\r\n").unwrap();
            (head.to_owned(), shown.trim_end().to_owned())
        };
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status}")),
            "{command}: {head}"
        );
        assert_eq!(content(&shown), content(body), "{command}");
    }

    let (status, log) = server.interrupt();
    assert!(status.success(), "{status}: {log}");
    assert_eq!(log.matches("webhook verified").count(), 4, "{log}");
    assert_eq!(
        log.matches("webhook rejected reason=SignatureMismatch")
            .count(),
        1,
        "{log}"
    );
}

/// JSON whatever the order of its keys, and anything else as a string.
#[cfg(unix)]
fn content(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

#[cfg(unix)]
#[test]
fn a_command_for_a_public_url_is_signed_for_that_url() {
    if curl_is_missing() {
        return;
    }
    let mut command = server();
    command.env("SIGNALWIRE_WEBHOOK_URL", "https://hooks.example.com/");
    let (_server, printed) = Running::start(&mut command, "/health\n");
    assert!(
        paste(commands(&printed)[0]).starts_with("HTTP/1.1 200"),
        "{printed}"
    );
}

#[cfg(unix)]
#[test]
fn with_a_key_it_verifies_by_the_environment_and_prints_no_signature() {
    if curl_is_missing() {
        return;
    }
    let mut command = server();
    command
        .env(
            "SIGNALWIRE_SIGNING_KEY",
            "PSKold-0123456789,PSKtest-0123456789",
        )
        .env("SIGNALWIRE_WEBHOOK_URL", "https://hooks.example.com/hooks");
    let (server, printed) = Running::start(&mut command, "Listening on http://0.0.0.0:");
    assert_eq!(commands(&printed).len(), 0, "{printed}");
    let port = printed.trim_end().rsplit_once(':').unwrap().1;

    let signature = signalwire_webhook::SigningKey::new("PSKtest-0123456789")
        .unwrap()
        .sign_form(
            "https://hooks.example.com/hooks/sms",
            [("From", "+1"), ("To", "+2")],
        );
    let sms = |from: &str| {
        paste(&format!(
            "curl -si http://127.0.0.1:{port}/sms -H 'X-SignalWire-Signature: {signature}' \
             --data 'From={from}&To=%2B2'"
        ))
    };
    assert!(sms("%2B1").starts_with("HTTP/1.1 200"));
    assert!(sms("%2B3").starts_with("HTTP/1.1 403"));
    let (_, log) = server.interrupt();
    assert!(!log.contains("PSK") && !log.contains(&signature), "{log}");
}

fn error_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let by_option = error_of(server().args(["--port", &port]));
    let by_variable = error_of(server().env("PORT", &port));
    let expected = format!(
        "error: port {port} is in use: stop the program that has it, or choose another with --port\n"
    );
    assert_eq!(by_option, expected);
    assert_eq!(by_variable, expected);
}

#[test]
fn bad_options_and_variables_are_clear_errors() {
    let url_without_scheme = "hooks.example.com";
    for (error, sentence) in [
        (
            error_of(server().arg("--prot=1")),
            r#""--prot" is not an option"#,
        ),
        (error_of(server().arg("--port")), "--port needs a number"),
        (
            error_of(server().arg("--port=70000")),
            r#"the port "70000" is not a number"#,
        ),
        (
            error_of(server().env("SIGNALWIRE_WEBHOOK_URL", url_without_scheme)),
            r#"the url "hooks.example.com" is not absolute"#,
        ),
        (
            error_of(
                server()
                    .env("SIGNALWIRE_SIGNING_KEY", "PSKtest-0123456789")
                    .env("SIGNALWIRE_WEBHOOK_URL", url_without_scheme),
            ),
            "the environment variable SIGNALWIRE_WEBHOOK_URL cannot be used",
        ),
        (
            error_of(server().env("SIGNALWIRE_SIGNING_KEY", "PSKtest-0123456789, # production")),
            "signing key number 2 has white space",
        ),
        (
            error_of(server().env(
                "SIGNALWIRE_SIGNING_KEY",
                "PSKtest-0123456789,PSKtest-0123456789",
            )),
            "the environment variable SIGNALWIRE_SIGNING_KEY cannot be used",
        ),
    ] {
        assert!(error.contains(sentence), "{error}");
        assert!(!error.contains("PSKtest"), "{error}");
        assert!(!error.contains("production"), "{error}");
    }
}

#[cfg(all(unix, feature = "metrics"))]
#[test]
fn with_the_feature_it_serves_metrics() {
    if curl_is_missing() {
        return;
    }
    let (_server, printed) = Running::start(&mut server(), "/health\n");
    for command in commands(&printed) {
        paste(command);
    }
    let health = commands(&printed)[5];
    let metrics = paste(&health.replace("/health", "/metrics"));
    for line in [
        r#"signalwire_webhook_requests_total{outcome="verified",reason="none",scheme="RawBodySha256"} 1"#,
        r#"signalwire_webhook_requests_total{outcome="rejected",reason="SignatureMismatch",scheme="none"} 1"#,
        "signalwire_webhook_verification_seconds_count 5",
        "# HELP signalwire_webhook_requests_total ",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
}
