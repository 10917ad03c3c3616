use std::{fmt::Write as _, process::ExitCode};

use serde_json::{Map, Value, json};

use crate::{
    arguments::SignArguments,
    content::Content,
    failure::Failure,
    key_input::signing_key,
    outgoing::{Outgoing, signature_headers},
    print,
};

pub(crate) fn run(arguments: &SignArguments) -> Result<ExitCode, Failure> {
    let content = Content::from_arguments(&arguments.content)?;
    let mut request = Outgoing::new(&arguments.url, &content)?;
    let key = signing_key(&arguments.key)?;
    for (name, signature) in signature_headers(&key, arguments.url.trim(), &content) {
        request.add_header(&name, signature);
    }
    print(&if arguments.curl {
        as_curl(&request)?
    } else if arguments.json {
        as_json(&request)
    } else if arguments.content.event.is_some() {
        // Made up for this run: nobody else has what was signed.
        let body = String::from_utf8_lossy(&request.body);
        format!("{}\n{body}", as_headers(&request))
    } else {
        as_headers(&request)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn as_headers(request: &Outgoing) -> String {
    request
        .headers
        .iter()
        .fold(String::new(), |mut lines, (name, value)| {
            let _ = writeln!(lines, "{name}: {value}");
            lines
        })
}

fn as_json(request: &Outgoing) -> String {
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    json!({
        "url": request.target,
        "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
    })
    .to_string()
}

fn as_curl(request: &Outgoing) -> Result<String, Failure> {
    let body = str::from_utf8(&request.body).map_err(|_| {
        Failure::of("the body is no text, which a command line cannot hold: leave --curl out")
    })?;
    let mut command = format!("curl -i {}", quoted(&request.target));
    for (name, value) in &request.headers {
        let _ = write!(command, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
    }
    let _ = write!(command, " \\\n  --data-raw {}", quoted(body));
    Ok(command)
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
