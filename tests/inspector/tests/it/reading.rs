use inspector_tests::{Browser, Listening, Look, Target, curl};
use serde_json::json;

use super::{DOCUMENT, message, message_of_another_host};

#[tokio::test]
async fn the_list_grows_as_requests_arrive_and_the_filter_narrows_it() {
    let listening = Listening::start(&[]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert!(
        browser
            .text("#empty")
            .await
            .contains("No request has arrived yet")
    );

    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.until_rows(1).await;
    assert_eq!(message().send(&listening.url("/sms")), "200");
    assert_eq!(
        message_of_another_host().send(&listening.url("/sms")),
        "403"
    );
    let _ = curl(&[&listening.url("/scan/.env")]);
    browser.until_rows(4).await;
    let list = browser.text("#list").await;
    let newest = list.lines().next().unwrap();
    assert!(newest.contains("GET /scan/.env"), "{list}");
    for expected in [
        "verified FormParameters",
        "duplicate of 1",
        "refused · SignatureMismatch · Host",
    ] {
        assert!(list.contains(expected), "{list}");
    }

    for (verdict, rows) in [
        ("verified", 2),
        ("refused", 2),
        ("duplicate", 1),
        ("failed", 0),
        ("", 4),
    ] {
        browser.choose("#verdict", verdict).await;
        browser.until_rows(rows).await;
    }
    browser.fill("#path", "/SCAN").await;
    browser.until_rows(1).await;
    browser.fill("#path", "").await;
    browser.fill("#text", "hello & MORE").await;
    browser.until_rows(3).await;
    assert_eq!(browser.text("#count").await, "3 of 4 requests");
    // What arrives while a text is searched for is searched too.
    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.until_rows(4).await;
    browser.fill("#text", "nowhere").await;
    browser.until_rows(0).await;
    assert_eq!(browser.text("#empty").await, "No request fits the filter.");
}

#[tokio::test]
async fn a_verified_request_shows_its_parameters_in_the_order_in_which_they_are_signed() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.open_only_request("banner").await;

    assert!(
        browser
            .text("#banner")
            .await
            .starts_with("Verified: SignalWire signed this request")
    );
    let rows = "[...document.querySelectorAll('#parameters tr')].map((row) => [...row.children].map((cell) => cell.textContent))";
    assert_eq!(
        browser.value(rows).await,
        json!([
            ["Body", "Hello & more"],
            ["From", "+15551230001"],
            ["MessageSid", "SM1"],
            ["To", "+15551230002"],
        ])
    );
    assert_eq!(browser.text("#body").await, target.bodies()[0]);
    let detail = browser.text("#detail").await;
    for expected in [
        "x-signalwire-signature",
        "200 OK in",
        DOCUMENT,
        "They are the same.",
    ] {
        assert!(detail.contains(expected), "{expected}: {detail}");
    }
}

#[tokio::test]
async fn json_is_a_tree_whose_numbers_are_as_they_were_written() {
    let listening = Listening::start(&[]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    let body = r#"{"call":{"from":"+1","id":12345678901234567890,"rate":1.50,"tags":[]}}"#;
    let _ = curl(&["--json", body, &listening.url("/swml")]);
    browser.open_only_request("tree").await;
    let tree = browser.text("#tree").await;
    for expected in [
        "call:",
        "from: \"+1\"",
        "id: 12345678901234567890",
        "rate: 1.50",
        "tags: []",
    ] {
        assert!(tree.contains(expected), "{tree}");
    }
}

#[tokio::test]
async fn a_refused_request_shows_the_urls_with_their_difference_and_what_to_change() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    assert_eq!(
        message_of_another_host().send(&listening.url("/sms")),
        "403"
    );
    assert!(target.bodies().is_empty());
    browser.open_only_request("urls").await;

    let urls = browser.text("#urls").await;
    assert!(urls.contains("https://hooks.example.com/sms"), "{urls}");
    assert!(
        urls.contains("https://public.example.org:8443/sms"),
        "{urls}"
    );
    let marked = "[...document.querySelectorAll('#urls mark')].map((mark) => mark.textContent)";
    assert_eq!(
        browser.value(marked).await,
        json!(["hooks.example.com", "public.example.org", ":8443"])
    );
    assert!(
        browser
            .text("#banner")
            .await
            .starts_with("Refused: SignatureMismatch")
    );
    assert!(browser.text("#sentence").await.contains("the host differs"));
    browser.click(".fix .copy").await;
    browser
        .until("document.querySelector('.fix .copy').textContent === 'Copied'")
        .await;
    let fix = browser.clipboard().await;
    assert!(
        fix.contains(r#"PublicUrl::base("https://public.example.org:8443")?"#),
        "{fix}"
    );
    assert!(
        browser
            .text("#detail")
            .await
            .contains("Not forwarded, since it is refused")
    );
}

/// The list is read anew after the connection was lost, which takes a while on a slow machine.
#[tokio::test]
async fn what_arrives_while_the_list_is_read_is_not_lost() {
    let listening = Listening::start(&[]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    let read_slowly = "(() => {
      const promptly = window.fetch;
      const held = new Promise((resolve) => { window.release = resolve; });
      window.fetch = async (...request) => {
        const answer = await promptly(...request);
        window.isAnswered = true;
        await held;
        return answer;
      };
      readAll().then(() => { window.isRead = true; });
    })()";
    let _ = browser.value(read_slowly).await;
    browser.until("window.isAnswered").await;
    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.until_rows(1).await;
    let _ = browser.value("window.release()").await;
    browser.until("window.isRead").await;
    browser.until_rows(1).await;
    assert_eq!(message().send(&listening.url("/sms")), "200");
    browser.until_rows(2).await;
}
