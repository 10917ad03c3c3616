//! Paths.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn paths() -> Vec<Deployment> {
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
            "a slash added to a digest request",
            digest(SMS).hop(path("slash", |path| format!("{path}/"))),
            &[Cause::TrailingSlash],
            "pass the path and query on",
        ),
        case(
            "a digest's path escaped again",
            digest(&at("/my%20sms")).hop(path("again", |path| path.replace('%', "%25"))),
            &[Cause::PathEncoding],
            "pass the path and query on",
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
