//! Paths that proxies, frameworks and clients normalise, strip, decode or map to another one.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;
use crate::explain::broken::deployment::Part;

pub fn rewritten_paths() -> Vec<Deployment> {
    let at = |path: &str| format!("https://hooks.example.com{path}");
    let exact = "PublicUrl::exact";
    let changed = |name: &str, from: &str, to: &'static str, causes: &[Cause]| {
        case(
            name,
            form(&at(from)).hop(Hop::new("writes another", Part::Target, move |message| {
                to.clone_into(&mut message.target);
            })),
            causes,
            "https://hooks.example.com",
        )
    };
    let mut all = vec![
        changed(
            "two doubled slashes merged",
            "/a//b//c",
            "/a/b/c",
            &[Cause::MergedSlashes],
        ),
        changed(
            "a doubled slash at the start and one within merged",
            "//hooks//sms",
            "/hooks/sms",
            &[Cause::MergedSlashes],
        ),
        changed(
            "three slashes merged",
            "/hooks///sms",
            "/hooks/sms",
            &[Cause::MergedSlashes],
        ),
        changed(
            "two doubled slashes made",
            "/a/b/c",
            "/a//b//c",
            &[Cause::MergedSlashes],
        ),
        changed(
            "two slashes at the end removed",
            "/sms//",
            "/sms",
            &[Cause::TrailingSlash],
        ),
        changed(
            "a route below it",
            "/hooks/sms",
            "/hooks/sms/handler",
            &[Cause::Path],
        ),
        changed(
            "a prefix taken and the query sorted",
            "/hooks/sms?b=2&a=1",
            "/sms?a=1&b=2",
            &[Cause::PathPrefix, Cause::QueryOrder],
        ),
        changed(
            "doubled slashes merged, and a slash at the end",
            "/a//b/",
            "/a/b",
            &[Cause::TrailingSlash, Cause::MergedSlashes],
        ),
        changed(
            "a dot segment removed",
            "/hooks/./sms",
            "/hooks/sms",
            &[Cause::DotSegments],
        ),
        changed(
            "a dot segment at the start removed",
            "/./sms",
            "/sms",
            &[Cause::DotSegments],
        ),
        changed(
            "a dot segment at the end removed",
            "/sms/.",
            "/sms/",
            &[Cause::DotSegments],
        ),
        case(
            "two dots resolved, known",
            form(&at("/hooks/../sms"))
                .hop(path("resolves", |_| "/sms".to_owned()))
                .known(),
            &[Cause::DotSegments],
            "",
        ),
        case(
            "two dots of a digest resolved, known",
            digest(&at("/hooks/../sms"))
                .hop(path("resolves", |_| "/sms".to_owned()))
                .known(),
            &[Cause::DotSegments],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        changed(
            "two dots that arrive as they are",
            "/sms",
            "/hooks/../sms",
            &[Cause::DotSegments],
        ),
        changed(
            "lower case",
            "/Voice/Incoming",
            "/voice/incoming",
            &[Cause::Path],
        ),
        changed(
            "one name in lower case",
            "/api/Sms",
            "/api/sms",
            &[Cause::Path],
        ),
        changed("upper case", "/SMS", "/sms", &[Cause::Path]),
        changed("an ending removed", "/sms.php", "/sms", &[Cause::Path]),
        changed("an ending added", "/sms", "/sms.php", &[Cause::Path]),
        changed(
            "a directory's index",
            "/sms/",
            "/sms/index.php",
            &[Cause::Path],
        ),
        changed(
            "a front controller",
            "/sms",
            "/index.php/sms",
            &[Cause::PathPrefix],
        ),
        changed(
            "a front controller alone",
            "/",
            "/index.php",
            &[Cause::PathPrefix, Cause::TrailingSlash],
        ),
        changed(
            "a session's identifier added",
            "/sms",
            "/sms;jsessionid=0A1B",
            &[Cause::Path],
        ),
        changed(
            "a first segment replaced",
            "/api/sms",
            "/internal/sms",
            &[Cause::Path],
        ),
        changed(
            "a version replaced",
            "/v1/voice/in",
            "/v2/voice/in",
            &[Cause::Path],
        ),
        changed(
            "two usual prefixes stripped",
            "/api/webhooks/sms",
            "/sms",
            &[Cause::PathPrefix],
        ),
        changed(
            "a provider's prefix stripped",
            "/webhooks/signalwire/sms",
            "/sms",
            &[Cause::PathPrefix],
        ),
        changed(
            "Netlify's functions",
            "/.netlify/functions/sms",
            "/sms",
            &[Cause::PathPrefix],
        ),
        changed(
            "Netlify's redirect",
            "/sms",
            "/.netlify/functions/sms",
            &[Cause::PathPrefix],
        ),
        changed(
            "Supabase",
            "/functions/v1/sms",
            "/sms",
            &[Cause::PathPrefix],
        ),
        changed("a stage", "/production/sms", "/sms", &[Cause::PathPrefix]),
        changed(
            "a root mapped to a path",
            "/",
            "/api/sms",
            &[Cause::PathPrefix, Cause::TrailingSlash],
        ),
        changed(
            "a prefix and a slash added",
            "/sms",
            "/api/sms/",
            &[Cause::PathPrefix, Cause::TrailingSlash],
        ),
        changed(
            "a prefix taken and a slash added",
            "/hooks/sms",
            "/sms/",
            &[Cause::PathPrefix, Cause::TrailingSlash],
        ),
        changed(
            "a plus sign in a path",
            "/a%20b",
            "/a+b",
            &[Cause::PathEncoding],
        ),
        changed(
            "a plus sign for a space",
            "/a+b",
            "/a%20b",
            &[Cause::PathEncoding],
        ),
        changed(
            "a path in Latin-1, read as such",
            "/caf%C3%A9",
            "/caf%C3%83%C2%A9",
            &[Cause::Path],
        ),
        changed(
            "a path written in Latin-1",
            "/caf%C3%A9",
            "/caf%E9",
            &[Cause::Path],
        ),
        changed(
            "a tilde's escape in lower case",
            "/%7eacme/sms",
            "/~acme/sms",
            &[Cause::PathEncoding],
        ),
        changed(
            "an escaped slash in lower case",
            "/a%2fsms",
            "/a/sms",
            &[Cause::PathEncoding],
        ),
        changed("a backslash", "/a%5Csms", "/a/sms", &[Cause::Path]),
        case(
            "a query in the path",
            form(&at("/sms?tenant=7")).hop(Hop::new(
                "escapes the question mark",
                Part::Target,
                |message| message.target = message.target.replace('?', "%3F"),
            )),
            &[Cause::Path, Cause::QueryDropped],
            exact,
        ),
        case(
            "a query in the path, all of it escaped",
            form(&at("/sms?tenant=7&lang=en")).hop(Hop::new(
                "escapes the query",
                Part::Target,
                |message| {
                    message.target = message
                        .target
                        .replace('?', "%3F")
                        .replace('=', "%3D")
                        .replace('&', "%26");
                },
            )),
            &[Cause::Path, Cause::QueryDropped],
            exact,
        ),
        case(
            "a slash before the query",
            form(&at("/sms?tenant=7")).hop(path("slash", |path| format!("{path}/"))),
            &[Cause::TrailingSlash],
            exact,
        ),
        case(
            "a prefix with an escaped slash, named as it is",
            form(&at("/a%2Fb/sms")).hop(stripped("/a%2Fb", "x-forwarded-prefix")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/a%2Fb",
        ),
        case(
            "a prefix with an escaped slash, named decoded",
            form(&at("/a%2Fb/sms"))
                .hop(stripped("/a%2Fb", ""))
                .hop(header("x-forwarded-prefix", "/a/b")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/a%2Fb",
        ),
        case(
            "a prefix with a space, named decoded",
            form(&at("/my%20hooks/sms"))
                .hop(stripped("/my%20hooks", ""))
                .hop(header("x-forwarded-prefix", "/my hooks")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/my%20hooks",
        ),
        case(
            "a prefix with a letter, named decoded",
            form(&at("/caf%C3%A9/sms"))
                .hop(stripped("/caf%C3%A9", ""))
                .hop(header("x-forwarded-prefix", "/café")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/caf%C3%A9",
        ),
        case(
            "a prefix with its slash, and the rest without one",
            form(&at("/hooks/sms"))
                .hop(stripped("/hooks/", ""))
                .hop(header("x-forwarded-prefix", "/hooks/")),
            &[Cause::PathPrefix],
            "https://hooks.example.com/hooks",
        ),
        case(
            "an escape of a digest request decoded",
            digest(&at("/a%2Fsms")).hop(path("decodes", |path| path.replace("%2F", "/"))),
            &[Cause::PathEncoding],
            "",
        ),
        case(
            "www. and a slash",
            form("https://example.com/sms")
                .hop(host("www.example.com", ""))
                .hop(path("slash", |path| format!("{path}/"))),
            &[Cause::Host, Cause::TrailingSlash],
            exact,
        ),
        case(
            "www. and a prefix",
            form("https://www.example.com/hooks/sms")
                .hop(host("example.com", ""))
                .hop(stripped("/hooks", "")),
            &[Cause::Host, Cause::PathPrefix],
            "https://www.example.com/hooks",
        ),
        case(
            "www. and a query",
            form("https://example.com/sms?b=2&a=1")
                .hop(host("www.example.com", ""))
                .hop(sorted()),
            &[Cause::Host, Cause::QueryOrder],
            exact,
        ),
    ];
    all.extend(
        ["x-forwarded-query", "x-original-query", "x-query-string"]
            .into_iter()
            .map(|header| {
                case(
                    header,
                    form(&at("/sms?tenant=7")).hop(Hop::new(
                        format!("the query in {header}"),
                        Part::Target,
                        move |message| {
                            "/sms".clone_into(&mut message.target);
                            message.set(header, "tenant=7");
                        },
                    )),
                    &[Cause::QueryDropped],
                    exact,
                )
            }),
    );
    all
}
