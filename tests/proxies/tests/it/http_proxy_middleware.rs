//! http-proxy-middleware, of npm.

use proxy_tests::{Arrival, Fate, Fates, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::XForwardedHost;

/// A set-up is what the application uses.
static HTTP_PROXY_MIDDLEWARE: Proxy = Proxy {
    program: Program::Node {
        package: "http-proxy-middleware",
        oldest: 18,
    },
    file: "proxy.cjs",
    arguments: &["proxy.cjs"],
    configuration: |_, setup| {
        format!(
            r#"const {{ createProxyMiddleware }} = require("http-proxy-middleware");
const app = require("express")();
{setup}
app.listen(PORT, "127.0.0.1");
"#
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

const ARRIVALS: &[(&str, Arrival)] = &[("//voice//x/", Arrival::As("/voice/x/"))];

#[test]
fn host_kept() {
    Setup::of(
        &HTTP_PROXY_MIDDLEWARE,
        r#"app.use(createProxyMiddleware({ target: "http://UPSTREAM" }));"#,
    )
    .host_line_wins()
    .needs(Needs::Nothing)
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &HTTP_PROXY_MIDDLEWARE,
        r#"app.use(createProxyMiddleware({ target: "http://UPSTREAM", changeOrigin: true }));"#,
    )
    .needs(BASE)
    .cannot_be_advised()
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn host_replaced_and_said_where_the_client_does_not() {
    Setup::of(&HTTP_PROXY_MIDDLEWARE, r#"app.use(createProxyMiddleware({ target: "http://UPSTREAM", changeOrigin: true, xfwd: true }));"#)
        .needs(BASE)
        .fates(Fates {
            host: Fate::Filled,
            proto: Fate::Appended,
            port: Fate::Appended,
            ..Fates::ALL_PASSED
        })
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &HTTP_PROXY_MIDDLEWARE,
        r#"app.use("/hooks", createProxyMiddleware({ target: "http://UPSTREAM" }));"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &HTTP_PROXY_MIDDLEWARE,
        r#"app.use(createProxyMiddleware({
            target: "http://UPSTREAM",
            changeOrigin: true,
            on: {
                proxyReq: (outgoing, request) =>
                    outgoing.setHeader("x-forwarded-host", request.headers.host),
            },
        }));"#,
    )
    .host_line_wins()
    .needs(Needs::Headers(&[XForwardedHost]))
    .fates(Fates {
        host: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .arrivals(ARRIVALS)
    .check();
}
