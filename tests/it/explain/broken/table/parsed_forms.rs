//! Forms that something parsed and wrote anew, and requests whose form and query changed places.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;
use crate::explain::broken::deployment::Part;

pub fn parsed_forms() -> Vec<Deployment> {
    let form_of = |body: &str| sms().body(body);
    let of = |name: &str, change: fn(&[(String, String)]) -> String, causes: &[Cause]| {
        let change = Hop::new(name, Part::Body, move |message| {
            let pairs: Vec<(String, String)> =
                form_urlencoded::parse(&message.body).into_owned().collect();
            message.body = change(&pairs).into_bytes();
        });
        case(name, sms().hop(change), causes, KEEP_BODY)
    };
    vec![
        of(
            "names in snake case",
            |pairs| renamed_as(pairs, snake_case),
            &[Cause::FormNames],
        ),
        of(
            "names in camel case",
            |pairs| renamed_as(pairs, |name| name[..1].to_lowercase() + &name[1..]),
            &[Cause::FormNames],
        ),
        of(
            "names in brackets",
            |pairs| renamed_as(pairs, |name| format!("data[{name}]")),
            &[Cause::FormNames],
        ),
        of(
            "names with a prefix",
            |pairs| renamed_as(pairs, |name| format!("sw_{name}")),
            &[Cause::FormNames],
        ),
        of(
            "nothing escaped",
            |pairs| joined(pairs, "&"),
            &[Cause::FormEncoding],
        ),
        of(
            "lines of text/plain",
            |pairs| joined(pairs, "\r\n"),
            &[Cause::FormEncoding],
        ),
        of(
            "a JSON array of pairs",
            |pairs| serde_json::to_string(pairs).unwrap(),
            &[Cause::FormAsJson],
        ),
        of(
            "a JSON array of names and values",
            |pairs| {
                let items = pairs
                    .iter()
                    .map(|(name, value)| serde_json::json!({"name": name, "value": value}));
                items.collect::<serde_json::Value>().to_string()
            },
            &[Cause::FormAsJson],
        ),
        of(
            "elements of XML",
            |pairs| {
                let elements = pairs
                    .iter()
                    .map(|(name, value)| format!("<{name}>{value}</{name}>"));
                format!("<xml>{}</xml>", elements.collect::<String>())
            },
            &[Cause::FormAsXml],
        ),
        of(
            "plus signs lost",
            |pairs| {
                let pairs = pairs
                    .iter()
                    .map(|(name, value)| (name, value.trim_start_matches('+')));
                form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish()
            },
            &[Cause::FormEncoding],
        ),
        case(
            "spaces that became plus signs",
            form_of("From=%2B1555123000#&Body=a+b+c").hop(in_body("a+b+c", "a%2Bb%2Bc")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "slashes before quotes",
            form_of("From=%2B1555123000#&Body=it%27s+%22x%22")
                .hop(in_body("%27", "%5C%27"))
                .hop(in_body("%22", "%5C%22")),
            &[Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "JavaScript's escape",
            form_of("From=%2B1555123000#&Body=%E2%80%99").hop(in_body("%E2%80%99", "%u2019")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "surrogates in UTF-8",
            form_of("From=%2B1555123000#&Body=%F0%9F%98%80")
                .hop(in_body("%F0%9F%98%80", "%ED%A0%BD%ED%B8%80")),
            &[Cause::FormCharset],
            KEEP_BODY,
        ),
        case(
            "a space trimmed",
            form_of("From=%2B1555123000#&Body=Hi+").hop(in_body("Hi+", "Hi")),
            &[Cause::TrimmedFormValues],
            KEEP_BODY,
        ),
        case(
            "a line break trimmed",
            form_of("From=%2B1555123000#&Body=Hi%0A").hop(in_body("%0A", "")),
            &[Cause::TrimmedFormValues],
            KEEP_BODY,
        ),
        case(
            "empty places of one party dropped",
            form_of("From=%2B1555123000#&CallerCity=&CallerCountry=US&CallerState=CA&CallerZip=")
                .hop(in_body("&CallerCity=", ""))
                .hop(in_body("&CallerZip=", "")),
            &[Cause::FormParametersDropped],
            KEEP_BODY,
        ),
        case(
            "names in snake case and spaces that became plus signs",
            form_of("From=%2B1555123000#&NumMedia=0&Body=%3Cb%3E")
                .hop(in_body("NumMedia", "num_media"))
                .hop(in_body("From", "from"))
                .hop(in_body("Body", "body"))
                .hop(in_body("%3C", "%26lt%3B")),
            &[Cause::FormNames, Cause::FormEncoding],
            KEEP_BODY,
        ),
        case(
            "the query of a GET as a form",
            get("https://hooks.example.com/voice").hop(query_as_form()),
            &[Cause::QueryInForm],
            "let the proxy or gateway pass the path and query on",
        ),
        case(
            "the query of a GET as a form, after a proxy",
            get("https://hooks.example.com/voice")
                .hop(host("app:3000", "x-forwarded-host"))
                .hop(query_as_form()),
            &[Cause::Host, Cause::QueryInForm],
            BASE,
        ),
        case(
            "a front controller",
            sms().hop(in_query_of("/index.php?q=")),
            &[Cause::Path, Cause::Query],
            "PublicUrl::exact",
        ),
        case(
            "a segment that became a parameter",
            form("https://hooks.example.com/sms/7").hop(Hop::new(
                "a parameter",
                Part::Target,
                |message| {
                    "/sms?id=7".clone_into(&mut message.target);
                },
            )),
            &[Cause::Path, Cause::Query],
            "PublicUrl::exact",
        ),
    ]
}

fn in_query_of(start: &'static str) -> Hop {
    Hop::new(start, Part::Target, move |message| {
        message.target = format!("{start}{}", message.target);
    })
}

/// As a gateway that forwards parameters does.
fn query_as_form() -> Hop {
    Hop::new("a query as a form", Part::Target, |message| {
        let (path, query) = message.target.split_once('?').unwrap();
        message.body = query.as_bytes().to_vec();
        message.target = path.to_owned();
        message.method = http::Method::POST;
        message.set("content-type", "application/x-www-form-urlencoded");
    })
}

fn renamed_as(pairs: &[(String, String)], rename: impl Fn(&str) -> String) -> String {
    let pairs = pairs.iter().map(|(name, value)| (rename(name), value));
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs).finish()
}

fn snake_case(name: &str) -> String {
    let mut found = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !found.is_empty() {
            found.push('_');
        }
        found.extend(character.to_lowercase());
    }
    found
}

fn joined(pairs: &[(String, String)], separator: &str) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(separator)
}
