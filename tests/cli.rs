//! The program as a user runs it: a process for every command, against the example server.

mod support;

use std::{
    env,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use signalwire_webhook::SigningKey;

use support::PrintedLines;

const KEY: &str = "PSKtest1234567890abcdef";
const FORM: &str = "From=%2B15551234567&To=%2B15557654321";

const VARIABLES: [&str; 4] = [
    "SIGNALWIRE_SIGNING_KEY",
    "SIGNALWIRE_WEBHOOK_URL",
    "SWML_PROXY_URL_BASE",
    "PORT",
];

fn without_environment(mut command: Command) -> Command {
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn program(arguments: &[&str]) -> Command {
    let mut command = without_environment(Command::new(env!("CARGO_BIN_EXE_signalwire-webhook")));
    command
        .args(arguments)
        .env("SIGNALWIRE_SIGNING_KEY", KEY)
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

fn run_with_input(arguments: &[&str], input: &str) -> Output {
    give(&mut program(arguments), input)
}

fn give(program: &mut Command, input: &str) -> Output {
    let mut child = program.stdin(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Whatever it prints has neither the key nor a colour.
#[track_caller]
fn assert_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains(KEY) && !text.contains('\u{1b}'), "{text}");
    }
}

/// A process that says where it listens; killed at the end of the test.
struct Listening {
    child: Child,
    lines: PrintedLines,
    port: String,
}

impl Listening {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut listening = Self {
            lines: PrintedLines::of(child.stdout.take().unwrap()),
            child,
            port: String::new(),
        };
        let first = listening.next_line();
        let digits = first.rsplit(':').next().unwrap();
        listening.port = digits.chars().take_while(char::is_ascii_digit).collect();
        listening
    }

    fn server(url: Option<&str>) -> Self {
        let tests = env::current_exe().unwrap();
        let examples = env::var_os("SIGNALWIRE_WEBHOOK_EXAMPLES").map_or_else(
            || tests.parent().unwrap().with_file_name("examples"),
            PathBuf::from,
        );
        let example: PathBuf = examples
            .join("server")
            .with_extension(env::consts::EXE_EXTENSION);
        assert!(
            example.exists(),
            "{} is not built: run `cargo build --example server`",
            example.display()
        );
        let mut command = without_environment(Command::new(example));
        command
            .args(["--port", "0"])
            .env("SIGNALWIRE_SIGNING_KEY", KEY)
            .stderr(Stdio::null());
        if let Some(url) = url {
            command.env("SIGNALWIRE_WEBHOOK_URL", url);
        }
        Self::start(command)
    }

    fn listen(arguments: &[&str]) -> Self {
        let mut command = program(&["listen", "--port", "0"]);
        command.args(arguments).stderr(Stdio::null());
        Self::start(command)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    #[track_caller]
    fn next_line(&self) -> String {
        self.lines.next()
    }

    fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{}", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn send_passes_with_every_event_and_prints_the_answer() {
    let server = Listening::server(None);
    for (event, path, answer) in [
        (
            "voice",
            "/voice",
            "<Response>\n  <Say>Hello from Rust.</Say>\n</Response>",
        ),
        (
            "message",
            "/sms",
            "<Message>Thank you for your message.</Message>",
        ),
        ("message-status", "/sms", "<Response>"),
        ("call-status", "/status", "noted"),
        ("recording", "/voice", "<Response>"),
        ("swml-call", "/swml", "\"version\": \"1.0.0\""),
        ("swml-message", "/swml", "\"version\": \"1.0.0\""),
    ] {
        let output = run(&["send", &server.url(path), "--event", event]);
        assert_exit(&output, 0);
        let text = stdout(&output);
        assert!(
            text.starts_with("200 OK in ") && text.contains(answer),
            "{event}: {text}"
        );
    }
}

#[test]
fn send_is_refused_forged_and_unsigned() {
    let server = Listening::server(None);
    for (event, path) in [("voice", "/voice"), ("swml-call", "/swml")] {
        for option in ["--forge", "--unsigned"] {
            let output = run(&["send", &server.url(path), "--event", event, option]);
            assert_exit(&output, 1);
            assert!(stdout(&output).starts_with("403 Forbidden"), "{output:?}");
        }
    }
}

#[test]
fn send_takes_fields_forms_and_files() {
    let server = Listening::server(None);
    let file = env::temp_dir().join(format!("signalwire-webhook-body-{}", std::process::id()));
    std::fs::write(&file, "{ \"call\": {\"from\": \"+1\"} }\n").unwrap();
    let data = format!("@{}", file.display());
    for arguments in [
        &[
            "/sms",
            "--event",
            "message",
            "--set",
            "From=+15550001111",
            "--set",
            "Body=a b&c=é",
        ][..],
        &[
            "/swml",
            "--event",
            "swml-call",
            "--set",
            "From=+1",
            "--set",
            "vars.a.b=true",
        ],
        &["/voice", "--form", "From=+1", "--form", "To=+2"],
        &["/swml", "--data", &data],
        &["/swml", "--data", "{}"],
    ] {
        let url = server.url(arguments[0]);
        let output = run(&[&["send", &url][..], &arguments[1..]].concat());
        assert_exit(&output, 0);
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn send_signs_for_the_public_url_and_arrives_as_from_a_tunnel() {
    let configured = Listening::server(Some("https://hooks.example.com"));
    let by_host = Listening::server(None);
    for server in [&configured, &by_host] {
        for public_url in [
            "https://hooks.example.com",
            "https://hooks.example.com/voice",
        ] {
            let url = server.url("/voice");
            assert_exit(
                &run(&["send", &url, "--event", "voice", "--public-url", public_url]),
                0,
            );
        }
    }
    let url = configured.url("/voice");
    assert_exit(&run(&["send", &url, "--event", "voice"]), 1);
}

#[test]
fn send_prints_json_for_machines() {
    let server = Listening::server(None);
    let output = run(&[
        "send",
        &server.url("/status"),
        "--event",
        "call-status",
        "--json",
    ]);
    assert_exit(&output, 0);
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        (&answer["status"], &answer["body"]),
        (&Value::from(200), &Value::from("noted"))
    );
}

#[test]
fn an_unreachable_server_is_a_failure_and_wrong_usage_another() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{free}/voice");
    let output = run(&["send", &url, "--event", "voice"]);
    assert_exit(&output, 1);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("is the server running there?"), "{error}");
    for wrong in [
        &["send"][..],
        &["send", &url],
        &["send", "127.0.0.1/voice", "--event", "voice"],
        &["send", &url, "--event", "dance"],
        &["send", &url, "--event", "voice", "--set", "From"],
        &["send", &url, "--event", "voice", "--forge", "--unsigned"],
        &["send", &url, "--event", "voice", "--key", KEY],
        &["send", &url, "--form", "=+1"],
        &["send", &url, "--data", "@/nonexistent/file"],
        &[
            "send",
            &url,
            "--event",
            "swml-call",
            "--set",
            "call.from.x=1",
        ],
        &["explain", "/nonexistent/file"],
        &["listen", "--public-url", "nonsense"],
        &["man", "nonsense"],
        &["nonsense"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn the_key_comes_from_a_file_or_is_asked_for_in_a_sentence() {
    let file = env::temp_dir().join(format!("signalwire-webhook-key-{}", std::process::id()));
    std::fs::write(&file, format!("{KEY}\n")).unwrap();
    let path = file.display().to_string();
    let output = program(&signing_with(&path))
        .env_remove("SIGNALWIRE_SIGNING_KEY")
        .output()
        .unwrap();
    assert_exit(&output, 0);
    assert!(stdout(&output).contains(&signature("https://h.example/a", "a", "b")));
    std::fs::remove_file(file).unwrap();

    let mut without_key = program(&["sign", "https://h.example/a", "--form", "a=b"]);
    let output = without_key
        .env_remove("SIGNALWIRE_SIGNING_KEY")
        .output()
        .unwrap();
    assert_exit(&output, 2);
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("set SIGNALWIRE_SIGNING_KEY")
    );
}

fn signing_with(key_file: &str) -> [&str; 6] {
    let url = "https://h.example/a";
    ["sign", url, "--form", "a=b", "--key-file", key_file]
}

#[test]
fn a_key_file_that_holds_more_than_the_key_signs_nothing() {
    let file = env::temp_dir().join(format!("signalwire-webhook-more-{}", std::process::id()));
    let path = file.display().to_string();
    for content in [
        format!("# the key\n{KEY}\n"),
        format!("SIGNALWIRE_SIGNING_KEY={KEY}"),
    ] {
        std::fs::write(&file, content).unwrap();
        let output = run(&signing_with(&path));
        assert_exit(&output, 2);
        assert_eq!(stdout(&output), "");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("leave the key alone there"), "{error}");
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn a_url_of_the_environment_that_cannot_be_used_is_named_by_its_variable() {
    for variable in ["SIGNALWIRE_WEBHOOK_URL", "SWML_PROXY_URL_BASE"] {
        let mut explain = program(&["explain"]);
        let output = give(explain.env(variable, "h.example"), "curl http://h.example/");
        assert_exit(&output, 2);
        let error = String::from_utf8(output.stderr).unwrap();
        let sentence = format!("{variable} cannot be used: the url \"h.example\" is not absolute");
        assert!(error.contains(&sentence), "{error}");
    }
}

#[test]
fn a_line_break_that_may_be_the_files_is_called_so() {
    let note = "Unless the line break was added";
    for (signed, length, body, has_note) in [
        ("{}", "", "{}\n", true),
        ("{}", "Content-Length: 3\r\n", "{}\n", false),
        ("{}\n", "", "{}", false),
    ] {
        let key = SigningKey::new(KEY).unwrap();
        let signature = key.sign_body("https://h.example/a", signed.as_bytes());
        let capture = format!(
            "POST /a HTTP/1.1\r\nHost: h.example\r\n{length}\
             X-SignalWire-Signature: {signature}\r\n\r\n{body}"
        );
        let explained = stdout(&run_with_input(&["explain"], &capture));
        assert!(explained.starts_with("LineBreak: "), "{explained}");
        assert_eq!(explained.contains(note), has_note, "{explained}");
    }
}

#[test]
fn sign_prints_the_body_of_an_event_behind_its_headers() {
    let url = "https://hooks.example.com/sms";
    let printed = stdout(&run(&[
        "sign",
        url,
        "--event",
        "message",
        "--set",
        "From=+15551234567",
    ]));
    let (headers, body) = printed.split_once("\n\n").unwrap();
    let form: Vec<(String, String)> = form_urlencoded::parse(body.trim_end().as_bytes())
        .into_owned()
        .collect();
    assert!(form.contains(&("From".to_owned(), "+15551234567".to_owned())));
    let signature = SigningKey::new(KEY).unwrap().sign_form(url, form);
    assert!(headers.contains(&format!("X-SignalWire-Signature: {signature}")));
}

fn signature(url: &str, name: &str, value: &str) -> String {
    SigningKey::new(KEY)
        .unwrap()
        .sign_form(url, [(name, value)])
}

#[test]
fn sign_prints_headers_json_or_a_command_that_passes() {
    let url = "https://u:p@hooks.example.com/sms";
    let plain = stdout(&run(&["sign", url, "--form", "a=it's"]));
    assert_eq!(
        plain,
        format!(
            "Content-Type: application/x-www-form-urlencoded\nAuthorization: Basic dTpw\n\
             X-SignalWire-Signature: {}\n",
            signature(url, "a", "it's")
        )
    );
    let json: Value =
        serde_json::from_str(&stdout(&run(&["sign", url, "--data", "{}", "--json"]))).unwrap();
    assert_eq!(json["body"], "{}");
    assert_eq!(
        json["headers"]["X-SignalWire-SHA256-Signature"],
        SigningKey::new(KEY).unwrap().sign_body_sha256(url, b"{}")
    );

    let command = stdout(&run(&["sign", url, "--form", "a=it's", "--curl"]));
    let explained = run_with_input(&["explain", "--json"], &command);
    assert_exit(&explained, 0);
    let explained: Value = serde_json::from_str(&stdout(&explained)).unwrap();
    assert_eq!(explained["cause"], "Accepted", "{command}");
}

#[test]
fn explain_reads_every_kind_of_capture_and_names_the_fix() {
    let url = "https://hooks.example.com/sms?a=b";
    let signature = SigningKey::new(KEY)
        .unwrap()
        .sign_form(url, [("From", "+15551234567"), ("To", "+15557654321")]);
    let raw = format!(
        "POST /sms?a=b HTTP/1.1\r\nHost: app:3000\r\nX-Forwarded-Host: hooks.example.com\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nX-SignalWire-Signature: {signature}\r\n\
         Content-Length: {}\r\n\r\n{FORM}",
        FORM.len()
    );
    let curl = format!(
        "curl 'http://app:3000/sms?a=b' -H 'X-Forwarded-Host: hooks.example.com' \
         -H 'X-SignalWire-Signature: {signature}' --data-raw '{FORM}'"
    );
    let har = serde_json::json!({"log": {"entries": [{"request": {
        "method": "POST",
        "url": "http://app:3000/sms?a=b",
        "headers": [
            {"name": "X-Forwarded-Host", "value": "hooks.example.com"},
            {"name": "Content-Type", "value": "application/x-www-form-urlencoded"},
            {"name": "X-SignalWire-Signature", "value": signature},
        ],
        "postData": {"text": FORM},
    }}]}})
    .to_string();
    for capture in [raw, curl, har] {
        let output = run_with_input(&["explain"], &capture);
        assert_exit(&output, 0);
        let text = stdout(&output);
        assert!(
            text.starts_with("Host: SignalWire signed https://hooks.example.com/sms?a=b"),
            "{text}"
        );
        assert!(
            text.contains(r#".public_url(PublicUrl::base("https://hooks.example.com")?)"#),
            "{text}"
        );
        assert!(!text.contains(&signature), "{text}");
        let accepted = [
            "explain",
            "--json",
            "--public-url",
            "https://hooks.example.com",
        ];
        let json: Value =
            serde_json::from_str(&stdout(&run_with_input(&accepted, &capture))).unwrap();
        assert_eq!(json["cause"], "Accepted");
    }
}

#[test]
fn explain_is_told_how_the_layer_is_configured_by_an_option_or_the_environment() {
    let signature = signature("https://hooks.example.com/sms", "a", "b");
    let file = env::temp_dir().join(format!("signalwire-webhook-layer-{}", std::process::id()));
    let capture = format!(
        "POST /sms HTTP/1.1\nHost: app:3000\nX-Forwarded-Host: hooks.example.com\n\
         X-Forwarded-Proto: https\nContent-Type: application/x-www-form-urlencoded\n\
         X-SignalWire-Signature: {signature}\n\na=b"
    );
    std::fs::write(&file, capture).unwrap();
    let path = file.display().to_string();
    for (option, variable, cause) in [
        (None, "https://hooks.example.com", "Accepted"),
        (None, " ", "Host"),
        (Some("--trust-forwarded-headers"), "", "Accepted"),
        (
            Some("--public-url=https://hooks.example.com"),
            "https://other.example",
            "Accepted",
        ),
    ] {
        let mut arguments = vec!["explain", "--json", &path];
        arguments.extend(option);
        let output = program(&arguments)
            .env("SIGNALWIRE_WEBHOOK_URL", variable)
            .output()
            .unwrap();
        assert_exit(&output, 0);
        let explained: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(explained["cause"], cause, "{arguments:?} {variable:?}");
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn explain_takes_the_dashboards_url_and_says_when_nothing_matches() {
    let signature = signature("https://hooks.example.com/sms", "a", "b");
    let capture =
        format!("POST /sms HTTP/1.1\nHost: app:3000\nX-SignalWire-Signature: {signature}\n\na=b");
    let output = run_with_input(&["explain"], &capture);
    assert_exit(&output, 1);
    let text = stdout(&output);
    for part in [
        "NoMatch",
        "  3. ",
        "--dashboard-url",
        "Ruled out:",
        "Keys tried: sha256:",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let dashboard = [
        "explain",
        "--dashboard-url",
        "https://hooks.example.com/sms",
    ];
    assert_exit(&run_with_input(&dashboard, &capture), 0);
    assert_exit(&run_with_input(&["explain"], "hello"), 2);
}

#[test]
fn listen_prints_a_line_a_request_and_answers_so_that_a_call_goes_on() {
    let server = Listening::listen(&[]);
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

    let forged = run(&[
        "send",
        &server.url("/any/path"),
        "--event",
        "voice",
        "--forge",
    ]);
    assert_exit(&forged, 1);
    assert!(
        server
            .next_line()
            .contains("POST /any/path refused SignatureMismatch From=+15551234567")
    );
    assert!(
        server
            .next_line()
            .trim_start()
            .starts_with("NoMatch: nothing that was tried")
    );
}

#[test]
fn listen_explains_in_json_and_survives_what_is_too_large() {
    let server = Listening::listen(&["--json", "--public-url", "https://hooks.example.com"]);
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

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_stops_early_is_no_failure_but_a_full_disk_is() {
    let sign = &["sign", "https://h.example/a", "--data", "@/dev/stdin"];
    let mut stopped = program(sign).stdin(Stdio::piped()).spawn().unwrap();
    drop(stopped.stdout.take());
    drop(stopped.stdin.take());
    assert_exit(&stopped.wait_with_output().unwrap(), 0);

    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = program(sign).stdout(full).output().unwrap();
    assert_exit(&output, 1);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("cannot write to standard output"), "{error}");
}

#[test]
fn completions_and_the_manual_name_every_command() {
    for arguments in [
        &["completions", "bash"][..],
        &["completions", "fish"],
        &["man"],
    ] {
        let output = run(arguments);
        assert_exit(&output, 0);
        let text = stdout(&output);
        for command in ["send", "sign", "explain", "listen"] {
            assert!(text.contains(command), "{arguments:?}: {command}");
        }
    }
    let page = stdout(&run(&["man", "explain"]));
    assert!(
        page.contains("dashboard") && page.contains("signalwire\\-webhook"),
        "{page}"
    );
}

/// Runs it on a terminal of its own, which util-linux's `script` makes.
#[cfg(target_os = "linux")]
fn on_a_terminal(command_line: &str, input: &str, variables: &[(&str, &str)]) -> Option<String> {
    let mut command = without_environment(Command::new("script"));
    command.args(["-qec", command_line, "/dev/null"]);
    command.env("TERM", "xterm").env_remove("NO_COLOR");
    command
        .envs(variables.iter().copied())
        .stdin(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    Some(stdout(&output))
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colours_unless_no_color_is_set_and_is_asked_for_the_key() {
    let program = env!("CARGO_BIN_EXE_signalwire-webhook");
    let file = env::temp_dir().join(format!("signalwire-webhook-capture-{}", std::process::id()));
    std::fs::write(&file, "POST /sms HTTP/1.1\nHost: app:3000\n\na=b").unwrap();
    let explain = format!("'{program}' explain '{}'", file.display());
    let key = ("SIGNALWIRE_SIGNING_KEY", KEY);
    let Some(coloured) = on_a_terminal(&explain, "", &[key]) else {
        eprintln!("skipped: there is no `script` here");
        return;
    };
    assert!(
        coloured.contains("\u{1b}[31mMissingSignature\u{1b}[0m"),
        "{coloured}"
    );
    let plain = on_a_terminal(&explain, "", &[key, ("NO_COLOR", "1")]).unwrap();
    assert!(
        plain.contains("MissingSignature:") && !plain.contains('\u{1b}'),
        "{plain}"
    );
    std::fs::remove_file(file).unwrap();

    let sign = format!("'{program}' sign https://h.example/a --form a=b");
    let asked = on_a_terminal(&sign, &format!("{KEY}\n"), &[]).unwrap();
    assert!(asked.contains("Signing key (not shown): "), "{asked}");
    assert!(
        asked.contains(&signature("https://h.example/a", "a", "b")),
        "{asked}"
    );
}
