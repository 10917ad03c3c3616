//! `send`: one request to a server under development, and its answer.

mod again;
mod answer;
mod indented;
mod no_answer;

use std::{
    io::Read as _,
    process::ExitCode,
    time::{Duration, Instant},
};

use self::{answer::Answer, no_answer::no_answer};
use crate::{
    arguments::{Method, SendArguments},
    content::Content,
    failure::Failure,
    keys::signing_key,
    outgoing::{Outgoing, host_of},
    terminal::{print, print_json},
};

/// SignalWire itself waits no longer.
const TIMEOUT: Duration = Duration::from_secs(15);

pub(crate) fn run(arguments: &SendArguments) -> Result<ExitCode, Failure> {
    let request = match &arguments.again {
        Some(again) => again::request(arguments, again)?,
        None => new_request(arguments)?,
    };
    let answer = exchange(request)?;
    if arguments.json {
        print_json(&answer.as_json())?;
    } else {
        print(&answer.as_text())?;
    }
    Ok(if answer.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn new_request(arguments: &SendArguments) -> Result<Outgoing, Failure> {
    let content = Content::from_arguments(&arguments.content)?;
    let public_url = arguments.public_url.as_deref();
    let method = arguments.content.method;
    let mut request = Outgoing::new(&arguments.url, public_url, method, &content)?;
    request.add_header("User-Agent", content.user_agent());
    if let Some(public_url) = public_url {
        let scheme = public_url.split("://").next().unwrap_or_default();
        request.add_header("Host", host_of(public_url));
        request.add_header("X-Forwarded-Host", host_of(public_url));
        request.add_header("X-Forwarded-Proto", scheme);
    }
    if !arguments.unsigned {
        request.sign(&signing_key(&arguments.key)?, &content);
    }
    if arguments.forge {
        request.forge(&content);
    }
    Ok(request)
}

fn exchange(request: Outgoing) -> Result<Answer, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .proxy(None)
        .build()
        .into();
    let mut message = http::Request::builder()
        .method(request.method.name())
        .uri(&request.target);
    for (name, value) in &request.headers {
        message = message.header(name, value);
    }
    let target = request.target;
    let impossible =
        |error| Failure::usage(format!("this request cannot be sent as it is: {error}"));
    let unanswered = |error: ureq::Error| no_answer(&target, &error);
    let start = Instant::now();
    let outcome = match request.method {
        Method::Get => agent.run(message.body(()).map_err(impossible)?),
        Method::Post => agent.run(message.body(request.body).map_err(impossible)?),
    };
    let (parts, body) = outcome.map_err(unanswered)?.into_parts();
    let mut bytes = Vec::new();
    body.into_reader()
        .take(answer::READ_AT_MOST)
        .read_to_end(&mut bytes)
        .map_err(|error| unanswered(error.into()))?;
    Ok(Answer::new(&parts, &bytes, start.elapsed()))
}
