//! Hosts, ports and credentials.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn hosts() -> Vec<Deployment> {
    let mut all: Vec<Deployment> = [
        "x-forwarded-host",
        "forwarded",
        "x-original-host",
        "x-envoy-original-host",
        "x-host",
        "x-real-host",
        "disguised-host",
        "x-ms-original-host",
        "x-forwarded-server",
        "x-http-host-override",
        "x-tunnel-hostname",
        "x-client-domain",
    ]
    .into_iter()
    .map(|header| {
        case(
            header,
            sms().hop(host("app:3000", header)),
            &[Cause::Host],
            BASE,
        )
    })
    .collect();
    all.extend([
        case(
            "SWML after a proxy",
            swml().hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "a GET after a proxy",
            get(SMS).hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "a digest after a proxy",
            digest(SMS).hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "messaging after a proxy",
            Deployment::new(Kind::JsonSha1, SMS).hop(host("app", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "two proxies",
            sms()
                .hop(host("inner.local", "x-forwarded-host"))
                .hop(header("x-forwarded-host", "inner.local, hooks.example.com")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "trusted headers would do",
            sms()
                .hop(host("app:3000", "x-forwarded-host"))
                .hop(header("x-forwarded-proto", "https")),
            &[Cause::Host],
            "from_headers([ForwardingHeader::XForwardedHost]",
        ),
        case(
            "captured on its way to another host",
            sms().hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host],
            "captured on its way to another host, this would admit it",
        ),
        case(
            "the base of staging",
            sms().configured(base("https://staging.example.com")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "yesterday's tunnel",
            sms().configured(base("https://yesterday.example.com")),
            &[Cause::Host],
            "no .public_url and no SIGNALWIRE_WEBHOOK_URL would do too",
        ),
        case(
            "http in the dashboard",
            form("http://hooks.example.com/sms").configured(base("https://hooks.example.com")),
            &[Cause::Scheme],
            r#"PublicUrl::base("http://hooks.example.com")?"#,
        ),
        case(
            "http in the configuration",
            sms().configured(base("http://hooks.example.com")),
            &[Cause::Scheme],
            BASE,
        ),
        case(
            "exact of http",
            sms().configured(exact("http://hooks.example.com/sms")),
            &[Cause::Scheme],
            BASE,
        ),
        case(
            "trusted inner host",
            sms()
                .configured(PublicUrl::from_headers([ForwardingHeader::XForwardedHost]))
                .hop(header("x-forwarded-host", "inner.local")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "no host at all",
            sms().hop(renamed("host", "x-forwarded-host")),
            &[Cause::UnknownUrl],
            BASE,
        ),
        case(
            "a host that is none",
            sms().hop(host("not a host", "x-forwarded-host")),
            &[Cause::UnknownUrl],
            BASE,
        ),
        case(
            "two Host lines",
            sms().hop(another_line("host", "inner.local")),
            &[Cause::AmbiguousHost],
            BASE,
        ),
        case(
            "www. added by a redirect",
            form("https://example.com/sms").hop(host("www.example.com", "")),
            &[Cause::Host],
            r#"PublicUrl::base("https://example.com")?"#,
        ),
        case(
            "www. removed by a redirect",
            form("https://www.example.com/sms").hop(host("example.com", "")),
            &[Cause::Host],
            r#"PublicUrl::base("https://www.example.com")?"#,
        ),
        case(
            "a dot at the end",
            form("https://hooks.example.com./sms").hop(host(HOST, "")),
            &[Cause::Host],
            "https://hooks.example.com.",
        ),
        case(
            "a dot at the end, seen",
            sms().hop(host("hooks.example.com.", "")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "upper case in the dashboard, known",
            form("https://Hooks.Example.com/sms").known(),
            &[Cause::Host],
            "https://Hooks.Example.com",
        ),
        case(
            "letters that are not ASCII, known",
            form("https://bücher.example/voice").known(),
            &[Cause::Host],
            "configure https://xn--bcher-kva.example/voice at SignalWire",
        ),
        case(
            "letters that are not ASCII",
            form("https://bücher.example/voice"),
            &[Cause::Host],
            "configure https://xn--bcher-kva.example/voice at SignalWire",
        ),
        case(
            "letters that are not ASCII, and a proxy",
            form("https://bücher.example/voice").hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host],
            r#"PublicUrl::base("https://xn--bcher-kva.example")?"#,
        ),
        case(
            "known alone",
            sms().hop(host("app:3000", "")).known(),
            &[Cause::Host],
            BASE,
        ),
        case(
            "known, of an address",
            sms().hop(host("10.0.0.1:8080", "")).known(),
            &[Cause::Host],
            BASE,
        ),
        case(
            "CloudFront before a load balancer",
            sms().hop(host("lb-1.eu-west-1.elb.amazonaws.com", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "an IPv6 host",
            form("https://[2001:db8::1]:8443/sms").hop(host("app:8443", "x-forwarded-host")),
            &[Cause::Host],
            r#"PublicUrl::base("https://[2001:db8::1]:8443")?"#,
        ),
        case(
            "of another host with its first name",
            sms()
                .configured(base("https://staging.example.com"))
                .known(),
            &[Cause::Host],
            BASE,
        ),
    ]);
    all
}

pub fn ports() -> Vec<Deployment> {
    let at_8443 = r#"PublicUrl::base("https://hooks.example.com:8443")?"#;
    let with_port = "https://hooks.example.com:8443/sms";
    vec![
        case(
            "Host $host",
            form(with_port).hop(without_port()),
            &[Cause::Port],
            at_8443,
        ),
        case(
            "a port in a header",
            form(with_port)
                .hop(without_port())
                .hop(header("x-forwarded-port", "8443")),
            &[Cause::Port],
            at_8443,
        ),
        case(
            "an unusual port in a header",
            form("https://hooks.example.com:9443/sms")
                .hop(without_port())
                .hop(header("x-forwarded-port", "9443")),
            &[Cause::Port],
            ":9443",
        ),
        case(
            "the port of another header",
            form("https://hooks.example.com:3000/sms")
                .hop(host("app:3000", ""))
                .hop(header("x-forwarded-host", "hooks.example.com:9000")),
            &[Cause::Host],
            r#"PublicUrl::base("https://hooks.example.com:3000")?"#,
        ),
        case(
            "the default port and another host",
            form("https://hooks.example.com:443/sms")
                .hop(host("app:3000", ""))
                .hop(header("x-forwarded-host", HOST)),
            &[Cause::Host],
            BASE,
        ),
        case(
            "the default port signed, another seen",
            form("https://hooks.example.com:443/sms").hop(host("hooks.example.com:8080", "")),
            &[Cause::Port],
            BASE,
        ),
        case(
            "another port configured",
            sms()
                .configured(base("https://hooks.example.com:8443"))
                .hop(host("app", ""))
                .known(),
            &[],
            "",
        ),
        case(
            "a port seen that is not signed, and a slash",
            sms()
                .hop(host("hooks.example.com:8080", ""))
                .hop(path("slash", |path| format!("{path}/"))),
            &[Cause::TrailingSlash],
            "PublicUrl::exact",
        ),
        case(
            "http at 80",
            form("http://hooks.example.com:80/sms").hop(host("hooks.example.com:8080", "")),
            &[Cause::Port],
            r#"PublicUrl::base("http://hooks.example.com")?"#,
        ),
    ]
}

pub fn credentials() -> Vec<Deployment> {
    let url = "https://user:hunter2@hooks.example.com/sms";
    vec![
        case(
            "credentials and a proxy",
            form(url).hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "credentials that a proxy removed, known",
            form(url).hop(without("authorization")).known(),
            &[Cause::Credentials],
            r#"PublicUrl::base("https://***@hooks.example.com")?"#,
        ),
        case(
            "credentials in another header",
            form(url).hop(renamed("authorization", "x-forwarded-authorization")),
            &[Cause::Credentials],
            r#"PublicUrl::base("https://***@hooks.example.com")?"#,
        ),
        case(
            "credentials with escapes",
            form("https://user:p%21hunter2%28y%29@hooks.example.com/sms"),
            &[Cause::Credentials],
            "***@",
        ),
        case(
            "credentials with an escaped at sign",
            form("https://user:hunter2%40x@hooks.example.com/sms")
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "a user with a colon",
            form("https://user:@hooks.example.com/sms"),
            &[Cause::Credentials],
            "***@",
        ),
    ]
}
