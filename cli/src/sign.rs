use std::{fmt::Write as _, process::ExitCode};

use serde_json::{Map, Value, json};

use crate::{
    arguments::{Method, SignArguments},
    content::{Content, Signatures},
    failure::Failure,
    keys::signing_key,
    outgoing::Outgoing,
    terminal::{print_data, print_json},
};

pub(crate) fn run(arguments: &SignArguments) -> Result<ExitCode, Failure> {
    let content = Content::from_arguments(&arguments.content)?;
    let method = arguments.content.method;
    let mut request = Outgoing::new(&arguments.url, None, method, &content)?;
    request.sign(&signing_key(&arguments.key)?, &content);
    if arguments.json {
        print_json(&as_json(&request))?;
    } else if arguments.curl {
        print_data(as_curl(&request)?.as_bytes())?;
    } else {
        let is_event = arguments.content.event.is_some();
        print_data(&as_headers(&request, &content, is_event))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The headers. Before them stands a URL whose query has what the user did not write, and after
/// them the body of an event, which is made for this run: nobody else has what was signed.
fn as_headers(request: &Outgoing, content: &Content, is_event: bool) -> Vec<u8> {
    let mut text = String::new();
    if request.method == Method::Get || content.signatures == Signatures::BodyDigest {
        let _ = writeln!(text, "{} {}", request.method.name(), request.target);
    }
    for (name, value) in &request.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    let mut text = text.into_bytes();
    if is_event && request.method == Method::Post {
        text.push(b'\n');
        text.extend_from_slice(&request.body);
        text.push(b'\n');
    }
    text
}

fn as_json(request: &Outgoing) -> Value {
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    json!({
        "method": request.method.name(),
        "url": request.target,
        "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
    })
}

fn as_curl(request: &Outgoing) -> Result<String, Failure> {
    let body = str::from_utf8(&request.body).map_err(|_| {
        Failure::of("the body is not text, which a command line cannot hold: leave --curl out")
    })?;
    let mut command = format!("curl -i {}", quoted(&request.target));
    for (name, value) in &request.headers {
        let _ = write!(command, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
    }
    if request.method == Method::Post {
        let _ = write!(command, " \\\n  --data-raw {}", quoted(body));
    }
    command.push('\n');
    Ok(command)
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
