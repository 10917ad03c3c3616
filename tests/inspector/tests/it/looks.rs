use std::path::Path;

use inspector_tests::{Browser, Listening, Look, Target, curl};
use serde_json::json;

use super::{DOCUMENT, message, message_of_another_host};

const PHONE: Look = Look {
    width: 375,
    height: 740,
    is_dark: false,
};

const TOO_WIDE: &str = "[...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 80))";

/// The requests of a developer's morning.
fn arrive(listening: &Listening) {
    let swml = r#"{"call":{"call_id":"b0a1","call_state":"created","direction":"inbound","from":"+15551230001","to":"+15551230002","headers":[]},"vars":{},"params":{"retries":2}}"#;
    let _ = curl(&["--json", swml, &listening.url("/swml")]);
    let _ = curl(&[&listening.url("/.env")]);
    assert_eq!(message().send(&listening.url("/sms")), "200");
    assert_eq!(message().send(&listening.url("/sms")), "200");
    let _ = message_of_another_host().send(&listening.url("/sms"));
}

#[tokio::test]
async fn a_phone_shows_one_thing_at_a_time_and_nothing_too_wide() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    arrive(&listening);
    let long = format!("/{}", "a".repeat(2_000));
    let _ = curl(&[
        "--header",
        &format!("X-Long: {}", "b".repeat(2_000)),
        &listening.url(&long),
    ]);
    let browser = Browser::inspect(PHONE, &listening).await;
    browser.until_rows(6).await;
    assert_eq!(browser.value("innerWidth").await, json!(375));
    assert_eq!(browser.value(TOO_WIDE).await, json!([]));
    for row in [1, 2, 6] {
        browser
            .click(&format!("#list li:nth-child({row}) button"))
            .await;
        browser
            .until("document.querySelector('main').classList.contains('open')")
            .await;
        assert_eq!(
            browser
                .value("getComputedStyle(document.getElementById('overview')).display")
                .await,
            json!("none")
        );
        assert_eq!(browser.value(TOO_WIDE).await, json!([]));
        browser.click("#back").await;
        browser
            .until("document.getElementById('detail').hidden")
            .await;
    }
}

/// With `PICTURES=docs/images` it makes the pictures of the guide.
#[tokio::test]
async fn light_and_dark_are_readable() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    arrive(&listening);
    for (name, look) in [
        ("light", Look::DESK),
        (
            "dark",
            Look {
                is_dark: true,
                ..Look::DESK
            },
        ),
        ("phone", PHONE),
        (
            "phone-dark",
            Look {
                is_dark: true,
                ..PHONE
            },
        ),
    ] {
        let browser = Browser::inspect(look, &listening).await;
        browser.until_rows(5).await;
        let background = browser
            .value("getComputedStyle(document.body).backgroundColor")
            .await;
        let expected = if look.is_dark {
            "rgb(20, 23, 28)"
        } else {
            "rgb(246, 247, 249)"
        };
        assert_eq!(background, json!(expected));
        take(&browser, name, "list").await;
        browser.click("#list button").await;
        browser.until("document.getElementById('urls')").await;
        assert_contrast(&browser).await;
        take(&browser, name, "refused").await;
        if look.width > PHONE.width {
            browser.click("#list li:nth-child(3) button").await;
            browser.until("document.getElementById('parameters')").await;
            assert_contrast(&browser).await;
            take(&browser, name, "verified").await;
        }
    }
}

/// Of every text against what is painted below it, as WCAG's level AA has it.
async fn assert_contrast(browser: &Browser) {
    let faint = browser
        .value(
            "(() => {
              const channels = (color) => color.match(/[\\d.]+/g).map(Number);
              const luminance = (color) => {
                const [r, g, b] = channels(color).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const below = (element) => {
                for (let it = element; it; it = it.parentElement) {
                  const color = getComputedStyle(it).backgroundColor;
                  if (channels(color)[3] !== 0) return color;
                }
                return 'rgb(255, 255, 255)';
              };
              return [...document.querySelectorAll('body *')]
                .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && element.checkVisibility() && !element.disabled)
                .map((element) => {
                  const [a, b] = [luminance(getComputedStyle(element).color), luminance(below(element))];
                  return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.outerHTML.slice(0, 80)];
                })
                .filter(([contrast]) => contrast < 4.5);
            })()",
        )
        .await;
    assert_eq!(faint, json!([]));
}

async fn take(browser: &Browser, look: &str, what: &str) {
    if let Ok(folder) = std::env::var("PICTURES") {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        browser
            .picture(
                &root
                    .join(folder)
                    .join(format!("inspector-{what}-{look}.png")),
            )
            .await;
    }
}
