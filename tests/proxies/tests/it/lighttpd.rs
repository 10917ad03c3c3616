//! lighttpd.

use proxy_tests::{Arrival, Fate, Fates, Front, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

static LIGHTTPD: Proxy = Proxy {
    program: Program::Debian {
        name: "lighttpd",
        package: "lighttpd",
    },
    file: "lighttpd.conf",
    arguments: &["-D", "-f", "lighttpd.conf"],
    configuration: |front, setup| {
        let tls = if front.is_tls() {
            r#"server.modules += ("mod_openssl")
ssl.engine = "enable"
ssl.pemfile = "CERTIFICATE"
ssl.privkey = "PRIVATE_KEY""#
        } else {
            ""
        };
        format!(
            r#"server.modules = ("mod_setenv", "mod_proxy", "mod_rewrite")
server.document-root = "DIRECTORY"
server.bind = "127.0.0.1"
server.port = PORT
{tls}
proxy.server = ("" => (("host" => "127.0.0.1", "port" => UPSTREAM_PORT)))
{setup}
"#
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

const FATES: Fates = Fates {
    host: Fate::Overwritten,
    proto: Fate::Overwritten,
    ..Fates::ALL_PASSED
};

const ARRIVALS: &[(&str, Arrival)] = &[
    ("//voice//x/", Arrival::As("/voice/x/")),
    ("/a/../voice", Arrival::As("/voice")),
    ("/%7Evoice/%61", Arrival::As("/~voice/a")),
    ("/a%2Fb", Arrival::As("/a/b")),
    (
        "/caf%C3%A9%20a?d=%c3%a9",
        Arrival::As("/caf%C3%A9%20a?d=%C3%A9"),
    ),
    (
        "/voice?url=https://x.example/a%2Fb&tilde=%7E",
        Arrival::As("/voice?url=https://x.example/a%2Fb&tilde=~"),
    ),
];

#[test]
fn host_kept() {
    Setup::of(&LIGHTTPD, "")
        .needs(Needs::Nothing)
        .fates(FATES)
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn tls() {
    Setup::of(&LIGHTTPD, "")
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .fates(FATES)
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &LIGHTTPD,
        r#"proxy.header = ("map-host-request" => ("-" => "app.internal"))"#,
    )
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
    .needs(BASE)
    .fates(FATES)
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn forwarded() {
    Setup::of(
        &LIGHTTPD,
        r#"proxy.header = ("map-host-request" => ("-" => "app.internal"))
proxy.forwarded = ("proto" => 1, "host" => 1)"#,
    )
    .needs(BASE)
    .fates(Fates {
        forwarded: Fate::Appended,
        ..FATES
    })
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &LIGHTTPD,
        r#"proxy.header = ("map-urlpath" => ("/hooks/" => "/"))"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(FATES)
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn url_kept_as_received() {
    Setup::of(
        &LIGHTTPD,
        r#"server.http-parseopts = ("url-normalize" => "disable")"#,
    )
    .needs(Needs::Nothing)
    .fates(FATES)
    .check();
}

#[test]
fn forwarded_removed() {
    Setup::of(
        &LIGHTTPD,
        r#"setenv.set-request-header = ("Forwarded" => "")"#,
    )
    .needs(Needs::Nothing)
    .fates(Fates {
        forwarded: Fate::Removed,
        ..FATES
    })
    .arrivals(ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &LIGHTTPD,
        r#"proxy.header = ("map-urlpath" => ("/hooks/" => "/"))
setenv.set-request-header = ("X-Forwarded-Prefix" => "/hooks")"#,
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[XForwardedPrefix]))
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(Fates {
        prefix: Fate::Overwritten,
        ..FATES
    })
    .arrivals(ARRIVALS)
    .check();
}
