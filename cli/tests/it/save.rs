//! `listen --save`, and `send --again` of what it saved.

use std::{fs, path::PathBuf};

use serde_json::Value;

use super::support::{Listening, Server, assert_exit, json, run, run_with_input, stderr, stdout};

const PUBLIC: &str = "https://hooks.example.com";

fn saved(event: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("webhooks");
    let name = path.to_str().unwrap();
    let server = Listening::start(&["--json", "--save", name]);
    let sent = run(&[
        "send",
        &server.url("/a/b?c=d"),
        "--event",
        event,
        "--public-url",
        PUBLIC,
    ]);
    assert_exit(&sent, 0);
    let line: Value = serde_json::from_str(&server.next_line()).unwrap();
    let file = line["file"].as_str().unwrap().into();
    (folder, file)
}

#[test]
fn a_request_is_saved_for_its_owner_alone_and_explain_reads_it() {
    for event in ["voice", "swml-call", "pay-connector"] {
        let (folder, file) = saved(event);
        assert_eq!(file, folder.path().join("webhooks/000001-POST-a-b.http"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&file), 0o600);
            assert_eq!(mode(&folder.path().join("webhooks")), 0o700);
        }
        let explained = run(&["explain", "--json", file.to_str().unwrap()]);
        assert_exit(&explained, 0);
        assert_eq!(json(&explained)["cause"], "Accepted");
    }
}

#[test]
fn the_numbers_go_on_where_they_ended() {
    let (folder, file) = saved("message");
    let path = folder.path().join("webhooks");
    let server = Listening::start(&["--save", path.to_str().unwrap()]);
    assert!(server.next_line().contains("personal data"));
    assert_exit(&run(&["send", &server.url("/"), "--event", "message"]), 0);
    assert!(server.next_line().ends_with("no. 2"));
    assert!(file.exists() && path.join("000002-POST.http").exists());
}

#[test]
fn nothing_of_a_request_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("webhooks");
    let server = Listening::start(&["--save", path.to_str().unwrap()]);
    server.next_line();
    server.exchange("GET /../../%2e%2e/%00/etc HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    server.next_line();
    let names: Vec<String> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 1);
    assert!(names[0].starts_with("000001-GET-"), "{names:?}");
}

#[test]
fn a_saved_request_is_sent_again_as_it_was() {
    let (folder, file) = saved("message");
    let target = Server::start(None);
    let path = folder.path().join("webhooks");
    let by_number = ["--again", "1", "--saved", path.to_str().unwrap()];
    let by_file = ["--again", file.to_str().unwrap()];
    for again in [&by_number[..], &by_file[..]] {
        let mut arguments = vec!["send", "--json"];
        let url = target.url("");
        arguments.push(&url);
        arguments.extend(again);
        let answer = run(&arguments);
        assert_exit(&answer, 0);
        assert!(stderr(&answer).is_empty(), "{answer:?}");
        let received = target.last();
        assert_eq!(received.parts.uri, "/a/b?c=d");
        let raw = fs::read(&file).unwrap();
        assert!(raw.ends_with(&received.body));
    }
}

#[test]
fn a_field_is_changed_and_the_request_is_signed_anew() {
    for (event, setting) in [
        ("message", "Body=Changed & more"),
        ("swml-call", "call.from=+15550009999"),
        ("pay-connector", "cardnumber=changed"),
    ] {
        let (_folder, file) = saved(event);
        let target = Server::start(None);
        let url = target.url("");
        let changed = [
            "send",
            &url,
            "--again",
            file.to_str().unwrap(),
            "--set",
            setting,
        ];
        let refused = run(&changed);
        assert_exit(&refused, 1);
        assert!(stderr(&refused).contains("add --sign"), "{event}");
        let signed = run(&[&changed[..], &["--sign"]].concat());
        assert_exit(&signed, 0);
        let value = setting
            .split('=')
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        assert!(
            target.last().text().contains(value.trim_start_matches('+')),
            "{event}"
        );
    }
}

#[test]
fn a_get_is_changed_in_its_query() {
    let (_folder, file) = {
        let folder = tempfile::tempdir().unwrap();
        let server = Listening::start(&["--json", "--save", folder.path().to_str().unwrap()]);
        let url = server.url("/sms");
        let sent = run(&["send", &url, "--event", "message", "--method", "GET"]);
        assert_exit(&sent, 0);
        let line: Value = serde_json::from_str(&server.next_line()).unwrap();
        let file = line["file"].as_str().unwrap().to_owned();
        (folder, file)
    };
    let target = Server::start(None);
    let url = target.url("");
    let signed = run(&[
        "send",
        &url,
        "--again",
        &file,
        "--set",
        "Body=Changed",
        "--sign",
    ]);
    assert_exit(&signed, 0);
    assert!(
        target
            .last()
            .parts
            .uri
            .query()
            .unwrap()
            .contains("Body=Changed")
    );
}

#[test]
fn the_url_to_sign_for_may_be_named() {
    let (_folder, file) = saved("message");
    let target = Server::start(Some("https://other.example"));
    let url = target.url("");
    let again = ["send", &url, "--again", file.to_str().unwrap()];
    assert_exit(&run(&again), 1);
    let named = ["--sign", "--public-url", "https://other.example"];
    assert_exit(&run(&[&again[..], &named].concat()), 0);
}

#[test]
fn what_cannot_be_sent_again_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().to_str().unwrap();
    let missing = run(&[
        "send",
        "http://127.0.0.1:9",
        "--again",
        "7",
        "--saved",
        name,
    ]);
    assert_exit(&missing, 2);
    assert!(
        stderr(&missing).contains("there is no request 7 in "),
        "{missing:?}"
    );
    let put = run_with_input(
        &["send", "http://127.0.0.1:9", "--again", "-"],
        "PUT / HTTP/1.1\r\n\r\n",
    );
    assert_exit(&put, 2);
    let set = run(&[
        "send",
        "http://127.0.0.1:9",
        "--set",
        "a=b",
        "--form",
        "a=b",
    ]);
    assert_exit(&set, 2);
    assert!(stdout(&set).is_empty());
}
