use inspector_tests::{Browser, Listening, Look, Target, Webhook, curl};
use serde_json::json;

/// Each would set `hacked`, where it was taken for markup or for code.
const HOSTILE: [&str; 5] = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "\"><svg onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "<iframe srcdoc=\"<script>parent.hacked=1</script>\"></iframe>",
];

const HOSTILE_ANSWER: &str =
    "<script>window.hacked = 1</script><img src=x onerror=window.hacked=1>";

/// What the page itself has of each, before any request.
const ELEMENTS: &str = "['script', 'img', 'svg', 'iframe', 'object', 'style'].map((name) => document.querySelectorAll(name).length)";

#[tokio::test]
async fn whatever_a_request_holds_is_text() {
    let target = Target::start(HOSTILE_ANSWER);
    let listening = Listening::start(&["--forward-to", &target.url(), "--forward-refused"]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    let before = browser.value(ELEMENTS).await;
    assert_eq!(before, json!([1, 0, 0, 0, 0, 0]));
    for hostile in HOSTILE {
        let named = [("From", hostile), ("To", hostile), (hostile, hostile)];
        let form = Webhook {
            signed_url: hostile,
            host: "h",
            headers: &[],
            parameters: &named,
        };
        assert_eq!(form.send(&listening.url("/a")), "200");
        let json =
            json!({ "call": { "from": hostile, "to": hostile }, hostile: [hostile] }).to_string();
        let header = format!("X-Hostile: {hostile}");
        let host = format!("Host: {}", hostile.replace(' ', ""));
        // What cannot stand in a request line is refused before it is a request.
        let path = hostile
            .replace(' ', "%20")
            .replace('<', "%3C")
            .replace('>', "%3E")
            .replace('"', "%22");
        let url = listening.url(&format!("/{path}?{path}={path}"));
        let _ = curl(&[
            "--globoff",
            "--path-as-is",
            "--json",
            &json,
            "--header",
            &header,
            "--header",
            &host,
            "--request",
            "POST",
            &url,
        ]);
    }
    browser.until_rows(2 * HOSTILE.len()).await;
    for row in 1..=2 * HOSTILE.len() {
        browser
            .click(&format!("#list li:nth-child({row}) button"))
            .await;
        let number = 2 * HOSTILE.len() + 1 - row;
        browser
            .until(&format!(
                "document.getElementById('detail').innerText.includes('Request {number},')"
            ))
            .await;
        let hostile = HOSTILE[(number - 1) / 2];
        let shown = format!(
            "document.getElementById('detail').textContent.includes({})",
            json!(hostile)
        );
        assert_eq!(browser.value(&shown).await, json!(true), "{hostile}");
    }
    assert!(browser.text("#detail").await.contains(HOSTILE_ANSWER));
    assert_eq!(browser.value(ELEMENTS).await, before);
    assert_eq!(browser.value("window.hacked ?? null").await, json!(null));
    let handlers = "[...document.querySelectorAll('*')].some((element) => [...element.attributes].some(({ name }) => name.startsWith('on')))";
    assert_eq!(browser.value(handlers).await, json!(false));
}

/// A reader is not to be deceived by what cannot be seen.
#[tokio::test]
async fn characters_that_reorder_a_line_are_written_out() {
    let listening = Listening::start(&[]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    let _ = curl(&[
        "--data-urlencode",
        "From=a\u{202e}b\u{9b}c",
        &listening.url("/a"),
    ]);
    browser.until_rows(1).await;
    let list = browser.text("#list").await;
    assert!(list.contains(r"a\u{202e}b\u{9b}c → ?"), "{list}");
}

/// Long, deep and wide at once.
#[tokio::test]
async fn a_hostile_request_does_not_slow_the_page() {
    let listening = Listening::start(&[]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in [
        (
            "deep",
            format!("{}{}", "[".repeat(120_000), "]".repeat(120_000)),
        ),
        ("wide", format!("[{}1]", "1,".repeat(120_000))),
        ("form", "a=b&".repeat(200_000)),
        ("long", "x".repeat(1_000_000)),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, body).unwrap();
        let body = format!("@{}", file.display());
        let _ = curl(&["--data-binary", &body, &listening.url(&format!("/{name}"))]);
    }
    browser.until_rows(4).await;
    for row in 1..=4 {
        browser
            .click(&format!("#list li:nth-child({row}) button"))
            .await;
        let number = 5 - row;
        browser
            .until(&format!(
                "document.getElementById('detail').innerText.includes('Request {number},')"
            ))
            .await;
        let nodes = browser.value("document.querySelectorAll('*').length").await;
        assert!(nodes.as_u64().unwrap() < 10_000, "{nodes}");
    }
}
