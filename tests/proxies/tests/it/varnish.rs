//! Varnish.

use proxy_tests::{Arrival, Call, Fate, Fates, Front, Needs, Program, Proxy, Sent, Setup, Version};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix};

static VARNISH: Proxy = Proxy {
    program: Program::Debian {
        name: "varnishd",
        package: "varnish",
    },
    file: "default.vcl",
    arguments: &[
        "-F",
        "-n",
        "DIRECTORY/varnish",
        "-j",
        "none",
        "-a",
        "LISTEN",
        "-f",
        "DIRECTORY/default.vcl",
        "-s",
        "malloc,8m",
        "-p",
        "feature=+http2",
        "-p",
        "thread_pools=1",
        "-p",
        "thread_pool_min=5",
    ],
    configuration: |_, setup| {
        format!(
            "vcl 4.1;
import std;
backend default {{ .host = \"127.0.0.1\"; .port = \"UPSTREAM_PORT\"; }}
{setup}
"
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

#[test]
fn host_kept() {
    Setup::of(&VARNISH, "").needs(Needs::Nothing).check();
}

#[test]
fn http2() {
    Setup::of(&VARNISH, "")
        .front(Front::PlainHttp2)
        .needs(Needs::Nothing)
        .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &VARNISH,
        "sub vcl_backend_fetch { set bereq.http.Host = \"app.internal\"; }",
    )
    .needs(BASE)
    .cannot_be_advised()
    .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &VARNISH,
        "sub vcl_backend_fetch {
            set bereq.http.X-Forwarded-Host = bereq.http.Host;
            set bereq.http.Host = \"app.internal\";
        }",
    )
    .needs(Needs::Headers(&[XForwardedHost]))
    .needs(BASE)
    .fates(Fates {
        host: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &VARNISH,
        r#"sub vcl_recv { set req.url = regsub(req.url, "^/hooks", ""); }"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .check();
}

#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &VARNISH,
        r#"sub vcl_recv {
            set req.url = regsub(req.url, "^/hooks", "");
            set req.http.X-Forwarded-Prefix = "/hooks";
        }"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[XForwardedPrefix]))
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(Fates {
        prefix: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn query_sorted() {
    Setup::of(
        &VARNISH,
        "sub vcl_recv { set req.url = std.querysort(req.url); }",
    )
    .needs(Needs::Nothing)
    .arrivals(&[
        (
            "/voice?b=2&a=1&a=1&flag",
            Arrival::As("/voice?a=1&a=1&b=2&flag"),
        ),
        (
            "/voice?url=https://x.example/a%2Fb&tilde=%7E",
            Arrival::As("/voice?tilde=%7E&url=https://x.example/a%2Fb"),
        ),
    ])
    .check();
}

/// A cache finds an answer by the URL. The signature is not part of it.
#[test]
fn a_cached_answer_is_given_to_whoever_asks() {
    let setup = Setup::of(&VARNISH, "");
    let Some(running) = setup.start() else { return };
    let url = setup.public_url("/voice?lang=en");
    let called = setup.called(&url);
    let forged = Call::unsigned(Version::Http1, &called, Sent::Get);
    let genuine = forged.clone().signed(Sent::Get.signature(&url));

    assert_eq!(running.client().call(&genuine).status, 200);
    assert!(running.client().call(&forged).is_refusal());

    running.upstream().let_answers_be_cached();
    assert_eq!(running.client().call(&genuine).status, 200);
    assert_eq!(running.client().call(&forged).status, 200);
    let received = running.upstream().take_received();
    assert_eq!(
        received.len(),
        3,
        "the last one did not arrive: {received:#?}"
    );
}
