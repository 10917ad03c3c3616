//! Forms that something parsed and wrote anew, and requests whose form and query changed places.
#![allow(clippy::too_many_lines, reason = "a table")]

use super::*;
use crate::explain::broken::{adapters, deployment::Part};

pub fn parsed_forms() -> Vec<Deployment> {
    let form_of = |body: &str| sms().body(body);
    let of = |name: &str, change: fn(&str) -> String, causes: &[Cause]| {
        let change = body(name, move |body| {
            change(&String::from_utf8_lossy(body)).into_bytes()
        });
        case(name, sms().hop(change), causes, KEEP_BODY)
    };
    vec![
        of(
            "names in snake case",
            adapters::snake_case_names,
            &[Cause::FormNames],
        ),
        of(
            "names in camel case",
            |form| adapters::renamed(form, |name| name[..1].to_lowercase() + &name[1..]),
            &[Cause::FormNames],
        ),
        of(
            "names in brackets",
            adapters::names_in_brackets,
            &[Cause::FormNames],
        ),
        of(
            "names with a prefix",
            |form| adapters::renamed(form, |name| format!("sw_{name}")),
            &[Cause::FormNames],
        ),
        of(
            "nothing escaped",
            |form| adapters::unescaped(form, "&"),
            &[Cause::FormEncoding],
        ),
        of(
            "lines of text/plain",
            |form| adapters::unescaped(form, "\r\n"),
            &[Cause::FormEncoding],
        ),
        of(
            "a JSON array of pairs",
            |form| serde_json::to_string(&pairs(form)).unwrap(),
            &[Cause::FormAsJson],
        ),
        of(
            "a JSON array of names and values",
            |form| {
                let pairs = pairs(form).into_iter();
                let items =
                    pairs.map(|(name, value)| serde_json::json!({"name": name, "value": value}));
                items.collect::<serde_json::Value>().to_string()
            },
            &[Cause::FormAsJson],
        ),
        of(
            "elements of XML",
            |form| {
                let pairs = pairs(form).into_iter();
                let elements = pairs.map(|(name, value)| format!("<{name}>{value}</{name}>"));
                let elements: Vec<String> = elements.collect();
                format!("<xml>{}</xml>", elements.concat())
            },
            &[Cause::FormAsXml],
        ),
        of(
            "plus signs lost",
            |form| form.replace("=%2B", "="),
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

fn pairs(form: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect()
}
