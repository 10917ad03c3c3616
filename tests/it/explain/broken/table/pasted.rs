//! What people paste into a dashboard, a deployment file or a proxy's configuration.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn pasted() -> Vec<Deployment> {
    let proxied = |deployment: Deployment| deployment.hop(host("app:3000", "x-forwarded-host"));
    let named = |name: &str, line: Hop| {
        case(
            name,
            sms().hop(host("app:3000", "")).hop(line),
            &[Cause::Host],
            BASE,
        )
    };
    let key = |key: String, causes: &[Cause], fix: &'static str| {
        case(&key.clone(), sms().key(key), causes, fix)
    };
    vec![
        case(
            "a scheme in capitals",
            form("HTTPS://hooks.example.com/sms"),
            &[Cause::Scheme],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        case(
            "a scheme that a telephone wrote",
            form("Https://hooks.example.com/sms"),
            &[Cause::Scheme],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        case(
            "a scheme in capitals after a proxy",
            proxied(form("HTTPS://hooks.example.com/sms")),
            &[Cause::Host, Cause::Scheme],
            BASE,
        ),
        case(
            "a scheme in capitals, known",
            form("HTTPS://hooks.example.com/sms").known(),
            &[Cause::Scheme],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        case(
            "a host in capitals",
            form("https://HOOKS.EXAMPLE.COM/sms"),
            &[Cause::Host],
            "PublicUrl::base(\"https://HOOKS.EXAMPLE.COM\")?",
        ),
        case(
            "a space after the url",
            form("https://hooks.example.com/sms ").hop(path("trims", |path| {
                path.trim_end_matches("%20").to_owned()
            })),
            &[Cause::Path],
            "configure https://hooks.example.com/sms at SignalWire",
        ),
        case(
            "a space after the query",
            form("https://hooks.example.com/sms?a=1 ").hop(query("trims", |query| {
                query.trim_end_matches("%20").to_owned()
            })),
            &[Cause::Query],
            "configure https://hooks.example.com/sms?… at SignalWire",
        ),
        case(
            "a port of http",
            form("https://hooks.example.com:80/sms").hop(host(HOST, "")),
            &[Cause::Port],
            r#"PublicUrl::base("https://hooks.example.com:80")?"#,
        ),
        case(
            "a port of https",
            form("http://hooks.example.com:443/sms").hop(host(HOST, "")),
            &[Cause::Scheme],
            r#"PublicUrl::base("http://hooks.example.com:443")?"#,
        ),
        case(
            "a port of Django",
            form("https://hooks.example.com:8000/sms").hop(host(HOST, "")),
            &[Cause::Port],
            r#"PublicUrl::base("https://hooks.example.com:8000")?"#,
        ),
        case(
            "an address",
            form("http://203.0.113.7:5000/sms").hop(host("localhost:5000", "x-forwarded-host")),
            &[Cause::Host],
            r#"PublicUrl::base("http://203.0.113.7:5000")?"#,
        ),
        named(
            "a host with its scheme",
            header("x-forwarded-host", "https://hooks.example.com"),
        ),
        named(
            "a host with a slash",
            header("x-forwarded-host", "hooks.example.com/"),
        ),
        named(
            "a host with its path",
            header("x-forwarded-host", "hooks.example.com/sms"),
        ),
        named(
            "an origin",
            header("x-forwarded-origin", "https://hooks.example.com"),
        ),
        named("a name of its own", header("x-forwarded-fqdn", HOST)),
        named(
            "a url in a header of any name",
            header("x-audience", "https://hooks.example.com"),
        ),
        named("a server's name", header("x-server-name", HOST)),
        named(
            "a public url",
            header("x-public-base-url", "https://hooks.example.com/"),
        ),
        named(
            "a proxy that says its name",
            header("via", "1.1 hooks.example.com (Caddy)"),
        ),
        named(
            "an element without a value",
            header("forwarded", "host=hooks.example.com; proto"),
        ),
        named(
            "the origin of a worker",
            header("origin", "https://hooks.example.com"),
        ),
        named("the host of a worker", header("cf-worker", HOST)),
        case(
            "an origin's name",
            sms().hop(host("origin.hooks.example.com", "")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "an origin's name with a dash",
            sms().hop(host("origin-hooks.example.com", "")),
            &[Cause::Host],
            BASE,
        ),
        case(
            "a worker before the apex",
            form("https://example.com/sms").hop(host("api.example.com", "")),
            &[Cause::Host],
            r#"PublicUrl::base("https://example.com")?"#,
        ),
        case(
            "a password with letters, by a proxy that removed it, known",
            form("https://user:hunter2%C3%A9@hooks.example.com/sms")
                .hop(without("authorization"))
                .known(),
            &[Cause::Credentials],
            "***@",
        ),
        key(
            format!("0x{}", hex_of(KEY)),
            &[Cause::HexKey],
            "decode it from hex",
        ),
        key(format!("{KEY}{KEY}"), &[Cause::KeyInText], ""),
        key(
            format!("{KEY}{KEY}{KEY}"),
            &[Cause::KeyInText],
            "equal parts",
        ),
        key(KEY[3..].to_owned(), &[Cause::KeyInText], "begin with PSK"),
        key(KEY[1..].to_owned(), &[Cause::KeyInText], "begin with PSK"),
        key(
            format!("'{}'", &KEY[3..]),
            &[Cause::QuotedKey, Cause::KeyInText],
            "begin with PSK",
        ),
        key(format!("PSK{KEY}"), &[Cause::KeyInText], "begin with PSK"),
        key(
            KEY.replace("PSK", "psk"),
            &[Cause::KeyInText],
            "begin with PSK",
        ),
        key(
            KEY.bytes()
                .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}:")),
            &[Cause::HexKey],
            "",
        ),
        key(format!("Bearer {KEY}"), &[Cause::KeyList], ""),
        key(format!("**{KEY}**"), &[Cause::KeyInText], ""),
        key(format!("{KEY}\""), &[Cause::KeyInText], ""),
        key(format!("{KEY}."), &[Cause::KeyInText], ""),
        key(format!("$env:K=\"{KEY}\""), &[], ""),
        key(format!("set K={KEY}"), &[Cause::KeyVariableName], ""),
        key(
            format!("{{\"secret\":\"{{\\\"key\\\":\\\"{KEY}\\\"}}\"}}"),
            &[],
            "",
        ),
        key(format!("K: |\n  {KEY}\n"), &[], ""),
        key(base64_of(&base64_of(KEY)), &[Cause::Base64Key], ""),
        key(base64_of(&format!("{{\"k\":\"{KEY}\"}}")), &[], ""),
        key(format!("url=https://vault.example/x?key={KEY}"), &[], ""),
        key(format!("{KEY}%0A"), &[Cause::PercentEncodedKey], ""),
        key(format!("{KEY}\\r\\n"), &[Cause::KeyWhiteSpace], ""),
        key(format!("1111-2222:{KEY}"), &[], ""),
        key(format!("K='{KEY}' # production"), &[], ""),
        key(format!("<key>{KEY}</key>"), &[], ""),
        key(format!("--signing-key={KEY}"), &[], ""),
        key(format!("{KEY}\u{a0}"), &[Cause::KeyWhiteSpace], ""),
        key(
            format!("data:text/plain;base64,{}", base64_of(KEY)),
            &[],
            "",
        ),
    ]
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn hex_of(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
