//! `HAProxy`.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use proxy_tests::{Fate, Fates, Front, Needs, Program, Proxy, Setup, Upstream};
use signalwire_webhook::ForwardingHeader::{XForwardedHost, XForwardedPrefix, XForwardedProto};

static HAPROXY: Proxy = Proxy {
    program: Program::Debian {
        name: "haproxy",
        package: "haproxy",
    },
    file: "haproxy.cfg",
    arguments: &["-db", "-f", "haproxy.cfg"],
    configuration: |front, setup| {
        let tls = match front {
            Front::Plain => "",
            Front::PlainHttp2 => "proto h2",
            Front::TlsHttp1 => "ssl crt BOTH",
            Front::Tls => "ssl crt BOTH alpn h2,http/1.1",
        };
        format!(
            "defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen hooks
    bind LISTEN {tls}
{setup}
"
        )
    },
};

const BASE: Needs<'_> = Needs::Base("https://hooks.example.com");

#[test]
fn host_kept() {
    Setup::of(&HAPROXY, "    server app UPSTREAM")
        .needs(Needs::Nothing)
        .check();
}

#[test]
fn tls() {
    Setup::of(
        &HAPROXY,
        "    server app UPSTREAM
    http-request set-header X-Forwarded-Proto https",
    )
    .front(Front::Tls)
    .needs(Needs::Nothing)
    .fates(Fates {
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn host_replaced() {
    Setup::of(
        &HAPROXY,
        "    server app UPSTREAM
    http-request set-header Host app.internal",
    )
    .needs(BASE)
    .cannot_be_advised()
    .check();
}

#[test]
fn host_replaced_and_said() {
    Setup::of(
        &HAPROXY,
        "    server app UPSTREAM
    http-request set-header X-Forwarded-Proto https
    http-request set-header X-Forwarded-Host %[req.hdr(Host)]
    http-request set-header Host app.internal",
    )
    .front(Front::Tls)
    .needs(Needs::Headers(&[XForwardedHost, XForwardedProto]))
    .needs(BASE)
    .fates(Fates {
        host: Fate::Overwritten,
        proto: Fate::Overwritten,
        ..Fates::ALL_PASSED
    })
    .check();
}

#[test]
fn prefix_stripped() {
    Setup::of(
        &HAPROXY,
        r"    server app UPSTREAM
    http-request replace-path /hooks(/.*) \1",
    )
    .public("https://hooks.example.com/hooks")
    .needs(Needs::Base("https://hooks.example.com/hooks"))
    .check();
}

#[test]
fn prefix_stripped_and_said() {
    Setup::of(
        &HAPROXY,
        r"    server app UPSTREAM
    http-request set-header X-Forwarded-Prefix /hooks
    http-request replace-path /hooks(/.*) \1",
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
fn tcp() {
    Setup::of(
        &HAPROXY,
        "    mode tcp
    server app UPSTREAM",
    )
    .needs(Needs::Nothing)
    .check();
}

#[test]
fn http2() {
    Setup::of(&HAPROXY, "    server app UPSTREAM")
        .front(Front::PlainHttp2)
        .needs(Needs::Nothing)
        .check();
}

#[test]
fn http2_to_the_server() {
    Setup::of(&HAPROXY, "    server app UPSTREAM proto h2")
        .front(Front::Tls)
        .needs(Needs::Nothing)
        .check();
}

#[test]
fn forwarding_headers_removed() {
    Setup::of(
        &HAPROXY,
        "    server app UPSTREAM
    http-request del-header Forwarded
    http-request del-header X-Forwarded- -m beg",
    )
    .needs(Needs::Nothing)
    .fates(Fates {
        forwarded: Fate::Removed,
        host: Fate::Removed,
        proto: Fate::Removed,
        port: Fate::Removed,
        prefix: Fate::Removed,
    })
    .check();
}

/// The address of the client goes from one proxy to the next before the first byte of HTTP.
#[test]
fn the_proxy_protocol_between_two_proxies() {
    Setup::of(
        &HAPROXY,
        "    mode tcp
    server inner unix@DIRECTORY/inner.sock send-proxy
listen inner
    bind unix@DIRECTORY/inner.sock accept-proxy
    server app UPSTREAM",
    )
    .needs(Needs::Nothing)
    .check();
}

/// axum does not read the line with which `send-proxy` begins.
#[test]
fn the_proxy_protocol_to_the_server() {
    let upstream = Upstream::start();
    let mut connection = TcpStream::connect(upstream.address()).expect("it listens");
    connection
        .write_all(
            b"PROXY TCP4 192.0.2.1 192.0.2.2 4321 443\r\n\
            GET /voice HTTP/1.1\r\nHost: hooks.example.com\r\n\r\n",
        )
        .expect("it reads");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(upstream.take_received().is_empty());
}
