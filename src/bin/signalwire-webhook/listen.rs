use std::{
    fmt::Write as _,
    net::SocketAddr,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use signalwire_webhook::{Rejection, SignalWireWebhookLayer, SigningKeys, VerifiedWebhook};

use crate::{
    arguments::ListenArguments,
    explain::{as_json, as_text},
    failure::Failure,
    key_input::{public_url, signing_keys},
    print,
    style::Style,
};

/// What the line about a request says of it, beside what every request has.
#[derive(Clone, Debug, Default)]
struct Seen {
    verified: Option<VerifiedWebhook>,
    rejection: Option<Rejection>,
    from: String,
    to: String,
}

#[derive(Clone, Copy, Debug)]
struct Output {
    json: bool,
    style: Style,
}

pub(crate) fn run(arguments: &ListenArguments) -> Result<ExitCode, Failure> {
    let verification = &arguments.verification;
    let keys = SigningKeys::new(signing_keys(&verification.key)?)
        .map_err(|error| Failure::usage(error.to_string()))?;
    // Refused requests go on to the handler too, which answers 403 and knows From and To.
    let layer = SignalWireWebhookLayer::new(keys)
        .public_url(public_url(verification)?)
        .explain_rejections()
        .report_only();
    let output = Output {
        json: verification.json,
        style: Style::of_stdout(),
    };
    let app = Router::new()
        .fallback(answer)
        .layer(layer)
        .layer(middleware::from_fn_with_state(output, report));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::of(format!("cannot start: {error}")))?;
    runtime.block_on(serve(
        SocketAddr::from((arguments.address, arguments.port)),
        app,
        output,
    ))
}

async fn serve(address: SocketAddr, app: Router, output: Output) -> Result<ExitCode, Failure> {
    let failed =
        |error: std::io::Error| Failure::of(format!("cannot listen on {address}: {error}"));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    print(&if output.json {
        json!({ "listening": format!("http://{address}") }).to_string()
    } else {
        format!("Listening on http://{address}; Ctrl-C stops.")
    })?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await
        .map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the line, whoever answered: the handler, or the layer where the body is too large.
async fn report(State(output): State<Output>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let mut seen = response
        .extensions()
        .get::<Seen>()
        .cloned()
        .unwrap_or_default();
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        seen.rejection = Some(rejection.clone());
    }
    let line = if output.json {
        seen.as_json(&method, &path)
    } else {
        seen.as_text(&method, &path, output.style)
    };
    // Nothing is lost to SignalWire where nobody reads the lines any more.
    let _ = print(&line);
    response
}

impl Seen {
    fn as_text(&self, method: &str, path: &str, style: Style) -> String {
        let verdict = match (&self.verified, &self.rejection) {
            (Some(verified), _) => format!("{} {}", style.good("verified"), verified.scheme()),
            (None, Some(rejection)) => {
                format!("{} {:?}", style.bad("refused"), rejection.reason())
            }
            (None, None) => style.bad("refused"),
        };
        let mut text = format!("{} {method} {} {verdict}", time(), shown(path));
        for (name, value) in [("From", &self.from), ("To", &self.to)] {
            if !value.is_empty() {
                let _ = write!(text, " {name}={}", shown(value));
            }
        }
        let explanation = self.rejection.as_ref().and_then(Rejection::explanation);
        for line in explanation
            .map(|explanation| as_text(explanation, style))
            .unwrap_or_default()
            .lines()
        {
            text.push_str("\n    ");
            text.push_str(line);
        }
        text
    }

    fn as_json(&self, method: &str, path: &str) -> String {
        let rejection = self.rejection.as_ref();
        json!({
            "time": time(),
            "method": method,
            "path": path,
            "verified": self.verified.is_some(),
            "scheme": self.verified.as_ref().map(|verified| verified.scheme().to_string()),
            "reason": rejection.map(|rejection| format!("{:?}", rejection.reason())),
            "from": self.from,
            "to": self.to,
            "explanation": rejection.and_then(Rejection::explanation).map(as_json),
        })
        .to_string()
    }
}

/// A terminal obeys control characters, and this text is a stranger's.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .collect()
}

/// Of the day, in UTC.
fn time() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    time_of_day(now.unwrap_or_default().as_secs())
}

fn time_of_day(seconds_since_epoch: u64) -> String {
    let seconds = seconds_since_epoch % 86_400;
    format!(
        "{:02}:{:02}:{:02}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

async fn answer(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = whole(body).await;
    let (from, to) = parties(&parts.headers, &body);
    let seen = Seen {
        verified: parts.extensions.get().cloned(),
        rejection: parts.extensions.get().cloned(),
        from,
        to,
    };
    let mut response = match &seen.rejection {
        None => document(&parts.headers, &body),
        Some(rejection) => rejection.clone().into_response(),
    };
    response.extensions_mut().insert(seen);
    response
}

/// The layer has read it already, within its limits.
async fn whole(body: Body) -> Bytes {
    axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default()
}

fn parties(headers: &HeaderMap, body: &[u8]) -> (String, String) {
    if is_json(headers) {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let field = |name: &str| {
            let found = ["call", "message"]
                .iter()
                .find_map(|subject| value[subject][name].as_str());
            found.unwrap_or_default().to_owned()
        };
        return (field("from"), field("to"));
    }
    (parameter(body, "From"), parameter(body, "To"))
}

fn parameter(form: &[u8], wanted: &str) -> String {
    let form = String::from_utf8_lossy(form).replace('+', " ");
    let found = form
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == wanted);
    found.map_or_else(String::new, |(_, value)| {
        percent_decode_str(value).decode_utf8_lossy().into_owned()
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| content_type.contains("json"))
}

/// A document that a call or a message of the request's kind goes on with.
fn document(headers: &HeaderMap, body: &[u8]) -> Response {
    if is_json(headers) {
        let swml = json!({
            "version": "1.0.0",
            "sections": { "main": [{ "play": { "url": "say:Your webhook works." } }, "hangup"] },
        });
        return (
            StatusCode::OK,
            [(CONTENT_TYPE, "application/json")],
            swml.to_string(),
        )
            .into_response();
    }
    let cxml = if parameter(body, "CallSid").is_empty() {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"
    } else {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>Your webhook works.</Say><Hangup/></Response>"
    };
    ([(CONTENT_TYPE, "application/xml")], cxml).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_that_of_the_day() {
        let day = 24 * 60 * 60;
        for (seconds, shown) in [
            (0, "00:00:00Z"),
            (day - 1, "23:59:59Z"),
            (20_000 * day + 3_723, "01:02:03Z"),
        ] {
            assert_eq!(time_of_day(seconds), shown);
        }
    }
}
