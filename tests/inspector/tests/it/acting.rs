use inspector_tests::{Browser, Listening, Look, Target, curl, sh};

use super::{DOCUMENT, message, message_of_another_host};

#[tokio::test]
async fn send_again_calls_the_target_once_more_as_it_was() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.open_only_request("again").await;
    browser.click("#again").await;
    browser.until_rows(2).await;
    let bodies = target.bodies();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
    let newest = browser.text("#list li").await;
    assert!(
        newest.contains("verified") && newest.contains("again of 1"),
        "{newest}"
    );
}

/// Whoever presses the button has seen the verdict.
#[tokio::test]
async fn a_refused_request_is_sent_by_the_button_alone() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert_eq!(
        message_of_another_host().send(&listening.url("/sms")),
        "403"
    );
    assert!(target.bodies().is_empty());
    browser.open_only_request("again").await;
    browser.click("#again").await;
    browser.until_rows(2).await;
    assert_eq!(target.bodies().len(), 1);
}

#[tokio::test]
async fn the_copied_command_and_the_download_are_the_request() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.open_only_request("curl").await;
    browser.click("#curl").await;
    browser
        .until("document.getElementById('curl').textContent === 'Copied'")
        .await;
    let command = browser.clipboard().await;
    assert!(sh(&command).contains(DOCUMENT), "{command}");
    let bodies = target.bodies();
    assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]));

    let raw = format!("{}requests/1/raw", listening.inspector());
    let raw = curl(&["--include", &raw]);
    let (head, raw) = raw.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains("attachment; filename=\"000001.http\""),
        "{head}"
    );
    assert!(
        raw.starts_with("POST /sms HTTP/1.1\r\n") && raw.ends_with(&bodies[0]),
        "{raw}"
    );
}

#[tokio::test]
async fn a_target_that_does_not_run_is_named() {
    let listening = Listening::start(&["--forward-to", "http://127.0.0.1:9"]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert_eq!(message().send(&listening.url("/sms")), "502");
    browser.until_rows(1).await;
    assert!(browser.text("#list").await.contains("target failed"));
    browser.click("#list button").await;
    browser
        .until("document.querySelector('.banner.note')")
        .await;
    let note = browser.text(".banner.note").await;
    assert!(
        note.contains("cannot connect to http://127.0.0.1:9"),
        "{note}"
    );
    assert!(note.ends_with("is the program running there?"), "{note}");
}
