//! One deployment a line: what broke it, the first cause that is told, and a part of the fix.

mod adapted_bodies;
mod forms;
mod hosts;
mod keys;
mod parsed_forms;
mod parsed_queries;
mod pasted;
mod paths;
mod queries;
mod raw_bodies;
mod rewritten_paths;
mod signatures;
mod three_together;
mod together;
mod wrapped_bodies;

use signalwire_webhook::{ForwardingHeader, PublicUrl, SignatureScheme, explain::Cause};

use super::{
    deployment::{Deployment, FORM, Hop, KEY, Kind, Outcome, judge},
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

fn all() -> Vec<(&'static str, Vec<Deployment>)> {
    vec![
        ("hosts", hosts::hosts()),
        ("ports", hosts::ports()),
        ("credentials", hosts::credentials()),
        ("paths", paths::paths()),
        ("queries", queries::queries()),
        ("raw bodies", raw_bodies::raw_bodies()),
        ("forms", forms::forms()),
        ("keys", keys::keys()),
        ("signatures", signatures::signatures()),
        ("together", together::together()),
        ("rewritten paths", rewritten_paths::rewritten_paths()),
        ("parsed queries", parsed_queries::parsed_queries()),
        ("pasted", pasted::pasted()),
        ("wrapped bodies", wrapped_bodies::wrapped_bodies()),
        ("adapted bodies", adapted_bodies::adapted_bodies()),
        ("parsed forms", parsed_forms::parsed_forms()),
        ("three together", three_together::three_together()),
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
