//! @fastify/http-proxy, of npm.

use proxy_tests::{Arrival, Fate, Fates, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::XForwardedHost;

/// A set-up is the options.
static FASTIFY_HTTP_PROXY: Proxy = Proxy {
    program: Program::Node {
        package: "@fastify/http-proxy",
        oldest: 20,
    },
    file: "proxy.cjs",
    arguments: &["proxy.cjs"],
    configuration: |_, setup| {
        format!(
            r#"const server = require("fastify")();
server.register(require("@fastify/http-proxy"), {{ upstream: "http://UPSTREAM", {setup} }});
server.listen({{ port: PORT, host: "127.0.0.1" }});
"#
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

const ARRIVALS: &[(&str, Arrival)] = &[
    ("//voice//x/", Arrival::Never(400)),
    ("/a/../voice", Arrival::Never(400)),
];

#[test]
fn host_replaced() {
    Setup::of(&FASTIFY_HTTP_PROXY, "")
        .needs(BASE)
        .cannot_be_advised()
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn host_kept() {
    Setup::of(
        &FASTIFY_HTTP_PROXY,
        "replyOptions: { rewriteRequestHeaders: (request, headers) => ({ ...headers, host: request.headers.host }) }",
    )
    .needs(Needs::Nothing)
    .arrivals(ARRIVALS)
        .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(&FASTIFY_HTTP_PROXY, r#"prefix: "/hooks""#)
        .public("https://hooks.example.com/hooks")
        .needs(Needs::Base("https://hooks.example.com/hooks"))
        .cannot_be_advised()
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &FASTIFY_HTTP_PROXY,
        r#"replyOptions: { rewriteRequestHeaders: (request, headers) => ({ ...headers, "x-forwarded-host": request.headers.host }) }"#,
    )
    .needs(Needs::Headers(&[XForwardedHost]))
    .fates(Fates {
        host: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .arrivals(ARRIVALS)
    .check();
}
