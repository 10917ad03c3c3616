//! One change of the URL, one of the body and one of the key or the signature: each with each.

use super::*;

type Change = fn(Deployment) -> Deployment;

const URLS: [(&str, Cause, Change); 6] = [
    ("a host", Cause::Host, |deployment| {
        deployment.hop(host("app:3000", "x-forwarded-host"))
    }),
    ("a slash", Cause::TrailingSlash, |deployment| {
        deployment.hop(path("a slash", |path| format!("{path}/")))
    }),
    ("a parameter", Cause::Query, |deployment| {
        deployment.hop(query("adds", |query| format!("{query}&via=edge")))
    }),
    ("an order", Cause::QueryOrder, |deployment| {
        deployment.hop(reordered(&[1, 0]))
    }),
    ("a port", Cause::Port, |mut deployment| {
        deployment.url = deployment.url.replace(HOST, &format!("{HOST}:8443"));
        deployment.hop(without_port())
    }),
    ("a stage", Cause::PathPrefix, |deployment| {
        deployment.hop(path("a stage", |path| format!("/prod{path}")))
    }),
];

const FORMS: [(&str, Cause, Change); 7] = [
    ("base64", Cause::Base64Body, |deployment| {
        deployment.hop(base64())
    }),
    ("gzip", Cause::Compressed, |deployment| {
        deployment.hop(gzip(true))
    }),
    ("an event", Cause::BodyInEnvelope, |deployment| {
        deployment.hop(in_event())
    }),
    ("JSON", Cause::FormAsJson, |deployment| {
        deployment.hop(form_as_json())
    }),
    ("a line break", Cause::LineBreak, |deployment| {
        deployment.hop(raw_bodies::body_suffix("\n"))
    }),
    ("plus signs", Cause::FormEncoding, |deployment| {
        deployment.hop(in_body("%2B", "+"))
    }),
    ("Latin-1", Cause::FormCharset, |deployment| {
        deployment
            .body("From=%2B1555123000#&Body=Caf%C3%A9")
            .hop(in_body("%C3%A9", "%E9"))
    }),
];

const KEYS: [(&str, Cause, Change); 5] = [
    ("quotes", Cause::QuotedKey, |deployment| {
        deployment.key(format!("\"{KEY}\""))
    }),
    ("a name", Cause::KeyVariableName, |deployment| {
        deployment.key(format!("K={KEY}"))
    }),
    ("a list", Cause::KeyList, |deployment| {
        deployment.key(format!("PSKother0123456789,{KEY}"))
    }),
    ("JSON", Cause::JsonKey, |deployment| {
        deployment.key(format!(r#"{{"key":"{KEY}"}}"#))
    }),
    (
        "a signature in quotes",
        Cause::SignatureEncoding,
        |deployment| deployment.hop(in_signature("in quotes", |value| format!("\"{value}\""))),
    ),
];

pub fn three_together() -> Vec<Deployment> {
    let mut all = Vec::new();
    for (of_url, url_cause, change_url) in URLS {
        for (of_body, body_cause, change_body) in FORMS {
            for (of_key, key_cause, change_key) in KEYS {
                let name = format!("{of_url}, {of_body} and {of_key}");
                let changed = change_body(change_url(form(&format!("{SMS}?b=1&a=2"))));
                let deployment = change_key(changed);
                let causes = deployment.explain();
                let causes = causes.causes();
                for cause in [url_cause, body_cause, key_cause] {
                    assert!(causes.contains(&cause), "{name}: {causes:?}");
                }
                all.push(case(&name, deployment, &[], ""));
            }
        }
    }
    all
}
