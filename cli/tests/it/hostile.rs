//! What a stranger wrote neither drives the terminal nor fills the memory.

use std::fmt::Write as _;

use super::support::{
    Listening, answer_with, assert_exit, json, on_a_terminal, run, run_with_input, stderr, stdout,
};

/// An escape sequence, its form of one character, a reversal of the line, and what cannot be seen.
const DRIVING: &str =
    "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}evil\u{2066}\u{200b}\u{feff}\u{7f}";

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

#[track_caller]
fn assert_harmless(text: &str) {
    let hazard = |character: char| {
        (character.is_control() && character != '\n')
            || "\u{202e}\u{2066}\u{200b}\u{feff}".contains(character)
    };
    assert!(!text.contains(hazard), "{text:?}");
}

#[test]
fn an_argument_does_not_drive_the_terminal() {
    for arguments in [
        &["send", "http://127.0.0.1:1/", "--event", DRIVING][..],
        &["explain", DRIVING],
        &["explain", "-", DRIVING],
        &["man", DRIVING],
        &[DRIVING],
    ] {
        let output = run(arguments);
        assert_exit(&output, 2);
        assert_harmless(&stderr(&output));
    }
}

#[test]
fn a_capture_does_not_drive_the_terminal() {
    let encoded = percent_encoded(DRIVING);
    for capture in [
        format!("POST /{DRIVING} HTTP/1.1\nHost: {DRIVING}\n\n{DRIVING}"),
        format!("POST /{DRIVING} HTTP/1.1\nHost: h\nX-Forwarded-Host: ev\u{9b}il\n\na=b"),
        format!(
            "POST /{encoded} HTTP/1.1\nHost: h.example\nX-SignalWire-Signature: x\n\n{DRIVING}"
        ),
        DRIVING.to_owned(),
        format!(
            "curl 'http://h.example/{DRIVING}' -H 'X-SignalWire-Signature: {DRIVING}' -d '{DRIVING}'"
        ),
        format!("curl http://h.example/ http://{DRIVING}/"),
        format!("curl http://h.example/ -d '@{DRIVING}'"),
        format!(
            "{{\"url\":\"http://h.example/{}\",\"headers\":{{\"a\":\"b\"}}}}",
            "\\u001b[31m\\u009b\\u202e"
        ),
        format!(
            "{{\"log\":{{\"entries\":[{{\"request\":{{\"method\":\"{DRIVING}\",\"url\":\"/\"}}}}]}}}}"
        ),
    ] {
        for arguments in [&["explain"][..], &["explain", "--json"]] {
            let output = run_with_input(arguments, &capture);
            assert_harmless(&stdout(&output));
            assert_harmless(&stderr(&output));
            assert!(output.status.code().is_some(), "{output:?}");
        }
    }
}

#[test]
fn an_answer_does_not_drive_the_terminal() {
    for body in [
        format!("<a>{DRIVING}</a>"),
        format!("{{\"a\":\"{DRIVING}\"}}"),
        DRIVING.to_owned(),
    ] {
        for option in [&[][..], &["--json"]] {
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/\u{9b}31m\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let url = answer_with(answer.into_bytes());
            let output = run(&[&["send", &url, "--event", "voice"], option].concat());
            assert_exit(&output, 0);
            assert_harmless(&stdout(&output));
        }
    }
}

#[test]
fn a_terminal_gets_the_colours_of_the_program_and_no_others() {
    let program = env!("CARGO_BIN_EXE_signalwire-webhook");
    let body = format!("<a>{DRIVING}</a>");
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let url = answer_with(answer.into_bytes());
    let command = format!("'{program}' send '{url}' --event voice");
    let key = ("SIGNALWIRE_SIGNING_KEY", super::support::KEY);
    let Some(shown) = on_a_terminal(&command, "", &[key]) else {
        return;
    };
    assert!(shown.contains("\u{1b}[32m200 OK\u{1b}[0m"), "{shown:?}");
    assert!(
        shown.contains("\\u{1b}]0;owned\\u{7}\\u{1b}[31m\\u{9b}2J\\u{202e}"),
        "{shown:?}"
    );
    let uncoloured = shown
        .replace(['\r', '\n'], "")
        .replace("\u{1b}[32m", "")
        .replace("\u{1b}[2m", "")
        .replace("\u{1b}[0m", "");
    assert_harmless(&uncoloured);
}

#[test]
fn a_body_that_is_signed_is_shown_on_a_terminal_and_handed_on_as_it_is_elsewhere() {
    let program = env!("CARGO_BIN_EXE_signalwire-webhook");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), DRIVING).unwrap();
    let data = format!("@{}", file.path().display());
    let sign = ["sign", "https://h.example/", "--curl", "--data", &data];
    assert!(
        String::from_utf8(run(&sign).stdout)
            .unwrap()
            .contains(DRIVING)
    );
    let command = format!("'{program}' sign https://h.example/ --curl --data '{data}'");
    let key = ("SIGNALWIRE_SIGNING_KEY", super::support::KEY);
    if let Some(shown) = on_a_terminal(&command, "", &[key]) {
        assert_harmless(&shown.replace('\r', ""));
        assert!(shown.contains("\\u{1b}]0;owned"), "{shown:?}");
    }
}

#[test]
fn a_request_does_not_drive_the_terminal() {
    for option in [&[][..], &["--json"]] {
        let server = Listening::start(option);
        let encoded = percent_encoded(DRIVING);
        let body = format!("From={encoded}&To={encoded}");
        let request = format!(
            "POST /a\u{9b}31m\u{202e} HTTP/1.1\r\nHost: h\u{9b}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nX-Forwarded-Host: \u{9b}31m\r\n\
             X-SignalWire-Signature: c3c08c1fefaf9ee198a100d5906765a6f394bf0f\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        server.exchange(request);
        server.exchange("POST /end HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        loop {
            let line = server.next_line();
            assert_harmless(&line);
            if line.contains("/end") {
                break;
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_and_devices_without_end_are_refused() {
    for arguments in [
        &["explain", "/dev/zero"][..],
        &["send", "http://127.0.0.1:1/", "--data", "@/dev/zero"],
        &[
            "sign",
            "http://h.example/",
            "--data",
            "{}",
            "--key-file",
            "/dev/zero",
        ],
    ] {
        let output = run(arguments);
        assert_exit(&output, 2);
        assert!(stderr(&output).contains("is longer than"), "{output:?}");
    }
    let output = run_with_input(
        &["explain", "--read-files"],
        "curl http://h.example/ -d @/dev/zero",
    );
    assert_exit(&output, 2);
    assert!(
        stderr(&output).contains("which is not a file"),
        "{output:?}"
    );
}

#[test]
fn a_deep_or_long_answer_is_shown_within_a_limit() {
    for (body, is_cut) in [
        ("<a>".repeat(20_000), false),
        ("<a>".repeat(100_000), true),
        ("[".repeat(400_000), true),
        (format!("[{}1]", "1,".repeat(20_000)), false),
    ] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let url = answer_with(answer.clone().into_bytes());
        let output = run(&["send", &url, "--event", "voice"]);
        assert_exit(&output, 0);
        let text = stdout(&output);
        assert!(text.len() < 40 * 64 * 1024, "{}", text.len());
        assert_eq!(text.contains("The answer goes on"), is_cut);
        let url = answer_with(answer.into_bytes());
        let output = json(&run(&["send", &url, "--event", "voice", "--json"]));
        assert_eq!(output["body_is_cut"], is_cut);
    }
}
