//! Several changes together.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

/// What has two or three causes, and what earlier versions explained wrongly or not at all.
pub fn together() -> Vec<Deployment> {
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
                .body(r#"{"to":"+1555123000#","a":1}"#)
                .hop(written_as(r#"{"to": "+1555123000#", "a": 1}"#)),
            &[Cause::Host, Cause::JsonLayout],
            BASE,
        ),
        case(
            "a long form, a host, a prefix and a key",
            proxied(form(&at("/hooks/sms")))
                .body(&format!(
                    "From=%2B1555123000#&Body={}",
                    "Hello+".repeat(3_000)
                ))
                .hop(stripped("/hooks", ""))
                .key(format!("'{KEY}'")),
            &[Cause::Host, Cause::PathPrefix, Cause::QuotedKey],
            "https://hooks.example.com/hooks",
        ),
        case(
            "long JSON written back, a host and a slash",
            proxied(swml())
                .body(&format!(
                    r#"{{"to":"+1555123000#","text":"{}"}}"#,
                    "é".repeat(9_000)
                ))
                .hop(in_body("\":", "\": "))
                .hop(in_body("\",\"", "\", \""))
                .hop(path("slash", |path| format!("{path}/"))),
            &[Cause::Host, Cause::TrailingSlash, Cause::JsonLayout],
            "PublicUrl::exact",
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
