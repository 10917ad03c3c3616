use serde_json::Value;

use super::support::{
    assert_exit, give, json, key, program, run, run_with_input, signature, stderr, stdout,
};

const FORM: &str = "From=%2B15551234567&To=%2B15557654321";

fn raw(url: &str, host: &str) -> String {
    let signature = key().sign_form(url, [("From", "+15551234567"), ("To", "+15557654321")]);
    format!(
        "POST /sms?a=b HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: hooks.example.com\r\n\
         X-Forwarded-Proto: https\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         X-SignalWire-Signature: {signature}\r\nContent-Length: {}\r\n\r\n{FORM}",
        FORM.len()
    )
}

#[test]
fn explain_names_the_fix() {
    let capture = raw("https://hooks.example.com/sms?a=b", "app:3000");
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
}

#[test]
fn standard_input_is_a_dash_or_nothing() {
    let capture = raw("https://hooks.example.com/sms?a=b", "hooks.example.com");
    for arguments in [&["explain"][..], &["explain", "-"]] {
        assert_exit(&run_with_input(arguments, &capture), 0);
    }
    assert_exit(&run_with_input(&["explain"], ""), 2);
    assert_exit(&run(&["explain", "/nonexistent/file"]), 2);
}

#[test]
fn the_layer_is_described_by_options_or_the_environment() {
    let capture = raw("https://hooks.example.com/sms?a=b", "app:3000");
    for (options, variable, cause) in [
        (&[][..], "https://hooks.example.com", "Accepted"),
        (&[], " ", "Host"),
        (
            &["--trust-header", "x-forwarded-proto,X-Forwarded-Host"],
            "https://other.example",
            "Accepted",
        ),
        (
            &["--public-url=https://hooks.example.com"],
            "https://other.example",
            "Accepted",
        ),
        (
            &[
                "--public-url=https://other.example",
                "--public-url=https://hooks.example.com",
            ],
            "",
            "Accepted",
        ),
        (
            &[
                "--public-url=https://hooks.example.com",
                "--forms-begin-with=From",
            ],
            "",
            "Accepted",
        ),
        (
            &[
                "--public-url=https://hooks.example.com",
                "--forms-begin-with=AccountSid",
            ],
            "",
            "AmbiguousBoundary",
        ),
        (
            &["--exact=https://hooks.example.com/sms?a=b"],
            "",
            "Accepted",
        ),
        (
            &["--exact=https://hooks.example.com/sms"],
            "",
            "QueryDropped",
        ),
        (
            &[
                "--public-url=https://hooks.example.com",
                "--accept=raw-body-sha256,RawBodySha1",
            ],
            "",
            "SchemeNotAccepted",
        ),
    ] {
        let mut explain = program(&["explain", "--json"]);
        let explain = explain
            .args(options)
            .env("SIGNALWIRE_WEBHOOK_URL", variable);
        let explained: Value = json(&give(explain, &capture));
        assert_eq!(explained["cause"], cause, "{options:?} {explained}");
    }
}

#[test]
fn the_dashboards_url_helps_where_nothing_matches() {
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
    let dashboard = "https://hooks.example.com/sms";
    assert_exit(
        &run_with_input(&["explain", "--dashboard-url", dashboard], &capture),
        0,
    );
}

#[test]
fn a_dashboard_url_without_a_scheme_is_an_error_that_says_what_to_write() {
    for url in [
        "hooks.acme.example/sms",
        "//hooks.acme.example/sms",
        "localhost:3000/sms",
    ] {
        let output = run_with_input(
            &["explain", "--dashboard-url", url],
            "POST /sms HTTP/1.1\nHost: h\n\na=b",
        );
        assert_exit(&output, 2);
        let host = url.trim_start_matches('/');
        assert!(
            stderr(&output).contains(&format!("as in \"https://{host}\"")),
            "{output:?}"
        );
    }
}

#[test]
fn a_line_break_that_may_be_the_files_is_called_so() {
    let note = "the line break may have been added when the request was saved";
    for (signed, length, body, has_note) in [
        ("{}", "", "{}\n", true),
        ("{}", "Content-Length: 3\r\n", "{}\n", false),
        ("{}\n", "", "{}", false),
    ] {
        let signature = key().sign_body_sha1("https://h.example/a", signed.as_bytes());
        let capture = format!(
            "POST /a HTTP/1.1\r\nHost: h.example\r\n{length}\
             X-SignalWire-Signature: {signature}\r\n\r\n{body}"
        );
        let explained = stdout(&run_with_input(&["explain"], &capture));
        assert!(explained.starts_with("LineBreak: "), "{explained}");
        assert_eq!(explained.contains(note), has_note, "{explained}");
    }
}
