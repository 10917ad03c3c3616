use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    arguments::SendArguments,
    content::Content,
    failure::Failure,
    indented::indented,
    key_input::signing_key,
    outgoing::{Outgoing, host_of, signature_headers, signed_url},
    print,
    style::Style,
};

/// SignalWire itself waits no longer.
const TIMEOUT: Duration = Duration::from_secs(15);

struct Answer {
    status: u16,
    content_type: String,
    body: String,
    time: Duration,
}

pub(crate) fn run(arguments: &SendArguments) -> Result<ExitCode, Failure> {
    let content = Content::from_arguments(&arguments.content)?;
    let mut request = Outgoing::new(&arguments.url, &content)?;
    if let Some(public_url) = &arguments.public_url {
        let scheme = public_url.split("://").next().unwrap_or_default();
        request.add_header("Host", host_of(public_url));
        request.add_header("X-Forwarded-Host", host_of(public_url));
        request.add_header("X-Forwarded-Proto", scheme);
    }
    if !arguments.unsigned {
        let key = signing_key(&arguments.key)?;
        let url = signed_url(&arguments.url, arguments.public_url.as_deref())?;
        for (name, signature) in signature_headers(&key, &url, &content) {
            request.add_header(&name, signature);
        }
    }
    if arguments.forge {
        forge(&mut request.body, &content);
    }
    let answer = exchange(request)?;
    let is_success = (200..300).contains(&answer.status);
    print(&if arguments.json {
        as_json(&answer)
    } else {
        as_text(&answer, is_success)
    })?;
    Ok(if is_success {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A field more, which no parser takes for a change of layout.
fn forge(body: &mut Vec<u8>, content: &Content) {
    match content {
        Content::Form(_) => body.extend_from_slice(b"&Forged=1"),
        Content::Raw { .. } if body.starts_with(b"{\"") => {
            body.splice(1..1, *b"\"forged\":true,");
        }
        Content::Raw { .. } => body.extend_from_slice(b"forged"),
    }
}

fn exchange(request: Outgoing) -> Result<Answer, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .proxy(None)
        .build()
        .into();
    let mut message = http::Request::post(&request.target);
    for (name, value) in &request.headers {
        message = message.header(name, value);
    }
    let message = message
        .body(request.body)
        .map_err(|error| Failure::usage(format!("this is no request that can be sent: {error}")))?;
    let start = Instant::now();
    let unreachable = |error: ureq::Error| {
        Failure::of(format!(
            "no answer from {}: {error}; is the server running there?",
            request.target
        ))
    };
    let mut response = agent.run(message).map_err(unreachable)?;
    let body = response.body_mut().read_to_vec().map_err(unreachable)?;
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: response
            .headers()
            .get("content-type")
            .map_or_else(String::new, |value| {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            }),
        body: String::from_utf8_lossy(&body).into_owned(),
        time: start.elapsed(),
    })
}

fn as_json(answer: &Answer) -> String {
    json!({
        "status": answer.status,
        "milliseconds": answer.time.as_millis(),
        "content_type": answer.content_type,
        "body": answer.body,
    })
    .to_string()
}

fn as_text(answer: &Answer, is_success: bool) -> String {
    let style = Style::of_stdout();
    let status = http::StatusCode::from_u16(answer.status)
        .map_or_else(|_| answer.status.to_string(), |status| status.to_string());
    let status = if is_success {
        style.good(&status)
    } else {
        style.bad(&status)
    };
    let time = style.dim(&format!(
        "in {} ms, {}",
        answer.time.as_millis(),
        answer.content_type
    ));
    format!("{status} {time}\n{}", indented(&answer.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_body_is_another_one_of_the_same_kind() {
        for (body, expected) in [
            (r#"{"a":1}"#, r#"{"forged":true,"a":1}"#),
            ("{}", "{}forged"),
            ("", "forged"),
        ] {
            let content = Content::Raw {
                content_type: "application/json".to_owned(),
                body: body.into(),
            };
            let mut forged = content.body();
            forge(&mut forged, &content);
            assert_eq!(String::from_utf8(forged).unwrap(), expected);
        }
        let content = Content::Form(vec![("a".to_owned(), "b".to_owned())]);
        let mut forged = content.body();
        forge(&mut forged, &content);
        assert_eq!(forged, b"a=b&Forged=1");
    }
}
