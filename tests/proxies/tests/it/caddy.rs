//! Caddy.

use proxy_tests::{Arrival, Fate, Fates, Front, Needs, Program, Proxy, Setup};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

static CADDY: Proxy = Proxy {
    program: Program::Debian {
        name: "caddy",
        package: "caddy",
    },
    file: "Caddyfile",
    arguments: &["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
    configuration: |front, setup| {
        let tls = if front.is_tls() {
            "tls CERTIFICATE PRIVATE_KEY"
        } else {
            ""
        };
        format!(
            "{{
                admin off
                auto_https disable_redirects
                default_bind 127.0.0.1
            }}
            :PORT {{
                {tls}
                {setup}
            }}
            "
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

/// It knows nothing of `Forwarded` and of a port, and overwrites the others that it knows.
const FATES: Fates = Fates {
    host: Fate::Overwritten,
    proto: Fate::Overwritten,
    ..Fates::ALL_PASSED
};

/// Of a path from which it strips a prefix.
const STRIPPED_ARRIVALS: &[(&str, Arrival)] = &[
    ("//voice//x/", Arrival::As("/voice/x/")),
    ("/a/../voice", Arrival::As("/voice")),
];

#[test]
fn host_kept() {
    Setup::of(&CADDY, "reverse_proxy UPSTREAM")
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn tls() {
    Setup::of(&CADDY, "reverse_proxy UPSTREAM")
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn http2_to_the_server() {
    Setup::of(&CADDY, "reverse_proxy h2c://UPSTREAM")
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .fates(FATES)
        .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &CADDY,
        "reverse_proxy UPSTREAM {
            header_up Host {upstream_hostport}
        }",
    )
    .front(Front::Tls)
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
    .needs(BASE)
    .fates(FATES)
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &CADDY,
        "handle_path /hooks/* {
            reverse_proxy UPSTREAM
        }",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(FATES)
    .arrivals(STRIPPED_ARRIVALS)
    .check();
}

#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &CADDY,
        "handle_path /hooks/* {
            reverse_proxy UPSTREAM {
                header_up X-Forwarded-Prefix /hooks
            }
        }",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Headers(&[XForwardedPrefix]))
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .fates(Fates {
        prefix: Fate::Overwritten,
        ..FATES
    })
    .arrivals(STRIPPED_ARRIVALS)
    .check();
}

/// As it is told to where another proxy is before it.
#[test]
fn trusting_the_proxy_before_it() {
    Setup::of(
        &CADDY,
        "reverse_proxy UPSTREAM {
            trusted_proxies private_ranges
        }",
    )
    .needs(Needs::Nothing)
    .fates(Fates {
        host: Fate::Filled,
        proto: Fate::Filled,
        ..FATES
    })
    .check();
}

#[test]
fn forwarded_removed() {
    Setup::of(
        &CADDY,
        "reverse_proxy UPSTREAM {
            header_up -Forwarded
        }",
    )
    .needs(Needs::Nothing)
    .fates(Fates {
        forwarded: Fate::Removed,
        ..FATES
    })
    .check();
}
