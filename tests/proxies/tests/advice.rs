//! Set-ups that are misconfigured on purpose: what the log advises, applied, makes them pass.

use proxy_tests::{
    Example, Nginx,
    configurations::{KEEPS_HOST, SAYS_HOST, SAYS_PREFIX},
};

const URL: &str = "https://hooks.example.com/voice?lang=en";

const SAYS_FORWARDED: &str = r#"
    location / {
        proxy_pass http://UPSTREAM;
        proxy_set_header Forwarded "for=$remote_addr;host=\"$http_host\";proto=$scheme";
    }"#;

/// Calls a server that is configured wrongly, takes the advice from its log, and calls one that
/// is configured by it. Nothing to show where nginx or curl is not installed.
#[track_caller]
fn assert_advice_helps(nginx: &str, wrong: Option<&str>, url: &str, advice: &str) {
    let Some(misconfigured) = Nginx::start(nginx, Example::explaining(wrong)) else {
        return;
    };
    misconfigured.client().assert_refused(url);
    let advised = misconfigured
        .upstream()
        .logged_behind("SIGNALWIRE_WEBHOOK_URL=");
    assert_eq!(advised, advice);

    let configured = Nginx::start(nginx, Example::with_base(&advised)).expect("nginx is there");
    configured.client().assert_verified(url);
}

#[test]
fn a_host_that_is_not_kept_but_said() {
    assert_advice_helps(SAYS_HOST, None, URL, "https://hooks.example.com");
}

#[test]
fn a_host_that_is_said_in_the_standard_header() {
    assert_advice_helps(SAYS_FORWARDED, None, URL, "https://hooks.example.com");
}

#[test]
fn a_prefix_that_is_stripped_and_said() {
    let url = "https://hooks.example.com/hooks/voice?lang=en";
    assert_advice_helps(SAYS_PREFIX, None, url, "https://hooks.example.com/hooks");
    let without_prefix = Some("https://hooks.example.com");
    assert_advice_helps(
        SAYS_PREFIX,
        without_prefix,
        url,
        "https://hooks.example.com/hooks",
    );
}

#[test]
fn a_base_with_another_host() {
    let wrong = Some("https://hooks.example.org");
    assert_advice_helps(KEEPS_HOST, wrong, URL, "https://hooks.example.com");
}

#[test]
fn a_base_with_a_prefix_that_nothing_strips() {
    let wrong = Some("https://hooks.example.com/hooks");
    assert_advice_helps(KEEPS_HOST, wrong, URL, "https://hooks.example.com");
}
