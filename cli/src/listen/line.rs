//! The line that is printed for each request, for people or for programs.

use std::{
    net::SocketAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use http::Method;
use serde_json::{Value, json};

use super::{parties::Parties, verdict::Verdict};
use crate::{
    explain::{explanation_as_json, explanation_as_text},
    failure::Failure,
    terminal::{BAD, GOOD, Text, print, print_json},
};

/// Longer paths say no more.
const PATH_AT_MOST: usize = 256;

#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    is_json: bool,
}

impl Output {
    pub(super) fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    pub(super) fn print_address(self, address: SocketAddr) -> Result<(), Failure> {
        if self.is_json {
            print_json(&json!({ "listening": format!("http://{address}") }))
        } else {
            let line = format!("Listening on http://{address}; Ctrl-C stops.");
            print(&Text::of(line))
        }
    }

    /// SignalWire gets its answer, whether somebody still reads the lines or not.
    pub(super) fn print_request(
        self,
        method: &Method,
        path: &str,
        verdict: &Verdict,
        parties: &Parties,
    ) {
        let path: String = path.chars().take(PATH_AT_MOST).collect();
        let _ = if self.is_json {
            print_json(&as_json(method, &path, verdict, parties))
        } else {
            print(&as_text(method, &path, verdict, parties))
        };
    }
}

fn as_text(method: &Method, path: &str, verdict: &Verdict, parties: &Parties) -> Text {
    let mut text = Text::of(format!("{} {method} {path} ", time()));
    match (&verdict.verified, &verdict.rejection) {
        (Some(verified), _) => {
            text.add_styled(GOOD, "verified");
            text.add(format!(" {}", verified.scheme()));
        }
        (None, rejection) => {
            text.add_styled(BAD, "refused");
            if let Some(rejection) = rejection {
                text.add(format!(" {:?}", rejection.reason()));
            }
        }
    }
    for (name, value) in [("From", &parties.from), ("To", &parties.to)] {
        if !value.is_empty() {
            text.add(format!(" {name}={value}"));
        }
    }
    text.end_line();
    if let Some(explanation) = &verdict.explanation {
        text.add_indented(&explanation_as_text(explanation));
    }
    text
}

fn as_json(method: &Method, path: &str, verdict: &Verdict, parties: &Parties) -> Value {
    let scheme = verdict.verified.as_ref().map(|it| it.scheme().to_string());
    let reason = verdict
        .rejection
        .as_ref()
        .map(|it| format!("{:?}", it.reason()));
    json!({
        "time": time(),
        "method": method.as_str(),
        "path": path,
        "verified": verdict.verified.is_some(),
        "scheme": scheme,
        "reason": reason,
        "from": parties.from,
        "to": parties.to,
        "explanation": verdict.explanation.as_ref().map(explanation_as_json),
    })
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
