//! What a program with TLS is told by a real Redis, and of one.

#![cfg(all(feature = "crypto-provider", not(feature = "mozilla-roots")))]

mod program;
mod server;

use program::Program;
use server::Tls;

#[test]
fn an_authority_that_ssl_cert_file_names_is_trusted() {
    let Some(tls) = Tls::start(&[]) else { return };
    let printed = Program::trusting(&tls.authority()).run(&tls.url(""));
    assert_eq!(printed.as_deref(), Ok("Granted\nHeld\n"));
}

#[test]
fn a_password_goes_with_it() {
    let Some(tls) = Tls::start(&["--requirepass", "right"]) else {
        return;
    };
    let printed = Program::trusting(&tls.authority()).run(&tls.url(":right@"));
    assert_eq!(printed.as_deref(), Ok("Granted\nHeld\n"));
    for credentials in ["", ":wrong-one@"] {
        let error = Program::trusting(&tls.authority())
            .run(&tls.url(credentials))
            .unwrap_err();
        assert!(error.contains("has its password"), "{error}");
        assert!(!error.contains("wrong-one"), "{error}");
    }
}

#[test]
fn a_certificate_of_an_authority_that_nobody_trusts_is_said_so() {
    let Some(tls) = Tls::start(&[]) else { return };
    let error = Program::trusting_the_system()
        .run(&tls.url(""))
        .unwrap_err();
    for expected in [
        "no TLS connection to Redis at localhost:",
        "UnknownIssuer",
        "SSL_CERT_FILE",
        "connect_lazy",
    ] {
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_certificate_for_another_host_is_said_so() {
    let Some(tls) = Tls::start(&[]) else { return };
    let url = tls.url("").replace("localhost", "127.0.0.1");
    let error = Program::trusting(&tls.authority()).run(&url).unwrap_err();
    for expected in [
        "no TLS connection to Redis at 127.0.0.1:",
        "not valid for name",
        "for this host",
    ] {
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_redis_that_wants_a_certificate_of_its_clients_is_said_so() {
    let Some(tls) = Tls::start(&["--tls-auth-clients", "yes"]) else {
        return;
    };
    let error = Program::trusting(&tls.authority())
        .run(&tls.url(""))
        .unwrap_err();
    assert!(error.contains("CertificateRequired"), "{error}");
}

#[test]
fn the_other_scheme_is_advised_where_the_url_has_the_wrong_one() {
    let Some(tls) = Tls::start(&[]) else { return };
    let url = tls.url("").replace("rediss://", "redis://");
    let error = Program::trusting(&tls.authority()).run(&url).unwrap_err();
    assert!(error.contains("begins with rediss://"), "{error}");

    let Some(plain) = signalwire_webhook_once_redis::Redis::start() else {
        return;
    };
    let url = plain.url().replace("redis://", "rediss://");
    let error = Program::trusting(&tls.authority()).run(&url).unwrap_err();
    assert!(error.contains("takes TLS"), "{error}");
}

/// The lines of this package's manifest are those that users are told to write.
#[test]
fn the_documentation_names_these_dependencies() {
    let manifest = include_str!("../Cargo.toml").replace(", optional = true", "");
    let line_of = |name: &str| {
        let mut lines = manifest.lines();
        lines
            .find(|line| line.starts_with(name))
            .unwrap()
            .to_owned()
    };
    let in_one_line = |text: &str| {
        let words = text.split_whitespace().filter(|word| *word != "///");
        words.collect::<Vec<_>>().join(" ")
    };
    let guide = in_one_line(include_str!("../../../docs/deliver_once.md"));
    let rustdoc = in_one_line(include_str!("../../../src/once/redis/mod.rs"));
    for line in [line_of("redis = "), line_of("rustls = ")] {
        assert!(guide.contains(&line), "{line}");
        assert!(rustdoc.contains(&line), "{line}");
    }
}
