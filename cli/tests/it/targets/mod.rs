//! `listen --forward-to` before real programs, each in a framework that people use.
//!
//! The one in axum has the layer, and the one in Express SignalWire's own validators: what they
//! accept, nothing has altered.

mod axum;
mod script;
mod webhook;

use serde_json::{Value, json};

use super::support::Listening;
use webhook::Webhook;

/// A program under development. It answers with what it got, and at some paths as a program does
/// that is slow or broken. It stops when it is dropped.
trait Target {
    fn url(&self) -> &str;
}

#[test]
fn a_program_in_axum() {
    let target = axum::start();
    gets_webhooks_as_they_came(&target);
    refuses_what_was_altered(&target);
    may_be_slow_and_may_break(target);
}

#[test]
fn a_program_in_express_that_verifies_with_signalwire_s_own_packages() {
    let Some(target) = script::in_express() else {
        return;
    };
    gets_webhooks_as_they_came(&target);
    refuses_what_was_altered(&target);
    may_be_slow_and_may_break(target);
}

#[test]
fn a_program_in_python() {
    let Some(target) = script::in_python() else {
        return;
    };
    gets_webhooks_as_they_came(&target);
    may_be_slow_and_may_break(target);
}

#[track_caller]
fn gets_webhooks_as_they_came(target: &impl Target) {
    let server = listening(target);
    for webhook in [
        Webhook::form("/form?tenant=7"),
        Webhook::swml("/swml?tenant=%37"),
    ] {
        let (head, body) = exchange(&server, &webhook);
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(
            head.to_lowercase().contains("\r\nx-answer: kept\r\n"),
            "{head}"
        );
        let got: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(got["url"], webhook.path());
        assert_eq!(got["body"], hex::encode(webhook.body()));
        assert_eq!(
            lower_case(&got["headers"]),
            lower_case(&json!(webhook.headers()))
        );
        let line = next(&server);
        assert_eq!(
            (&line["verified"], &line["target"]["status"]),
            (&json!(true), &json!(200))
        );
    }
}

#[track_caller]
fn refuses_what_was_altered(target: &impl Target) {
    let server = Listening::start(&["--json", "--forward-refused", "--forward-to", target.url()]);
    for webhook in [Webhook::form("/form"), Webhook::swml("/swml")] {
        let (head, _) = exchange(&server, &webhook.altered());
        assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
        let line = next(&server);
        assert_eq!(
            (&line["verified"], &line["target"]["status"]),
            (&json!(false), &json!(403))
        );
    }
}

#[track_caller]
fn may_be_slow_and_may_break(target: impl Target) {
    let server = listening(&target);
    let (head, _) = exchange(&server, &Webhook::form("/slow"));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let milliseconds = next(&server)["target"]["milliseconds"].as_f64().unwrap();
    // A little less than it waits, since timers may be early.
    assert!(milliseconds >= 250.0, "{milliseconds}");

    let (head, _) = exchange(&server, &Webhook::form("/fails"));
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    assert_eq!(next(&server)["target"]["status"], 500);

    fails(
        &server,
        "/hangs-up",
        "closed the connection without an answer",
    );
    fails(&server, "/breaks-off", "broke off its answer: ");
    drop(target);
    fails(&server, "/form", "is the program running there?");
}

/// The caller gets 502, and whoever reads the lines a sentence.
#[track_caller]
fn fails(server: &Listening, path: &'static str, sentence: &str) {
    let (head, body) = exchange(server, &Webhook::form(path));
    assert!(head.starts_with("HTTP/1.1 502 "), "{head}");
    assert!(!body.contains("127.0.0.1"), "{body}");
    let line = next(server);
    let error = line["target"]["error"].as_str().unwrap();
    assert!(error.contains(sentence), "{error}");
}

fn listening(target: &impl Target) -> Listening {
    Listening::start(&["--json", "--forward-to", target.url()])
}

/// The head of the answer, and its body.
#[track_caller]
fn exchange(server: &Listening, webhook: &Webhook) -> (String, String) {
    let answer = server.exchange(webhook.raw());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (format!("{head}\r\n"), body.to_owned())
}

#[track_caller]
fn next(server: &Listening) -> Value {
    serde_json::from_str(&server.next_line()).unwrap()
}

/// The case of a header's name says nothing, and axum does not keep it.
fn lower_case(headers: &Value) -> Vec<(String, String)> {
    let headers: Vec<(String, String)> = serde_json::from_value(headers.clone()).unwrap();
    let lower = |(name, value): (String, String)| (name.to_lowercase(), value);
    headers.into_iter().map(lower).collect()
}
