use std::{fs, path::Path, time::Duration};

use inspector_tests::{Browser, Look};
use tokio::time::sleep;

/// As where a test fails, which drops what it has.
#[tokio::test]
async fn no_process_outlives_a_browser_that_is_dropped() {
    let browser = Browser::open(Look::DESK, "about:blank").await;
    let profile = browser.profile().to_owned();
    assert!(processes(&profile) > 1);
    drop(browser);
    for _ in 0..1_000 {
        if processes(&profile) == 0 {
            return;
        }
        // The browser's own children end a moment after it.
        sleep(Duration::from_millis(20)).await;
    }
    panic!("{} processes stay", processes(&profile));
}

/// Those that name this folder.
fn processes(profile: &Path) -> usize {
    let profile = profile.to_str().unwrap();
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .filter(|line| String::from_utf8_lossy(line).contains(profile))
        .count()
}
