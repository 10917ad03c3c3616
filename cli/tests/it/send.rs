use serde_json::Value;

use super::support::{KEY, Server, answer_with, assert_exit, json, run, stderr, stdout};

#[test]
fn send_prints_the_answer_indented() {
    let server = Server::start(None);
    let output = run(&["send", &server.url("/voice"), "--event", "voice"]);
    assert_exit(&output, 0);
    let text = stdout(&output);
    assert!(text.starts_with("200 OK in "), "{text}");
    assert!(
        text.contains("<Response>\n  <Say>FormParameters</Say>\n</Response>"),
        "{text}"
    );
}

#[test]
fn send_is_refused_forged_and_unsigned() {
    let server = Server::start(None);
    for content in [
        &["--event", "voice"][..],
        &["--event", "voice", "--method", "GET"],
        &["--event", "swml-call"],
        &["--event", "pay-connector"],
    ] {
        for option in ["--forge", "--unsigned"] {
            let url = server.url("/voice");
            let output = run(&[&["send", &url, option][..], content].concat());
            assert_exit(&output, 1);
            assert!(stdout(&output).starts_with("403 Forbidden"), "{output:?}");
        }
    }
}

#[test]
fn send_takes_fields_forms_and_files() {
    let server = Server::start(None);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{ \"call\": {\"from\": \"+1\"} }\n").unwrap();
    let data = format!("@{}", file.path().display());
    for (arguments, expected) in [
        (
            &["--event", "message", "--set", "Body=a b&c=é~*"][..],
            "Body=a+b%26c%3D%C3%A9%7E*&",
        ),
        (
            &[
                "--event",
                "swml-call",
                "--set",
                "From=+1",
                "--set",
                "vars.a.b=true",
            ],
            "\"vars\":{\"a\":{\"b\":true}}",
        ),
        (
            &["--form", "From=+1", "--form", "To=+2"],
            "From=%2B1&To=%2B2",
        ),
        (&["--data", &data], "{ \"call\": {\"from\": \"+1\"} }\n"),
        (&["--data", "{}"], "{}"),
        (&["--data", "{}", "--body-digest"], "{}"),
    ] {
        let output = run(&[&["send", &server.url("/swml")][..], arguments].concat());
        assert_exit(&output, 0);
        let received = server.last();
        assert!(received.text().contains(expected), "{received:?}");
    }
}

#[test]
fn send_signs_for_the_public_url_and_arrives_as_from_a_tunnel() {
    let configured = Server::start(Some("https://hooks.example.com"));
    let by_host = Server::start(None);
    for server in [&configured, &by_host] {
        for public_url in [
            "https://hooks.example.com",
            "https://hooks.example.com/voice",
            "https://hooks.example.com/voice#rt=1000&tt=2000",
        ] {
            let url = server.url("/voice");
            assert_exit(
                &run(&["send", &url, "--event", "voice", "--public-url", public_url]),
                0,
            );
            assert_eq!(server.last().header("host"), "hooks.example.com");
        }
    }
    let url = configured.url("/voice");
    assert_exit(&run(&["send", &url, "--event", "voice"]), 1);
}

#[test]
fn credentials_are_signed_by_messages_and_not_by_calls() {
    let server = Server::start(None);
    for (event, scheme) in [
        ("voice", "FormParameters"),
        ("message", "FormParameters"),
        ("swml-call", "RawBodySha256"),
        ("swml-message", "RawBodySha1"),
    ] {
        let url = server.url("/x").replace("http://", "http://u:p%40@");
        let output = run(&["send", &url, "--event", event]);
        assert_exit(&output, 0);
        assert!(stdout(&output).contains(scheme), "{output:?}");
        let received = server.last();
        assert_eq!(received.header("authorization"), "Basic dTpwQA==");
        let signed_url = if event.contains("message") {
            url
        } else {
            server.url("/x")
        };
        let expected = match event {
            "voice" | "message" => {
                super::support::key().sign_form(&signed_url, received.parameters())
            }
            _ => super::support::key().sign_body_sha1(&signed_url, &received.body),
        };
        assert_eq!(
            received.header("x-signalwire-signature"),
            expected,
            "{event}"
        );
    }
}

#[test]
fn a_get_has_its_parameters_in_the_query() {
    let server = Server::start(None);
    let url = server.url("/voice?tenant=7");
    let output = run(&["send", &url, "--event", "message", "--method", "GET"]);
    assert_exit(&output, 0);
    let received = server.last();
    assert_eq!(received.parts.method, "GET");
    assert!(received.body.is_empty());
    let query = received.parts.uri.query().unwrap();
    assert!(query.starts_with("tenant=7&MessageSid="), "{query}");
    for impossible in ["swml-call", "pay-connector"] {
        let output = run(&["send", &url, "--event", impossible, "--method", "GET"]);
        assert_exit(&output, 2);
        assert!(stderr(&output).contains("sends JSON by POST"));
    }
}

#[test]
fn send_prints_json_for_machines() {
    let server = Server::start(None);
    let url = server.url("/status");
    let answer: Value = json(&run(&["send", &url, "--event", "call-status", "--json"]));
    assert_eq!(
        (&answer["status"], &answer["body"], &answer["body_is_cut"]),
        (
            &Value::from(200),
            &Value::from("<Response><Say>FormParameters</Say></Response>"),
            &Value::from(false)
        )
    );
}

#[test]
fn a_name_of_the_wrong_case_is_sent_with_a_warning() {
    let server = Server::start(None);
    let url = server.url("/sms");
    let output = run(&["send", &url, "--event", "sms", "--set", "from=+1"]);
    assert_exit(&output, 0);
    let warning = stderr(&output);
    assert!(
        warning.contains("write \"From\" to replace it"),
        "{warning}"
    );
    let names = server.last().parameters();
    assert!(names.iter().any(|(name, _)| name == "from"));
}

#[test]
fn an_unreachable_server_is_a_failure_and_wrong_usage_another() {
    let url = "http://127.0.0.1:1/voice";
    let output = run(&["send", url, "--event", "voice"]);
    assert_exit(&output, 1);
    assert!(stderr(&output).contains("is the server running there?"));
    for wrong in [
        &["send"][..],
        &["send", url],
        &["send", "127.0.0.1/voice", "--event", "voice"],
        &["send", url, "--event", "dance"],
        &["send", url, "--event", "voice", "--set", "From"],
        &["send", url, "--event", "voice", "--forge", "--unsigned"],
        &["send", url, "--event", "voice", "--key", KEY],
        &["send", url, "--event", "voice", "--body-digest"],
        &["send", url, "--event", "voice", "--sign"],
        &["send", url, "--form", "A=b", "--saved", "folder"],
        &["send", url, "--form", "=+1"],
        &["send", url, "--data", "@/nonexistent/file"],
        &["send", url, "--data", "{}", "--content-type", "a\nb"],
        &[
            "send",
            url,
            "--event",
            "swml-call",
            "--set",
            "call.from.x=1",
        ],
        &["listen", "--public-url", "nonsense"],
        &["listen", "--accept", "nonsense"],
        &["nonsense"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn what_is_wrong_with_an_answer_is_said() {
    for (answer, sentence) in [
        (&b""[..], "broke off before its answer was complete"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
            "broke off before its answer was complete",
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "did not answer in HTTP"),
    ] {
        let output = run(&["send", &answer_with(answer.to_vec()), "--event", "voice"]);
        assert_exit(&output, 1);
        let message = stderr(&output);
        assert!(message.contains(sentence), "{message}");
    }
}

#[test]
fn a_compressed_body_is_named_and_not_shown() {
    let answer =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00";
    let output = run(&["send", &answer_with(answer.to_vec()), "--event", "voice"]);
    assert_exit(&output, 0);
    let text = stdout(&output);
    assert!(text.contains("compressed (gzip)"), "{text}");
    assert!(!text.contains('\u{fffd}'), "{text}");
}
