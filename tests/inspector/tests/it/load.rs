use inspector_tests::{Browser, Listening, Look, Target, curl};

const MEBIBYTE: usize = 1024 * 1024;

#[tokio::test]
async fn ten_thousand_requests_in_a_row_leave_the_last_500() {
    let target = Target::start(super::DOCUMENT);
    let listening = Listening::start(&["--forward-to", &target.url(), "--forward-refused"]);
    let browser = Browser::inspect(Look::DESK, &listening).await;
    let (program, page) = memory_after(&listening, &browser, "[1-5000]", "/many/5000").await;
    let (program_later, page_later) =
        memory_after(&listening, &browser, "[5001-10000]", "/many/10000").await;
    browser.until_rows(500).await;
    assert_eq!(target.bodies().len(), 10_000);
    let most = 4 * MEBIBYTE;
    assert!(
        program_later < program + most,
        "{program} bytes, then {program_later}"
    );
    assert!(page_later < page + most, "{page} bytes, then {page_later}");
}

/// What the program has taken at most, and what the page takes, once it shows these requests.
async fn memory_after(
    listening: &Listening,
    browser: &Browser,
    numbers: &str,
    last: &str,
) -> (usize, usize) {
    let url = listening.url(&format!("/many/{numbers}"));
    let _ = curl(&["--output", "/dev/null", "--data", "a=b", &url]);
    let is_shown = format!("document.querySelector('#list li')?.innerText.includes('{last}')");
    browser.until(&is_shown).await;
    // Without what nothing refers to, which may be collected at any time.
    let page = browser
        .value("(gc(), performance.memory.usedJSHeapSize)")
        .await;
    let page = usize::try_from(page.as_u64().unwrap()).unwrap();
    (listening.most_memory(), page)
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
