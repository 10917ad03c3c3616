use std::time::Duration;

use inspector_tests::{Browser, Listening, Look, Target, curl};

const MEBIBYTE: usize = 1024 * 1024;

#[tokio::test]
async fn ten_thousand_requests_in_a_row_leave_the_last_500() {
    let target = Target::start(super::DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url(), "--forward-refused"]);
    let browser = Browser::open(Look::DESK, listening.inspector()).await;
    let heap = "performance.memory.usedJSHeapSize";
    let url = listening.url("/many/[1-5000]");
    let _ = curl(&["--output", "/dev/null", "--data", "a=b", &url]);
    let (memory, half) = (listening.most_memory(), browser.value(heap).await);
    let url = listening.url("/many/[5001-10000]");
    let _ = curl(&["--output", "/dev/null", "--data", "a=b", &url]);
    browser
        .until("document.getElementById('list').innerText.includes('/many/10000')")
        .await;
    browser.until_rows(500).await;
    assert_eq!(target.bodies().len(), 10_000);
    let grown = listening.most_memory() - memory;
    assert!(
        grown < 4 * MEBIBYTE,
        "{grown} bytes more for the second 5,000"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (half, whole) = (
        half.as_u64().unwrap(),
        browser.value(heap).await.as_u64().unwrap(),
    );
    assert!(
        whole < half + 20 * 1024 * 1024,
        "{half} bytes, then {whole}"
    );
}

/// More than are kept, of the greatest length.
#[tokio::test]
async fn long_bodies_take_64_mebibytes_and_no_more() {
    let listening = Listening::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body");
    std::fs::write(&file, "x".repeat(MEBIBYTE - 1024)).unwrap();
    let body = format!("@{}", file.display());
    let url = listening.url("/long/[1-200]");
    let _ = curl(&["--output", "/dev/null", "--data-binary", &body, &url]);
    let most = listening.most_memory();
    assert!(most > 64 * MEBIBYTE, "nothing is kept: {most}");
    assert!(most < 112 * MEBIBYTE, "{} MiB", most / MEBIBYTE);
}
