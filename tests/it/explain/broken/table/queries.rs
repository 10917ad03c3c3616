//! Queries and fragments.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn queries() -> Vec<Deployment> {
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
