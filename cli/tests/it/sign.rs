use serde_json::Value;

use super::support::{assert_exit, json, key, run, run_with_input, signature, stdout};

#[test]
fn sign_prints_the_body_of_an_event_after_its_headers() {
    let url = "https://hooks.example.com/sms";
    let set = "From=+15551234567";
    let printed = stdout(&run(&["sign", url, "--event", "message", "--set", set]));
    let (headers, body) = printed.split_once("\n\n").unwrap();
    let form: Vec<(String, String)> = form_urlencoded::parse(body.trim_end().as_bytes())
        .into_owned()
        .collect();
    assert!(form.contains(&("From".to_owned(), "+15551234567".to_owned())));
    let signature = key().sign_form(url, form);
    assert!(headers.contains(&format!("X-SignalWire-Signature: {signature}")));
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
    let output = json(&run(&["sign", url, "--data", "{}", "--json"]));
    assert_eq!(output["body"], "{}");
    assert_eq!(
        output["headers"]["X-SignalWire-SHA256-Signature"],
        key().sign_body_sha256(url, b"{}")
    );
    for content in [
        &["--form", "a=it's", "--form", "Body=é & more"][..],
        &["--method", "GET", "--form", "a=it's"],
        &["--event", "pay-connector"],
        &["--event", "swml-call"],
        &["--data", "{\"a\":\"é'\\\"\"}", "--body-digest"],
    ] {
        let sign = [&["sign", url, "--curl"][..], content].concat();
        let command = stdout(&run(&sign));
        let explained = run_with_input(&["explain", "--json"], &command);
        assert_exit(&explained, 0);
        let explained: Value = json(&explained);
        assert_eq!(explained["cause"], "Accepted", "{command}");
    }
}

#[test]
fn sign_prints_the_url_whose_query_it_extends() {
    let url = "https://hooks.example.com/sms?a=b";
    let get = stdout(&run(&["sign", url, "--method", "GET", "--form", "c=d e"]));
    let extended = "https://hooks.example.com/sms?a=b&c=d+e";
    assert_eq!(
        get,
        format!(
            "GET {extended}\nX-SignalWire-Signature: {}\n",
            key().sign_form(extended, [("", ""); 0])
        )
    );
    let digest = stdout(&run(&["sign", url, "--data", "{}", "--body-digest"]));
    let first = digest.lines().next().unwrap();
    assert!(first.starts_with("POST https://hooks.example.com/sms?a=b&bodySHA256="));
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_stops_early_is_not_a_failure_but_a_full_disk_is() {
    use std::process::Stdio;

    use super::support::{program, stderr};

    let sign = &["sign", "https://h.example/a", "--data", "@-"];
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
    assert!(stderr(&output).contains("cannot write to standard output"));
}
