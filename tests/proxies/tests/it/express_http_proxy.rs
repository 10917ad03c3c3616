//! express-http-proxy, of npm.

use proxy_tests::{Fate, Fates, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::XForwardedHost;

/// A set-up is what the application uses.
static EXPRESS_HTTP_PROXY: Proxy = Proxy {
    program: Program::Node {
        package: "express-http-proxy",
        oldest: 18,
    },
    file: "proxy.cjs",
    arguments: &["proxy.cjs"],
    configuration: |_, setup| {
        format!(
            r#"const proxy = require("express-http-proxy");
const app = require("express")();
{setup}
app.listen(PORT, "127.0.0.1");
"#
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

#[test]
fn host_replaced() {
    Setup::of(&EXPRESS_HTTP_PROXY, r#"app.use(proxy("http://UPSTREAM"));"#)
        .needs(BASE)
        .cannot_be_advised()
        .check();
}

#[test]
fn host_kept() {
    Setup::of(
        &EXPRESS_HTTP_PROXY,
        r#"app.use(proxy("http://UPSTREAM", { preserveHostHdr: true }));"#,
    )
    .host_line_wins()
    .needs(Needs::Nothing)
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &EXPRESS_HTTP_PROXY,
        r#"app.use("/hooks", proxy("http://UPSTREAM", { preserveHostHdr: true }));"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &EXPRESS_HTTP_PROXY,
        r#"app.use(proxy("http://UPSTREAM", {
            proxyReqOptDecorator: (options, request) => {
                options.headers["x-forwarded-host"] = request.headers.host;
                return options;
            },
        }));"#,
    )
    .host_line_wins()
    .needs(Needs::Headers(&[XForwardedHost]))
    .fates(Fates {
        host: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}
