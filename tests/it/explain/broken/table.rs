//! One deployment a line: what broke it, the first cause that is told, and a part of the fix.

use signalwire_webhook::{ForwardingHeader, PublicUrl, SignatureScheme, explain::Cause};

use super::{
    deployment::{Deployment, FORM, KEY, Kind, Outcome, judge},
    hops::*,
};

const SMS: &str = "https://hooks.example.com/sms";
const HOST: &str = "hooks.example.com";
const BASE: &str = r#"PublicUrl::base("https://hooks.example.com")?"#;
const KEEP_BODY: &str = ".layer(what_changes_the_body).layer(webhook())";

fn form(url: &str) -> Deployment {
    Deployment::form(url)
}

fn sms() -> Deployment {
    form(SMS)
}

fn swml() -> Deployment {
    Deployment::json("https://hooks.example.com/swml")
}

fn digest(url: &str) -> Deployment {
    Deployment::new(Kind::Digest, url)
}

fn get(url: &str) -> Deployment {
    Deployment::new(Kind::Get, url)
}

fn base(url: &str) -> PublicUrl {
    PublicUrl::base(url).unwrap()
}

fn exact(url: &str) -> PublicUrl {
    PublicUrl::exact(url).unwrap()
}

fn case(name: &str, deployment: Deployment, causes: &[Cause], fix: &'static str) -> Deployment {
    deployment.named(name).explained(causes).fixed_by(fix)
}

fn hosts() -> Vec<Deployment> {
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

fn ports() -> Vec<Deployment> {
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

fn credentials() -> Vec<Deployment> {
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

fn paths() -> Vec<Deployment> {
    let at = |path: &str| format!("https://hooks.example.com{path}");
    let hooks = r#"PublicUrl::base("https://hooks.example.com/hooks")?"#;
    let mut all: Vec<Deployment> = [
        "x-forwarded-prefix",
        "x-script-name",
        "x-ingress-path",
        "x-forwarded-path",
        "x-forwarded-context",
        "x-stripped-prefix",
    ]
    .into_iter()
    .map(|header| {
        case(
            header,
            form(&at("/mounted/sms")).hop(stripped("/mounted", header)),
            &[Cause::PathPrefix],
            r#"PublicUrl::base("https://hooks.example.com/mounted")?"#,
        )
    })
    .collect();
    all.extend(
        [
            "x-original-uri",
            "x-original-url",
            "x-forwarded-uri",
            "x-rewrite-url",
            "x-envoy-original-path",
            "x-request-uri",
            "x-replaced-path",
            "x-forwarded-path",
            "x-ms-original-url",
            "x-forwarded-url",
            "x-waws-unencoded-url",
            "x-my-original-path",
        ]
        .into_iter()
        .map(|header| {
            case(
                header,
                form(&at("/api/in")).hop(rewritten("/internal", header)),
                &[Cause::Path],
                r#"PublicUrl::exact("https://hooks.example.com/api/in")?), for this route alone"#,
            )
        }),
    );
    all.extend([
        case(
            "Caddy's handle_path",
            form(&at("/hooks/sms")).hop(stripped("/hooks", "")),
            &[Cause::PathPrefix],
            hooks,
        ),
        case(
            "nginx strips a whole path",
            form(&at("/hooks")).hop(stripped("/hooks", "")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/hooks",
        ),
        case(
            "nginx strips a path with its slash",
            form(&at("/hooks/")).hop(stripped("/hooks/", "")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/hooks",
        ),
        case(
            "/api stripped",
            form(&at("/api/sms")).hop(stripped("/api", "")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/api",
        ),
        case(
            "a stage stripped",
            form(&at("/prod/sms")).hop(stripped("/prod", "")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/prod",
        ),
        case(
            "/api/v1 stripped of a SWML request",
            Deployment::json(&at("/api/v1/swml")).hop(stripped("/api/v1", "")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/api/v1",
        ),
        case(
            "ProxyPass /hooks/ leaves two slashes",
            form(&at("/hooks/sms")).hop(path("//", |path| path.replace("/hooks", "/"))),
            &[Cause::PathPrefix, Cause::MergedSlashes],
            "PublicUrl::exact",
        ),
        case(
            "a prefix and the host",
            form(&at("/hooks/sms"))
                .hop(stripped("/hooks", "x-forwarded-prefix"))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::PathPrefix],
            hooks,
        ),
        case(
            "two prefixes in two lines",
            form(&at("/a/b/sms"))
                .hop(stripped("/a/b", ""))
                .hop(another_line("x-forwarded-prefix", "/a"))
                .hop(another_line("x-forwarded-prefix", "/b")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/a/b",
        ),
        case(
            "a prefix of a digest request",
            digest(&at("/hooks/status")).hop(stripped("/hooks", "x-forwarded-prefix")),
            &[Cause::PathPrefix],
            hooks,
        ),
        case(
            "a prefix configured that nothing strips",
            sms().configured(base("https://hooks.example.com/hooks")),
            &[Cause::PathPrefix],
            BASE,
        ),
        case(
            "a segment added",
            sms().hop(path("/internal", |path| format!("/internal{path}"))),
            &[Cause::PathPrefix],
            "PublicUrl::exact",
        ),
        case(
            "two segments added",
            sms().hop(path("/a/b", |path| format!("/a/b{path}"))),
            &[Cause::PathPrefix],
            "PublicUrl::exact",
        ),
        case(
            "a slash removed",
            form(&at("/sms/")).hop(path("no slash", |path| {
                path.trim_end_matches('/').to_owned()
            })),
            &[Cause::TrailingSlash],
            r#"PublicUrl::exact("https://hooks.example.com/sms/")?"#,
        ),
        case(
            "a slash added",
            sms().hop(path("slash", |path| {
                format!("{}/", path.trim_end_matches('/'))
            })),
            &[Cause::TrailingSlash],
            r#"PublicUrl::exact("https://hooks.example.com/sms")?"#,
        ),
        case(
            "a slash of a digest request",
            digest(&at("/status/")).hop(path("no slash", |path| {
                path.trim_end_matches('/').to_owned()
            })),
            &[Cause::TrailingSlash],
            "configure https://hooks.example.com/status at SignalWire",
        ),
        case(
            "a slash of a GET",
            get(&at("/sms/")).hop(path("no slash", |path| {
                path.trim_end_matches('/').to_owned()
            })),
            &[Cause::TrailingSlash],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        case(
            "a slash of a digest request after a proxy",
            digest(&at("/status/"))
                .hop(path("no slash", |path| {
                    path.trim_end_matches('/').to_owned()
                }))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::TrailingSlash],
            BASE,
        ),
        case(
            "nginx merges slashes",
            form(&at("//sms")).hop(path("merges", |path| path.replace("//", "/"))),
            &[Cause::MergedSlashes],
            "PublicUrl::exact",
        ),
        case(
            "slashes within",
            form(&at("/a//sms")).hop(path("merges", |path| path.replace("//", "/"))),
            &[Cause::MergedSlashes],
            "https://hooks.example.com/a",
        ),
        case(
            "slashes within a digest's path",
            digest(&at("/a//sms")).hop(path("merges", |path| path.replace("//", "/"))),
            &[Cause::MergedSlashes],
            "https://hooks.example.com/a",
        ),
        case(
            "a path decoded",
            form(&at("/sms%2Fin")).hop(path("decodes", |path| path.replace("%2F", "/"))),
            &[Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "escapes in lower case",
            form(&at("/caf%C3%A9")).hop(path("lower", |path| path.replace("%C3%A9", "%c3%a9"))),
            &[Cause::PathEncoding],
            r#"PublicUrl::exact("https://hooks.example.com/caf%C3%A9")?"#,
        ),
        case(
            "a tilde escaped",
            form(&at("/~acme/sms")).hop(path("tilde", |path| path.replace('~', "%7E"))),
            &[Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "a tilde unescaped",
            form(&at("/%7Eacme/sms")).hop(path("tilde", |path| path.replace("%7E", "~"))),
            &[Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "an at sign escaped",
            form(&at("/sms/@acme")).hop(path("at", |path| path.replace('@', "%40"))),
            &[Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "escaped again",
            form(&at("/my%20sms")).hop(path("again", |path| path.replace('%', "%25"))),
            &[Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "a semicolon escaped",
            form(&at("/sms;v=1")).hop(path("semicolon", |path| path.replace(';', "%3B"))),
            &[Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "a space in the dashboard",
            form(&at("/my sms")),
            &[Cause::PathEncoding],
            "configure https://hooks.example.com/my%20sms at SignalWire",
        ),
        case(
            "a space in the dashboard and a proxy",
            form(&at("/my sms")).hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::PathEncoding],
            BASE,
        ),
        case(
            "a space and a proxy, known",
            form(&at("/my sms")).hop(host("app:3000", "")).known(),
            &[Cause::Host, Cause::PathEncoding],
            "configure https://hooks.example.com/my%20sms",
        ),
        case(
            "a slash and a tilde",
            form(&at("/~acme/")).hop(path("both", |path| {
                path.trim_end_matches('/').replace('~', "%7E")
            })),
            &[Cause::TrailingSlash, Cause::PathEncoding],
            "PublicUrl::exact",
        ),
        case(
            "known, rewritten",
            form(&at("/api/in"))
                .hop(path("rewrites", |_| "/internal".to_owned()))
                .known(),
            &[Cause::Path],
            "PublicUrl::exact",
        ),
        case(
            "a root without its slash",
            form("https://hooks.example.com").hop(host("app", "x-forwarded-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "an ingress strips everything",
            form(&at("/hooks/sms"))
                .hop(path("root", |_| "/".to_owned()))
                .hop(header("x-original-uri", "/hooks/sms")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/hooks/sms",
        ),
    ]);
    all
}

fn queries() -> Vec<Deployment> {
    let sms = |query: &str| form(&format!("https://hooks.example.com/sms?{query}"));
    let exact = r#"PublicUrl::exact("https://hooks.example.com/sms?…")?), for this route alone"#;
    vec![
        case(
            "sorted",
            sms("b=2&a=1").hop(sorted()),
            &[Cause::QueryOrder],
            exact,
        ),
        case(
            "reversed",
            sms("a=1&b=2&c=3").hop(reordered(&[2, 1, 0])),
            &[Cause::QueryOrder],
            exact,
        ),
        case(
            "three in any order",
            sms("lang=en&tenant=7&id=5").hop(reordered(&[2, 0, 1])),
            &[Cause::QueryOrder],
            exact,
        ),
        case(
            "four in any order",
            sms("a=1&b=2&c=3&d=4").hop(reordered(&[2, 0, 3, 1])),
            &[Cause::QueryOrder],
            exact,
        ),
        case(
            "a plus for a space",
            sms("name=a%20b").hop(in_query("%20", "+")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "a space for a plus",
            sms("name=a+b").hop(in_query("+", "%20")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "an apostrophe",
            sms("name=Sull'Adda").hop(in_query("'", "%27")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "an apostrophe decoded",
            sms("name=Sull%27Adda").hop(in_query("%27", "'")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "a colon and an at sign",
            sms("to=sip:1001@192.0.2.9")
                .hop(in_query(":", "%3A"))
                .hop(in_query("@", "%40")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "an at sign of both",
            sms("to=sip:1001@192.0.2.9").hop(in_query("@", "%40")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "a plus sign decoded",
            sms("from=%2B1555").hop(in_query("%2B", "+")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "a plus sign encoded",
            sms("from=+1555").hop(in_query("+", "%2B")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "an equals sign added",
            sms("debug").hop(in_query("debug", "debug=")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "an equals sign removed",
            sms("debug=").hop(in_query("debug=", "debug")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "escapes in lower case",
            sms("name=caf%C3%A9").hop(in_query("%C3%A9", "%c3%a9")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "decoded once",
            sms("name=%2520x").hop(in_query("%25", "%")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "escaped twice",
            sms("name=%20x").hop(in_query("%", "%25")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "order and encoding",
            sms("tenant=7&name=Sull'Adda")
                .hop(in_query("'", "%27"))
                .hop(reordered(&[1, 0])),
            &[Cause::QueryOrder, Cause::QueryEncoding],
            exact,
        ),
        case(
            "order and a plus",
            sms("tenant=7&name=a%20b&x=1")
                .hop(in_query("%20", "+"))
                .hop(reordered(&[2, 0, 1])),
            &[Cause::QueryOrder, Cause::QueryEncoding],
            exact,
        ),
        case(
            "a parameter added",
            form(SMS).hop(query("adds", |_| "via=proxy".to_owned())),
            &[Cause::Query],
            r#"PublicUrl::exact("https://hooks.example.com/sms")?"#,
        ),
        case(
            "a parameter added to two",
            sms("a=1&b=2").hop(query("adds", |query| format!("{query}&via=proxy"))),
            &[Cause::Query],
            exact,
        ),
        case(
            "two parameters added",
            sms("a=1").hop(query("adds", |query| format!("{query}&via=proxy&x=2"))),
            &[Cause::Query],
            exact,
        ),
        case(
            "a parameter put before",
            sms("a=1&b=2").hop(query("adds", |query| format!("via=proxy&{query}"))),
            &[Cause::Query],
            exact,
        ),
        case(
            "an empty pair dropped",
            sms("a=1&&b=2").hop(in_query("&&", "&")).known(),
            &[Cause::Query],
            exact,
        ),
        case(
            "a question mark dropped",
            form("https://hooks.example.com/sms?")
                .hop(path("no ?", str::to_owned))
                .hop(query("no ?", str::to_owned)),
            &[Cause::Query],
            "PublicUrl::exact",
        ),
        case(
            "dropped, kept in a header",
            sms("token=secret").hop(rewritten("/sms", "x-original-uri")),
            &[Cause::QueryDropped],
            exact,
        ),
        case(
            "dropped, known",
            sms("token=secret")
                .hop(query("drops", |_| String::new()))
                .known(),
            &[Cause::QueryDropped],
            exact,
        ),
        case(
            "a digest dropped",
            digest(SMS).hop(query("drops", |_| String::new())),
            &[Cause::QueryDropped],
            "let the proxy or gateway pass the path and query on",
        ),
        case(
            "a digest dropped after a proxy",
            digest(SMS)
                .hop(query("drops", |_| String::new()))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::QueryDropped],
            "pass the path and query on",
        ),
        case(
            "a digest's query sorted",
            digest("https://hooks.example.com/sms?tenant=7").hop(sorted()),
            &[Cause::QueryOrder],
            "pass the path and query on",
        ),
        case(
            "a GET's query sorted",
            get("https://hooks.example.com/sms?tenant=7").hop(sorted()),
            &[Cause::QueryOrder],
            "pass the path and query on",
        ),
        case(
            "a GET's plus sign decoded",
            get(SMS).hop(in_query("%2B", "+")),
            &[Cause::QueryEncoding],
            "pass the path and query on",
        ),
        case(
            "API Gateway v1",
            sms("url=https://x.example/a&lang=en")
                .hop(in_query(":", "%3A"))
                .hop(in_query("/", "%2F"))
                .hop(reordered(&[1, 0])),
            &[Cause::QueryOrder, Cause::QueryEncoding],
            exact,
        ),
        case(
            "a fragment, known",
            form("https://hooks.example.com/sms#top").known(),
            &[Cause::Fragment],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        case(
            "a fragment and a proxy, known",
            form("https://hooks.example.com/sms#top")
                .hop(host("app:3000", ""))
                .known(),
            &[Cause::Host, Cause::Fragment],
            BASE,
        ),
        case(
            "timeouts and a query, known",
            form("https://hooks.example.com/sms?a=1#ot=1000&rt=1000").known(),
            &[Cause::Fragment],
            "configure https://hooks.example.com/sms?… at SignalWire",
        ),
        case(
            "a query and the host",
            sms("b=2&a=1")
                .hop(sorted())
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::QueryOrder],
            exact,
        ),
        case(
            "a query and the path",
            form("https://hooks.example.com/hooks/sms?b=2&a=1")
                .hop(sorted())
                .hop(stripped("/hooks", "x-forwarded-prefix")),
            &[Cause::PathPrefix, Cause::QueryOrder],
            "PublicUrl::exact",
        ),
        case(
            "brackets escaped",
            sms("ids[]=1&ids[]=2").hop(in_query("[]", "%5B%5D")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "a slash escaped",
            sms("next=/voice/two").hop(in_query("/", "%2F")),
            &[Cause::QueryEncoding],
            exact,
        ),
        case(
            "a tilde escaped",
            sms("user=~acme").hop(in_query("~", "%7E")),
            &[Cause::QueryEncoding],
            exact,
        ),
    ]
}

fn raw_bodies() -> Vec<Deployment> {
    let body = |signed: &str, arrived: &'static str| swml().body(signed).hop(written_as(arrived));
    let to = |rest: &str| format!(r##"{{"to":"+1555123000#",{rest}}}"##);
    vec![
        case(
            "a line feed added",
            swml().hop(body_suffix("\n")),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "a line break of Windows added",
            swml().hop(body_suffix("\r\n")),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "a line feed removed",
            swml()
                .body("{\"to\":\"+1555123000#\"}\n")
                .hop(written_as(r##"{"to":"+1555123000#"}"##)),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "Python",
            body(
                &to(r#""a":[1,2],"b":{}"#),
                r##"{"to": "+1555123000#", "a": [1, 2], "b": {}}"##,
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "JavaScript of Python",
            body(
                r##"{"to": "+1555123000#", "a": [1, 2]}"##,
                r##"{"to":"+1555123000#","a":[1,2]}"##,
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "for people",
            body(
                &to(r#""a":[1]"#),
                "{\n  \"to\": \"+1555123000#\",\n  \"a\": [\n    1\n  ]\n}",
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "for people, with four spaces and a line feed",
            body(
                &to(r#""a":1"#),
                "{\n    \"to\": \"+1555123000#\",\n    \"a\": 1\n}\n",
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "indented when signed",
            body(
                "{\n  \"to\": \"+1555123000#\",\n  \"a\": 1\n}",
                r##"{"to":"+1555123000#","a":1}"##,
            ),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "a hash map reordered",
            body(
                r##"{"a":"1555123000#","b":{"c":2,"d":3}}"##,
                r##"{"b":{"d":3,"c":2},"a":"1555123000#"}"##,
            ),
            &[Cause::JsonKeyOrder],
            KEEP_BODY,
        ),
        case(
            "SWML sorted",
            body(
                r##"{"call":{"call_id":"c","node_id":"n","direction":"inbound","from":"+1555123000#","to":"+1"},"vars":{},"params":{}}"##,
                r##"{"call":{"call_id":"c","direction":"inbound","from":"+1555123000#","node_id":"n","to":"+1"},"params":{},"vars":{}}"##,
            ),
            &[Cause::JsonKeyOrder],
            KEEP_BODY,
        ),
        case(
            "ASCII by Python",
            body(
                &to(r#""name":"Café 🤘""#),
                r##"{"to": "+1555123000#", "name": "Caf\u00e9 \ud83e\udd18"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "escapes resolved",
            body(
                &to(r#""name":"Caf\u00e9""#),
                r##"{"to":"+1555123000#","name":"Café"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "escapes in upper case",
            body(
                &to(r#""name":"\ud83e\udd18""#),
                r##"{"to":"+1555123000#","name":"\uD83E\uDD18"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "escapes in lower case",
            body(
                &to(r#""name":"\uD83E\uDD18""#),
                r##"{"to":"+1555123000#","name":"\ud83e\udd18"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes of PHP",
            body(
                &to(r#""url":"https://x.example/a""#),
                r##"{"to":"+1555123000#","url":"https:\/\/x.example\/a"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes resolved",
            body(
                &to(r#""url":"https:\/\/x.example\/a""#),
                r##"{"to":"+1555123000#","url":"https://x.example/a"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes and letters of PHP",
            body(
                &to(r#""url":"https://x/é""#),
                r##"{"to":"+1555123000#","url":"https:\/\/x\/\u00e9"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "slashes resolved, letters escaped",
            body(
                &to(r#""url":"https:\/\/x\/é""#),
                r##"{"to":"+1555123000#","url":"https://x/\u00e9"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "Go",
            body(
                &to(r#""q":"a&b<c>""#),
                r##"{"to":"+1555123000#","q":"a\u0026b\u003cc\u003e"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "Go, resolved",
            body(
                &to(r#""q":"a\u0026b\u003cc\u003e""#),
                r##"{"to":"+1555123000#","q":"a&b<c>"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            ".NET",
            body(
                &to(r#""q":"a&b é 'x'""#),
                r##"{"to":"\u002B1555123000#","q":"a\u0026b \u00E9 \u0027x\u0027"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "Go with the slashes of PHP",
            body(
                &to(r#""q":"a&b","u":"\/x""#),
                r##"{"to":"+1555123000#","q":"a\u0026b","u":"/x"}"##,
            ),
            &[Cause::JsonEscapes],
            KEEP_BODY,
        ),
        case(
            "empty objects of PHP",
            body(
                &to(r#""vars":{},"envs":{}"#),
                r##"{"to":"+1555123000#","vars":[],"envs":[]}"##,
            ),
            &[Cause::JsonEmptyObjects],
            KEEP_BODY,
        ),
        case(
            "all of PHP",
            body(
                &to(r#""u":"/é","vars":{}"#),
                r##"{"to":"+1555123000#","u":"\/\u00e9","vars":[]}"##,
            ),
            &[Cause::JsonEscapes, Cause::JsonEmptyObjects],
            KEEP_BODY,
        ),
        case(
            "in a string",
            body(
                &to(r#""name":"é \"x\"""#),
                r##""{\"to\":\"+1555123000#\",\"name\":\"é \\\"x\\\"\"}""##,
            ),
            &[Cause::JsonInString],
            KEEP_BODY,
        ),
        case(
            "a byte order mark",
            swml().hop(in_body("{\"call\"", "\u{feff}{\"call\"")),
            &[Cause::ByteOrderMark],
            KEEP_BODY,
        ),
        case(
            "a byte order mark and a layout",
            body(
                &to(r#""a":1"#),
                "\u{feff}{\"to\": \"+1555123000#\", \"a\": 1}",
            ),
            &[Cause::ByteOrderMark, Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "line endings of Windows",
            body(
                "{\n\"to\": \"+1555123000#\"\n}",
                "{\r\n\"to\": \"+1555123000#\"\r\n}",
            ),
            &[],
            KEEP_BODY,
        ),
        case(
            "written back after a proxy",
            swml()
                .hop(in_body("\":", "\": "))
                .hop(in_body("\",\"", "\", \""))
                .hop(in_body("},\"", "}, \""))
                .hop(in_body("],\"", "], \""))
                .hop(in_body("[]},", "[]},"))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::JsonLayout],
            BASE,
        ),
        case(
            "gzip",
            swml().hop(gzip(true)),
            &[Cause::Compressed],
            "RequestDecompressionLayer",
        ),
        case(
            "gzip that says nothing",
            swml().hop(gzip(false)),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "two gzip members",
            swml().hop(gzip_of_two_members()),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "deflate",
            swml().hop(zlib()),
            &[Cause::Compressed],
            "RequestDecompressionLayer",
        ),
        case(
            "raw deflate",
            swml().hop(raw_deflate()),
            &[Cause::Compressed],
            KEEP_BODY,
        ),
        case(
            "gzip in base64",
            swml().hop(gzip(false)).hop(base64()),
            &[Cause::Compressed, Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "SWML in base64",
            swml().hop(base64()),
            &[Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "UTF-16",
            swml().hop(utf_16()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "Latin-1",
            body(
                &to(r#""name":"Café""#),
                r##"{"to":"+1555123000#","name":"Café"}"##,
            )
            .hop(latin_1()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "read as Latin-1",
            body(
                &to(r#""name":"Café""#),
                r##"{"to":"+1555123000#","name":"Café"}"##,
            )
            .hop(read_as_latin_1()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "a digest's JSON written back",
            digest(SMS)
                .body(&to(r#""a":1"#))
                .hop(written_as(r##"{"to": "+1555123000#", "a": 1}"##)),
            &[Cause::JsonLayout],
            KEEP_BODY,
        ),
        case(
            "a digest's body in base64",
            digest(SMS).hop(base64()),
            &[Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "a digest's body replaced",
            digest(SMS).hop(written_as("{}")),
            &[Cause::BodyDigest],
            KEEP_BODY,
        ),
        case(
            "a digest's body replaced, and the host",
            digest(SMS)
                .hop(written_as("{}"))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::BodyDigest, Cause::Host],
            BASE,
        ),
        case(
            "a form signed byte for byte, encoded again",
            swml()
                .body("From=%2B1555123000#&Body=Hi%21")
                .hop(content_type("application/x-www-form-urlencoded"))
                .hop(in_body("%2B", "%2b")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "exact with a digest",
            digest(SMS).configured(exact("https://hooks.example.com/sms?bodySHA256=00")),
            &[],
            BASE,
        ),
    ]
}

fn body_suffix(suffix: &'static str) -> super::deployment::Hop {
    body(&format!("adds {suffix:?}"), move |body| {
        [body, suffix.as_bytes()].concat()
    })
}

fn forms() -> Vec<Deployment> {
    let form_of = |body: &str| sms().body(body);
    vec![
        case(
            "plus signs not escaped again",
            sms().hop(in_body("%2B", "+")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "escaped twice",
            sms().hop(in_body("%", "%25")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "a line break added",
            sms().hop(body_suffix("\n")),
            &[Cause::LineBreak],
            KEEP_BODY,
        ),
        case(
            "a text's line feeds",
            form_of("From=%2B1555123000#&Body=a%0Ab").hop(in_body("%0A", "%0D%0A")),
            &[Cause::LineEndings],
            KEEP_BODY,
        ),
        case(
            "a text's carriage returns",
            form_of("From=%2B1555123000#&Body=a%0D%0Ab").hop(in_body("%0D%0A", "%0A")),
            &[Cause::LineEndings],
            KEEP_BODY,
        ),
        case(
            "Latin-1",
            form_of("From=%2B1555123000#&Body=Caf%C3%A9").hop(in_body("%C3%A9", "%E9")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "Windows-1252",
            form_of("From=%2B1555123000#&Body=%E2%82%AC5").hop(in_body("%E2%82%AC", "%80")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "read as Latin-1",
            form_of("From=%2B1555123000#&Body=Caf%C3%A9").hop(in_body("%C3%A9", "%C3%83%C2%A9")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "empty parameters added",
            sms().hop(body_suffix("&MediaUrl0=")),
            &[Cause::EmptyFormValues],
            "SigningKey::sign_form",
        ),
        case(
            "a parameter added",
            sms().hop(body_suffix("&tenant=7")),
            &[Cause::FormParameterAdded],
            KEEP_BODY,
        ),
        case(
            "HTML escaped",
            form_of("From=%2B1555123000#&Body=a%26b%3Cc")
                .hop(in_body("%26", "%26amp%3B"))
                .hop(in_body("%3C", "%26lt%3B")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "JSON's content type",
            sms().hop(content_type("application/json")),
            &[Cause::ContentType],
            "`Content-Type: application/x-www-form-urlencoded`",
        ),
        case(
            "text's content type",
            sms().hop(content_type("text/plain")),
            &[Cause::ContentType],
            "`Content-Type: application/x-www-form-urlencoded`",
        ),
        case(
            "text's content type and a changed body",
            sms()
                .hop(content_type("text/plain"))
                .hop(in_body("%2B", "+")),
            &[Cause::ContentType, Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "text's content type, a changed body and the host",
            sms()
                .hop(content_type("text/plain"))
                .hop(in_body("%2B", "+"))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::ContentType, Cause::FormEncoding],
            BASE,
        ),
        case(
            "a form in base64",
            sms().hop(base64()),
            &[Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "a form in base64, of another type",
            sms()
                .hop(base64())
                .hop(content_type("application/octet-stream")),
            &[Cause::ContentType, Cause::Base64Body],
            KEEP_BODY,
        ),
        case(
            "a form as JSON",
            sms().hop(form_as_json()),
            &[Cause::ContentType, Cause::FormAsJson],
            KEEP_BODY,
        ),
        case(
            "a form as multipart",
            sms().hop(form_as_multipart()),
            &[Cause::ContentType, Cause::FormAsMultipart],
            KEEP_BODY,
        ),
        case(
            "a form as a query",
            sms().hop(form_as_query()),
            &[Cause::FormInQuery],
            KEEP_BODY,
        ),
        case(
            "a form as a query after another",
            form("https://hooks.example.com/sms?tenant=7").hop(form_as_query()),
            &[Cause::FormInQuery],
            KEEP_BODY,
        ),
        case(
            "a form as a query and the host",
            sms()
                .hop(form_as_query())
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::FormInQuery],
            BASE,
        ),
        case(
            "empty parameters dropped",
            form_of("From=%2B1555123000#&FromCity=&FromZip=&ToCity=&CallerState=&CallerCity=&CallerZip=&CallerCountry=&CalledCity=&CalledZip=&CalledState=&CalledCountry=&FromCountry=&FromState=&ToState=&ToZip=&ToCountry=").hop(body("drops", |body| body.split(|byte| *byte == b'&').next().unwrap().to_vec())),
            &[Cause::FormParametersDropped],
            KEEP_BODY,
        ),
        case(
            "a form in gzip",
            sms().hop(gzip(true)),
            &[Cause::Compressed],
            "RequestDecompressionLayer",
        ),
        case(
            "a form in gzip, escaped twice",
            sms().hop(in_body("%", "%25")).hop(gzip(true)),
            &[Cause::Compressed, Cause::FormEncoding],
            "RequestDecompressionLayer",
        ),
        case(
            "a form in UTF-16",
            sms().hop(utf_16()),
            &[Cause::BodyCharset],
            KEEP_BODY,
        ),
        case(
            "a body under the signature of an empty form",
            form_of("").hop(body("adds", |_| b"From=%2B1evil".to_vec())),
            &[Cause::UnsignedBody],
            "rightly refused",
        ),
        case(
            "escaped twice after a proxy",
            sms()
                .hop(in_body("%", "%25"))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::FormEncoding],
            BASE,
        ),
        case(
            "a form and a stripped prefix",
            form("https://hooks.example.com/hooks/sms")
                .hop(in_body("%2B", "+"))
                .hop(stripped("/hooks", "")),
            &[Cause::PathPrefix, Cause::FormEncoding],
            "https://hooks.example.com/hooks",
        ),
    ]
}

fn keys() -> Vec<Deployment> {
    let of = |key: String, cause: Cause, fix: &'static str| {
        case(&key.clone(), sms().key(key), &[cause], fix)
    };
    let of_two = |key: String, causes: [Cause; 2], fix: &'static str| {
        case(&key.clone(), sms().key(key), &causes, fix)
    };
    let utf_16: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        of(format!("\"{KEY}\""), Cause::QuotedKey, "remove the quotes"),
        of(format!("'{KEY}'"), Cause::QuotedKey, "remove the quotes"),
        of(
            format!("\\\"{KEY}\\\""),
            Cause::QuotedKey,
            "remove the quotes",
        ),
        of(format!("“{KEY}”"), Cause::QuotedKey, "remove the quotes"),
        of(format!("‘{KEY}’"), Cause::QuotedKey, "remove the quotes"),
        of(format!("`{KEY}`"), Cause::QuotedKey, "remove the quotes"),
        of(format!("<{KEY}>"), Cause::QuotedKey, "remove the quotes"),
        of(
            format!("{KEY}\\n"),
            Cause::KeyWhiteSpace,
            "escaped line breaks",
        ),
        of(
            KEY.replace("reports", "rep orts"),
            Cause::KeyWhiteSpace,
            "white space",
        ),
        of(
            KEY.replace("reports", "rep\norts"),
            Cause::KeyWhiteSpace,
            "white space",
        ),
        of(format!("\u{200b}{KEY}"), Cause::KeyWhiteSpace, "invisible"),
        of(format!("\u{feff}{KEY}"), Cause::KeyWhiteSpace, "invisible"),
        of(
            format!("\u{202a}{KEY}\u{202c}"),
            Cause::KeyWhiteSpace,
            "invisible",
        ),
        of(
            format!("\u{2066}{KEY}\u{2069}"),
            Cause::KeyWhiteSpace,
            "invisible",
        ),
        of(
            format!("SIGNALWIRE_SIGNING_KEY={KEY}"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        of(
            format!("export K={KEY};"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        of(
            format!("signing_key: {KEY}"),
            Cause::KeyVariableName,
            "variable's name",
        ),
        of_two(
            format!("export K=\"{KEY}\";"),
            [Cause::QuotedKey, Cause::KeyVariableName],
            "then",
        ),
        of_two(
            format!("KEY=\"{KEY}\""),
            [Cause::QuotedKey, Cause::KeyVariableName],
            "then",
        ),
        of(
            format!("PSKother,{KEY}"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        of(
            format!("{KEY} # production"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        of(
            KEY.replace('P', "%50"),
            Cause::PercentEncodedKey,
            "decode its percent",
        ),
        of(hex_of(KEY), Cause::HexKey, "decode it from hex"),
        of(base64_of(KEY), Cause::Base64Key, "decode it from base64"),
        of(
            base64_of(&format!("{KEY}\n")),
            Cause::Base64Key,
            "decode it from base64",
        ),
        of_two(
            base64_of(&format!("\"{KEY}\"")),
            [Cause::QuotedKey, Cause::Base64Key],
            "decode it from base64",
        ),
        of(
            format!(r#"{{"SIGNALWIRE_SIGNING_KEY":"{KEY}"}}"#),
            Cause::JsonKey,
            "JSON",
        ),
        of(
            format!(r#"{{"project":"x","key":"{KEY}"}}"#),
            Cause::JsonKey,
            "JSON",
        ),
        of(format!(r#"["{KEY}"]"#), Cause::JsonKey, "JSON"),
        of_two(
            format!("&quot;{KEY}&quot;"),
            [Cause::QuotedKey, Cause::HtmlEscapedKey],
            "HTML",
        ),
        of(
            format!("Signing Key: {KEY} (old)"),
            Cause::KeyList,
            "SigningKeys::new",
        ),
        of(format!("(see vault/{KEY}/x)"), Cause::KeyInText, "PSK"),
        case("UTF-16", sms().key(utf_16), &[Cause::Utf16Key], "UTF-16"),
        case(
            "quotes after a proxy",
            sms()
                .key(format!("\"{KEY}\""))
                .hop(host("app:3000", "x-forwarded-host")),
            &[Cause::Host, Cause::QuotedKey],
            BASE,
        ),
        case(
            "quotes and a changed body",
            sms().key(format!("'{KEY}'")).hop(in_body("%2B", "+")),
            &[Cause::FormEncoding, Cause::QuotedKey],
            "remove the quotes",
        ),
        case(
            "quotes, the host and a changed body",
            sms()
                .key(format!("'{KEY}'"))
                .hop(in_body("%2B", "+"))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::Host, Cause::FormEncoding, Cause::QuotedKey],
            BASE,
        ),
    ]
}

fn hex_of(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn signatures() -> Vec<Deployment> {
    let encoding = |name: &str, change: fn(&str) -> String| {
        case(
            name,
            sms().hop(in_signature(name, change)),
            &[Cause::SignatureEncoding],
            "28 characters of base64",
        )
    };
    vec![
        encoding("hex where base64 belongs", hex_of_base64),
        encoding("without its padding", |value| {
            value.trim_end_matches('=').to_owned()
        }),
        encoding("safe for URLs", |value| {
            value.replace('+', "-").replace('/', "_") + " "
        }),
        encoding("percent-encoded", |value| {
            value
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
        }),
        encoding("in quotes", |value| format!("\"{value}\"")),
        encoding("Python's bytes", |value| format!("b'{value}'")),
        encoding("two equal ones joined", |value| format!("{value}, {value}")),
        encoding("two equal ones joined by a comma", |value| {
            format!("{value},{value}")
        }),
        encoding("with its algorithm", |value| format!("sha1={value}")),
        case(
            "in a gateway's header",
            sms().hop(signature("moves", |message| {
                let value = message.get(SHA1).unwrap();
                message.remove(SHA1);
                message.set("x-webhook-signature", value);
            })),
            &[Cause::SignatureHeader],
            "X-SignalWire-Signature",
        ),
        case(
            "SHA-256 in the other header",
            swml().hop(signature("moves", |message| {
                let value = message.get("x-signalwire-sha256-signature").unwrap();
                message.remove("x-signalwire-sha256-signature");
                message.set(SHA1, value);
            })),
            &[Cause::SignatureHeader],
            "X-SignalWire-SHA256-Signature",
        ),
        case(
            "a second one",
            sms().hop(signature("adds", |message| {
                message
                    .headers
                    .push((SHA1.to_owned(), b"RSOYDt4T1cUTdK1PDd93/VVr8B8=".to_vec()));
            })),
            &[Cause::AmbiguousSignature],
            "remove what adds the second value",
        ),
        case(
            "a form where SHA-256 alone is accepted",
            sms().accepting(SignatureScheme::RawBodySha256),
            &[Cause::SchemeNotAccepted],
            "SignatureScheme::FormParameters",
        ),
        case(
            "a digest where forms alone are accepted",
            digest(SMS).accepting(SignatureScheme::FormParameters),
            &[Cause::SchemeNotAccepted],
            "SignatureScheme::BodyDigest",
        ),
        case(
            "a scheme and the host",
            sms()
                .accepting(SignatureScheme::RawBodySha256)
                .hop(host("app", "x-forwarded-host")),
            &[Cause::SchemeNotAccepted, Cause::Host],
            BASE,
        ),
        case(
            "hex, and the host",
            sms()
                .hop(in_signature("hex", hex_of_base64))
                .hop(host("app", "x-forwarded-host")),
            &[Cause::SignatureEncoding, Cause::Host],
            BASE,
        ),
    ]
}

fn all() -> Vec<(&'static str, Vec<Deployment>)> {
    vec![
        ("hosts", hosts()),
        ("ports", ports()),
        ("credentials", credentials()),
        ("paths", paths()),
        ("queries", queries()),
        ("raw bodies", raw_bodies()),
        ("forms", forms()),
        ("keys", keys()),
        ("signatures", signatures()),
        ("together", together()),
    ]
}

/// What has two or three causes, and what earlier versions explained wrongly or not at all.
fn together() -> Vec<Deployment> {
    let at = |path: &str| format!("https://hooks.example.com{path}");
    let proxied = |deployment: Deployment| deployment.hop(host("app:3000", "x-forwarded-host"));
    vec![
        case(
            "a stage, a host and a key",
            proxied(form(&at("/prod/sms")))
                .hop(stripped("/prod", "x-forwarded-prefix"))
                .key(format!("'{KEY}'")),
            &[Cause::Host, Cause::PathPrefix, Cause::QuotedKey],
            "https://hooks.example.com/prod",
        ),
        case(
            "a whole url in a header",
            sms()
                .hop(host("app:3000", ""))
                .hop(header("x-forwarded-url", SMS)),
            &[Cause::Host],
            BASE,
        ),
        case(
            "Azure's application gateway",
            form(&at("/api/in"))
                .hop(rewritten("/internal", "x-original-url"))
                .hop(host("app.azurewebsites.net", "x-original-host")),
            &[Cause::Host, Cause::Path],
            "PublicUrl::exact",
        ),
        case(
            "App Service",
            sms().hop(host("app-1.azurewebsites.net", "disguised-host")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "Traefik's ReplacePath",
            form(&at("/a/sms")).hop(rewritten("/x", "x-replaced-path")),
            &[Cause::Path],
            "PublicUrl::exact",
        ),
        case(
            "an apostrophe and a host",
            proxied(form(&at("/sms?name=Sull'Adda"))).hop(in_query("'", "%27")),
            &[Cause::Host, Cause::QueryEncoding],
            "PublicUrl::exact",
        ),
        case(
            "three parameters and a host",
            proxied(form(&at("/sms?lang=en&tenant=7&id=5"))).hop(reordered(&[2, 0, 1])),
            &[Cause::Host, Cause::QueryOrder],
            "PublicUrl::exact",
        ),
        case(
            "gzip and a key",
            swml().hop(gzip(true)).key(format!("K={KEY}")),
            &[Cause::Compressed, Cause::KeyVariableName],
            "RequestDecompressionLayer",
        ),
        case(
            "base64 and a host",
            proxied(sms()).hop(base64()),
            &[Cause::Host, Cause::Base64Body],
            BASE,
        ),
        case(
            "a form as JSON after a proxy",
            proxied(sms()).hop(form_as_json()),
            &[Cause::Host, Cause::ContentType, Cause::FormAsJson],
            BASE,
        ),
        case(
            "a digest's body written back after a proxy",
            proxied(digest(SMS))
                .body(r##"{"to":"+1555123000#","a":1}"##)
                .hop(written_as(r##"{"to": "+1555123000#", "a": 1}"##)),
            &[Cause::Host, Cause::JsonLayout],
            BASE,
        ),
        case(
            "a digest with exact",
            digest(SMS).configured(exact(SMS)),
            &[Cause::QueryDropped],
            BASE,
        ),
        case(
            "a GET with exact",
            get(SMS).configured(exact(SMS)),
            &[Cause::QueryDropped],
            BASE,
        ),
        case(
            "a GET after a prefix",
            get(&at("/hooks/sms")).hop(stripped("/hooks", "x-forwarded-prefix")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/hooks",
        ),
        case(
            "a GET and a rewritten path",
            get(&at("/api/in"))
                .hop(path("rewrites", |_| "/internal".to_owned()))
                .known(),
            &[Cause::Path],
            "pass the path and query on",
        ),
        case(
            "a digest and a rewritten path, known",
            digest(&at("/api/in"))
                .hop(path("rewrites", |_| "/internal".to_owned()))
                .known(),
            &[Cause::Path],
            "pass the path and query on",
        ),
        case(
            "a fragment, a space and a host, known",
            form(&at("/my sms#rt=1000"))
                .hop(host("app:3000", ""))
                .known(),
            &[Cause::Host, Cause::PathEncoding, Cause::Fragment],
            "configure https://hooks.example.com/my%20sms at SignalWire",
        ),
        case(
            "without a scheme, known",
            sms()
                .hop(host("app:3000", ""))
                .hop(header("x-unrelated", "x"))
                .known(),
            &[Cause::Host],
            BASE,
        ),
        case(
            "the scheme and the port",
            form("http://hooks.example.com:8080/sms").configured(base("https://hooks.example.com")),
            &[Cause::Scheme, Cause::Port],
            r#"PublicUrl::base("http://hooks.example.com:8080")?"#,
        ),
        case(
            "a trusted prefix that is wrong",
            sms()
                .configured(PublicUrl::from_headers([
                    ForwardingHeader::XForwardedPrefix,
                ]))
                .hop(header("x-forwarded-prefix", "/x")),
            &[Cause::PathPrefix],
            BASE,
        ),
        case(
            "a trusted host with a wrong port",
            sms()
                .configured(PublicUrl::from_headers([
                    ForwardingHeader::XForwardedHost,
                    ForwardingHeader::XForwardedPort,
                ]))
                .hop(header("x-forwarded-host", HOST))
                .hop(header("x-forwarded-port", "8080")),
            &[],
            BASE,
        ),
    ]
}

/// Every deployment that is not explained rightly.
fn problems(deployment: &Deployment) -> Option<String> {
    let explanation = deployment.explain();
    let (text, causes) = (explanation.to_string(), explanation.causes());
    let is_refused = explanation.cause() != Cause::Accepted;
    match judge(deployment) {
        // What cannot be undone here is told, and nothing more is promised.
        Outcome::Wrong(problem) => Some(format!("WRONG {problem}")),
        Outcome::Silent(problem) => Some(format!("SILENT {problem}")),
        Outcome::Right
            if is_refused && !deployment.causes.is_empty() && causes != deployment.causes =>
        {
            Some(format!(
                "CAUSES {causes:?} for {:?}: {} {text}",
                deployment.causes, deployment.name
            ))
        }
        Outcome::Right if is_refused && !text.contains(deployment.fix) => Some(format!(
            "FIX {:?}: {} {text}",
            deployment.fix, deployment.name
        )),
        Outcome::Right => None,
    }
}

#[test]
fn every_deployment_is_explained_and_its_remedies_hold_for_the_next_request_too() {
    let found: Vec<String> = all()
        .iter()
        .flat_map(|(_, deployments)| deployments.iter().filter_map(problems))
        .collect();
    assert!(
        found.is_empty(),
        "{} problems:\n{}",
        found.len(),
        found.join("\n\n")
    );
}

#[test]
fn there_are_two_hundred_of_them() {
    let count: usize = all().iter().map(|(_, deployments)| deployments.len()).sum();
    assert!(count >= 200, "{count}");
}

#[test]
fn what_is_accepted_is_called_accepted() {
    for deployment in [
        sms(),
        swml(),
        digest(SMS),
        get(SMS),
        form("https://hooks.example.com:443/sms"),
        form("http://hooks.example.com/sms"),
        form("https://user:hunter2@hooks.example.com/sms"),
        form("https://hooks.example.com"),
        sms().configured(base("https://hooks.example.com")),
    ] {
        assert_eq!(
            deployment.explain().causes(),
            [Cause::Accepted],
            "{}",
            deployment.url
        );
        assert_eq!(judge(&deployment), Outcome::Right);
    }
}

#[test]
fn a_body_that_may_be_the_rest_of_a_url_is_not_called_accepted() {
    let deployment = Deployment::new(Kind::JsonSha1, SMS).body("/status{\"to\":\"+1555123000#\"}");
    assert_eq!(deployment.explain().causes(), [Cause::AmbiguousBoundary]);
    let mut known = sms();
    known.first_name = Some("CallSid");
    let explanation = known.explain();
    assert_eq!(explanation.causes(), [Cause::AmbiguousBoundary]);
    assert!(explanation.remedies().is_empty());
    assert!(explanation.sentence().contains("CallSid"), "{explanation}");
    known.first_name = Some("AccountSid");
    assert_eq!(known.explain().causes(), [Cause::Accepted]);
    assert!(FORM.starts_with("AccountSid"));
}
