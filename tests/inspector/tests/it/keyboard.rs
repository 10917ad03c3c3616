use inspector_tests::{Browser, Listening, Look, Target};
use serde_json::json;

use super::{DOCUMENT, message, message_of_another_host};

const DOWN: &str = "\u{e015}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";

#[tokio::test]
async fn everything_is_reached_by_the_keyboard() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    assert_eq!(message().send(&listening.url("/sms")), "200");
    assert_eq!(
        message_of_another_host().send(&listening.url("/sms")),
        "403"
    );
    let browser = Browser::inspect(Look::DESK, &listening).await;
    browser.until_rows(2).await;

    // The filter, and back to the list.
    browser.press("/SM1").await;
    browser
        .until("document.getElementById('text').value === 'SM1'")
        .await;
    browser.press(ESCAPE).await;
    browser
        .until("document.activeElement.matches('#list button')")
        .await;
    // The second request.
    browser.press(DOWN).await;
    browser.press(ENTER).await;
    browser
        .until("document.getElementById('banner')?.textContent.startsWith('Verified')")
        .await;
    assert_eq!(
        browser.value("document.activeElement.id").await,
        json!("detail")
    );
    // From the detail the first key reaches its first button.
    browser.press(TAB).await;
    assert_eq!(
        browser.value("document.activeElement.id").await,
        json!("again")
    );
    let outline = browser
        .value("getComputedStyle(document.activeElement).outlineStyle")
        .await;
    assert_eq!(outline, json!("solid"), "the focus is not seen");
    browser.press(ENTER).await;
    browser.until_rows(3).await;
    assert_eq!(target.bodies().len(), 2);
    browser.press(ESCAPE).await;
    browser
        .until("document.getElementById('detail').hidden")
        .await;
    browser
        .until("document.activeElement.matches('#list button')")
        .await;
}
