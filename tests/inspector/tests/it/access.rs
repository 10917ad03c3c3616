use inspector_tests::{Browser, Listening, Look, Site, Target, curl};

use super::{DOCUMENT, message};

/// It knows the URL with its token, which it should not, and tries whatever a page can.
fn page(inspector: &str) -> String {
    format!(
        r#"<!doctype html><title>waiting</title>
<iframe src="{inspector}" id="frame"></iframe>
<script src="{inspector}script.js"></script>
<script>
const tries = {{
  read: () => fetch("{inspector}requests"),
  again: () => fetch("{inspector}requests/1/again", {{ method: "POST" }}),
  blind: () => fetch("{inspector}requests/1/again", {{ method: "POST", mode: "no-cors" }}),
  listen: () => new Promise((resolve, reject) => {{
    const events = new EventSource("{inspector}events");
    events.onopen = resolve;
    events.onerror = reject;
  }}),
}};
const succeeded = [];
(async () => {{
  for (const [name, attempt] of Object.entries(tries)) {{
    try {{ const answer = await attempt(); if (answer.type !== "opaque") succeeded.push(name); }} catch {{}}
  }}
  if (window.requests !== undefined) succeeded.push("script");
  document.title = ("done: " + succeeded).trim();
}})();
</script>"#
    )
}

#[tokio::test]
async fn a_page_of_another_origin_reads_nothing_and_changes_nothing() {
    let target = Target::start(DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url()]);
    assert_eq!(message().send(&listening.url("/sms")), "200");
    let site = Site::start(page(listening.inspector()));
    let browser = Browser::open(Look::DESK, &site.url()).await;
    browser.until("document.title.startsWith('done')").await;
    assert_eq!(browser.value("document.title").await, "done:");
    assert_eq!(target.bodies().len(), 1, "it was sent again");
    let frame = browser.value("(() => { try { return document.getElementById('frame').contentDocument?.body.innerText ?? ''; } catch { return ''; } })()").await;
    assert_eq!(frame, "");
}

#[tokio::test]
async fn a_name_that_is_made_to_point_here_opens_nothing() {
    let listening = Listening::start(&[]);
    let rebound = listening
        .inspector()
        .replace("127.0.0.1", "rebound.example");
    let browser = Browser::open(Look::DESK, &rebound).await;
    let text = browser.text("body").await;
    assert_eq!(text, "this host is not the one that `listen` printed");
}

#[tokio::test]
async fn without_its_token_the_page_does_not_open() {
    let listening = Listening::start(&[]);
    let token = listening
        .inspector()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap();
    assert_eq!(token.len(), 32);
    let without = listening.inspector().replace(&format!("{token}/"), "");
    let other = listening.inspector().replace(token, &"0".repeat(32));
    for url in [
        without,
        other.clone(),
        format!("{other}requests"),
        format!("{other}events"),
    ] {
        let status = curl(&["--output", "/dev/null", "--write-out", "%{http_code}", &url]);
        assert_eq!(status, "403", "{url}");
    }
}

#[tokio::test]
async fn every_answer_has_a_strict_policy() {
    let listening = Listening::start(&[]);
    for path in ["", "requests", "style.css", "nothing"] {
        let head = curl(&["--include", &format!("{}{path}", listening.inspector())]);
        let head = head.split("\r\n\r\n").next().unwrap();
        for expected in [
            "content-security-policy: default-src 'none'; script-src 'self';",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
        ] {
            assert!(head.contains(expected), "{path}: {head}");
        }
        assert!(!head.contains("unsafe"), "{head}");
        assert!(!head.contains("access-control"), "{head}");
    }
}
