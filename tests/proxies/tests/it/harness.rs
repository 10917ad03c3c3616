//! The harness itself: what is expected wrongly of a set-up is found.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proxy_tests::{Arrival, Fate, Fates, Needs, Setup};
use signalwire_webhook::ForwardingHeader::{Forwarded, XForwardedHost};

use crate::nginx::NGINX;

const HOST_KEPT: &str = "location / {
    proxy_pass http://UPSTREAM;
    proxy_set_header Host $host;
}";

const HOST_REPLACED: &str = "location / { proxy_pass http://UPSTREAM; }";

/// Nothing to find where nginx is not installed.
#[track_caller]
fn assert_fails(setup: &Setup, complaint: &str) {
    if setup.start().is_none() {
        return;
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| setup.check()));
    let panic = outcome.expect_err("something is found");
    let said = panic.downcast_ref::<String>().expect("a text");
    assert!(said.contains(complaint), "{said}");
}

#[test]
fn a_setting_that_does_not_suffice() {
    assert_fails(
        &Setup::of(&NGINX, HOST_REPLACED).needs(Needs::Nothing),
        "(403, ",
    );
}

#[test]
fn a_setting_that_lets_a_captured_request_pass() {
    let trusting = [
        (Needs::Headers(&[Forwarded]), "Headers([Forwarded]) Replay"),
        (
            Needs::Headers(&[XForwardedHost]),
            "Headers([XForwardedHost]) Replay",
        ),
    ];
    for (needs, complaint) in trusting {
        assert_fails(&Setup::of(&NGINX, HOST_KEPT).needs(needs), complaint);
    }
}

#[test]
fn a_fate_that_is_another() {
    let wrong = Fates {
        forwarded: Fate::Overwritten,
        ..Fates::ALL_PASSED
    };
    assert_fails(
        &Setup::of(&NGINX, HOST_KEPT)
            .needs(Needs::Nothing)
            .fates(wrong),
        "forwarded: Overwritten",
    );
}

#[test]
fn a_path_that_arrives_otherwise() {
    let wrong: [&[_]; 2] = [
        &[("/a%2Fb", Arrival::As("/a/b"))],
        &[("/a%2Fb", Arrival::Never(404))],
    ];
    for arrivals in wrong {
        assert_fails(
            &Setup::of(&NGINX, HOST_KEPT)
                .needs(Needs::Nothing)
                .arrivals(arrivals),
            "/a%2Fb: expected ",
        );
    }
}

#[test]
fn a_host_line_that_does_not_win() {
    assert_fails(
        &Setup::of(&NGINX, HOST_KEPT)
            .needs(Needs::Nothing)
            .host_line_wins(),
        "Nothing Answer",
    );
}

#[test]
fn advice_that_the_log_gives_against_what_was_expected() {
    assert_fails(
        &Setup::of(&NGINX, HOST_REPLACED).needs(Needs::Base("https://hooks.example.com")),
        "Nothing: None by ",
    );
}
