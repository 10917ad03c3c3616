//! Queries that something parsed and wrote anew.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;

pub fn parsed_queries() -> Vec<Deployment> {
    let exact = r#"PublicUrl::exact("https://hooks.example.com/sms?…")?), for this route alone"#;
    let changed = |name: &str, from: &str, to: &'static str, causes: &[Cause]| {
        case(
            name,
            form(&format!("https://hooks.example.com/sms?{from}"))
                .hop(query("writes another", move |_| to.to_owned())),
            causes,
            exact,
        )
    };
    vec![
        changed("Traefik's semicolon", "a=1;b=2", "a=1&b=2", &[Cause::Query]),
        changed(
            "one of two semicolons",
            "a=1&b=2;c=3",
            "a=1&b=2&c=3",
            &[Cause::Query],
        ),
        changed(
            "an ampersand for a semicolon",
            "a=1&b=2",
            "a=1;b=2",
            &[Cause::Query],
        ),
        case(
            "a parameter with a semicolon dropped by Go, known",
            form("https://hooks.example.com/sms?a=1&b=2;c=3")
                .hop(query("drops", |_| "a=1".to_owned()))
                .known(),
            &[Cause::Query],
            exact,
        ),
        changed(
            "HTML's ampersand",
            "a=1&amp;b=2",
            "a=1&b=2",
            &[Cause::Query],
        ),
        changed(
            "an ampersand of HTML",
            "a=1&b=2",
            "a=1&amp;b=2",
            &[Cause::Query],
        ),
        changed(
            "equal names joined by a comma",
            "id=1&id=2&a=3",
            "id=1,2&a=3",
            &[Cause::Query],
        ),
        changed(
            "equal names joined by an escaped comma",
            "id=1&id=2",
            "id=1%2C2",
            &[Cause::Query],
        ),
        changed(
            "indices of PHP",
            "id[]=1&id[]=2",
            "id%5B0%5D=1&id%5B1%5D=2",
            &[Cause::Query],
        ),
        changed(
            "brackets added",
            "id=1&id=2",
            "id[]=1&id[]=2",
            &[Cause::Query],
        ),
        changed(
            "brackets removed",
            "id[]=1&id[]=2",
            "id=1&id=2",
            &[Cause::Query],
        ),
        changed(
            "one added, and an apostrophe",
            "name=Sull'Adda",
            "name=Sull%27Adda&via=proxy",
            &[Cause::Query],
        ),
        changed(
            "one put before, and a space",
            "name=a%20b&x=1",
            "via=proxy&name=a+b&x=1",
            &[Cause::Query],
        ),
        changed(
            "one added, and sorted",
            "z=1&b=2",
            "b=2&via=proxy&z=1",
            &[Cause::Query],
        ),
        changed(
            "base64's equals signs",
            "token=YWJj==&to=%2B1",
            "token=YWJj%3D%3D&to=%2B1",
            &[Cause::QueryEncoding],
        ),
        changed(
            "base64's equals signs decoded",
            "token=YWJj%3D%3D&to=%2B1",
            "token=YWJj==&to=%2B1",
            &[Cause::QueryEncoding],
        ),
        changed(
            "base64's slash and plus",
            "token=a%2Fb%2Bc%3D",
            "token=a/b+c=",
            &[Cause::QueryEncoding],
        ),
        changed("an ampersand at the end", "a=1&", "a=1", &[Cause::Query]),
        changed("an ampersand at the start", "&a=1", "a=1", &[Cause::Query]),
        changed(
            "a doubled ampersand",
            "a=1&&b=2",
            "a=1&b=2",
            &[Cause::Query],
        ),
        changed(
            "read as Latin-1",
            "name=caf%C3%A9",
            "name=caf%C3%83%C2%A9",
            &[Cause::Query],
        ),
        changed(
            "written in Latin-1",
            "name=caf%C3%A9",
            "name=caf%E9",
            &[Cause::Query],
        ),
        changed(
            "a second question mark",
            "a=1?b=2",
            "a=1%3Fb=2",
            &[Cause::QueryEncoding],
        ),
        changed(
            "a url in a parameter",
            "next=https://x.example/a?b=c",
            "next=https%3A%2F%2Fx.example%2Fa%3Fb%3Dc",
            &[Cause::QueryEncoding],
        ),
        changed(
            "a url in a parameter decoded",
            "next=https%3A%2F%2Fx.example%2Fa%3Fb%3Dc",
            "next=https://x.example/a?b=c",
            &[Cause::QueryEncoding],
        ),
        changed(
            "a url in the second parameter decoded",
            "t=7&next=https%3A%2F%2Fx.example%2Fa%20b",
            "t=7&next=https://x.example/a%20b",
            &[Cause::QueryEncoding],
        ),
        changed("a doubled question mark", "?a=1", "a=1", &[Cause::Query]),
        changed("a parameter twice", "a=1", "a=1&a=1", &[Cause::Query]),
        changed(
            "names in lower case",
            "Tenant=7&Lang=en",
            "tenant=7&lang=en",
            &[Cause::Query],
        ),
        changed(
            "five parameters sorted",
            "e=1&b=2&d=3&a=4&c=5",
            "a=4&b=2&c=5&d=3&e=1",
            &[Cause::QueryOrder],
        ),
        changed(
            "the last of five first",
            "a=1&b=2&c=3&d=4&e=5",
            "e=5&a=1&b=2&c=3&d=4",
            &[Cause::QueryOrder],
        ),
        changed(
            "two of five swapped",
            "a=1&b=2&c=3&d=4&e=5",
            "a=1&d=4&c=3&b=2&e=5",
            &[Cause::QueryOrder],
        ),
        changed("a space at the end", "name=a%20", "name=a", &[Cause::Query]),
        changed(
            "a bracket's escape in lower case",
            "a%5b0%5d=1",
            "a[0]=1",
            &[Cause::QueryEncoding],
        ),
        changed(
            "an apostrophe, a comma and a colon",
            "at=10:30,11:30&who=O'Neil",
            "at=10%3A30%2C11%3A30&who=O%27Neil",
            &[Cause::QueryEncoding],
        ),
        changed(
            "a dash escaped",
            "a=x-y_z.w",
            "a=x%2Dy%5Fz%2Ew",
            &[Cause::QueryEncoding],
        ),
        case(
            "a query and the path both escaped",
            form("https://hooks.example.com/~acme/sms?name=Sull'Adda")
                .hop(path("tilde", |path| path.replace('~', "%7E")))
                .hop(in_query("'", "%27")),
            &[Cause::PathEncoding, Cause::QueryEncoding],
            exact_of_path(),
        ),
        case(
            "a digest's semicolon",
            digest("https://hooks.example.com/sms?a=1;b=2").hop(in_query(";", "&")),
            &[Cause::Query],
            "",
        ),
        case(
            "a digest's name in lower case",
            digest("https://hooks.example.com/sms").hop(in_query("bodySHA256", "bodysha256")),
            &[Cause::Query],
            "",
        ),
        changed(
            "a plus sign that became an escaped space",
            "from=%2B1555&a=1",
            "from=%201555&a=1",
            &[Cause::QueryEncoding],
        ),
        changed(
            "one escape of two in lower case",
            "a=%7e&b=%2B",
            "a=%7E&b=%2B",
            &[Cause::QueryEncoding],
        ),
        case(
            "a GET whose own parameters were rewritten, known",
            get("https://hooks.example.com/sms?a=1&amp;b=%7e")
                .hop(in_query("&amp;", "&"))
                .hop(in_query("%7e", "~"))
                .known(),
            &[Cause::Query],
            "",
        ),
        case(
            "a GET with a parameter added",
            get("https://hooks.example.com/sms")
                .hop(query("adds", |query| format!("{query}&via=proxy"))),
            &[Cause::Query],
            "",
        ),
        case(
            "a SWML query in a form's encoding",
            Deployment::json("https://hooks.example.com/swml?name=a%20b~c")
                .hop(in_query("%20", "+"))
                .hop(in_query("~", "%7E")),
            &[Cause::QueryEncoding],
            "PublicUrl::exact",
        ),
    ]
}

fn exact_of_path() -> &'static str {
    r#"PublicUrl::exact("https://hooks.example.com/~acme/sms?…")?), for this route alone"#
}
