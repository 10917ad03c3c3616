//! The line that is printed for each request, for people or for programs.

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{
    parties::Parties,
    record::{Outcome, Record},
    verdict::Verdict,
};
use crate::{
    explain::{explanation_as_json, explanation_as_text},
    failure::Failure,
    terminal::{BAD, DIM, GOOD, STRONG, Text, print, print_json},
};

/// Longer paths say no more.
const PATH_AT_MOST: usize = 256;

#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    is_json: bool,
    /// Whether the numbers of the requests are of use.
    is_numbered: bool,
}

/// What is said once, before the first request.
#[derive(Debug)]
pub(super) struct Beginning<'a> {
    pub(super) address: SocketAddr,
    pub(super) target: Option<&'a str>,
    pub(super) folder: Option<&'a Path>,
    pub(super) inspector: Option<&'a str>,
}

impl Output {
    pub(super) fn new(is_json: bool, is_numbered: bool) -> Self {
        Self {
            is_json,
            is_numbered,
        }
    }

    pub(super) fn print_beginning(self, beginning: &Beginning<'_>) -> Result<(), Failure> {
        if self.is_json {
            print_json(&beginning.as_json())
        } else {
            print(&beginning.as_text())
        }
    }

    /// SignalWire gets its answer, whether somebody still reads the lines or not.
    pub(super) fn print_request(self, record: &Record, file: Option<&Path>) {
        let _ = if self.is_json {
            print_json(&as_json(record, file))
        } else {
            print(&self.as_text(record))
        };
    }

    fn as_text(self, record: &Record) -> Text {
        let (method, path) = (&record.head.method, shown_path(record));
        let mut text = Text::of(format!("{} {method} {path} ", time(record)));
        add_verdict(&mut text, &record.verdict);
        let Parties { from, to } = &record.parties;
        for (name, value) in [("From", from), ("To", to)] {
            if !value.is_empty() {
                text.add(format!(" {name}={value}"));
            }
        }
        if let Some(number) = record.duplicate_of {
            text.add_styled(DIM, format!(" duplicate of {number}"));
        }
        if let Some(number) = record.again_of {
            text.add_styled(DIM, format!(" again of {number}"));
        }
        add_outcome(&mut text, record);
        if self.is_numbered {
            text.add_styled(DIM, format!(" no. {}", record.number));
        }
        text.end_line();
        if let Outcome::Failed { sentence, .. } = &record.outcome {
            text.add_indented(&Text::of(sentence));
        }
        if let Some(explanation) = &record.verdict.explanation {
            text.add_indented(&explanation_as_text(explanation));
        }
        text
    }
}

impl Beginning<'_> {
    /// With what was asked for, and nothing else.
    fn as_json(&self) -> Value {
        let mut value = json!({ "listening": format!("http://{}", self.address) });
        let folder = self.folder.map(|folder| folder.display().to_string());
        for (name, part) in [
            ("forwarding_to", self.target),
            ("saving_in", folder.as_deref()),
            ("inspector", self.inspector),
        ] {
            if let Some(part) = part {
                value[name] = part.into();
            }
        }
        value
    }

    fn as_text(&self) -> Text {
        let line = format!("Listening on http://{}; Ctrl-C stops.", self.address);
        let mut text = Text::of(line);
        text.end_line();
        if let Some(target) = self.target {
            text.add(format!("Forwarding to {target}")).end_line();
        }
        if let Some(folder) = self.folder {
            let folder = folder.display();
            let line = format!(
                "Saving each request in {folder}: it holds personal data, so delete it when you are done"
            );
            text.add(line).end_line();
        }
        if let Some(url) = self.inspector {
            text.add("Inspector: ").add_styled(STRONG, url).end_line();
        }
        text
    }
}

fn add_verdict(text: &mut Text, verdict: &Verdict) {
    match (&verdict.proof, &verdict.rejection) {
        (Some(proof), _) => {
            text.add_styled(GOOD, "verified");
            text.add(format!(" {}", proof.scheme));
        }
        (None, rejection) => {
            text.add_styled(BAD, "refused");
            if let Some(rejection) = rejection {
                text.add(format!(" {:?}", rejection.reason()));
            }
        }
    }
}

fn add_outcome(text: &mut Text, record: &Record) {
    match &record.outcome {
        Outcome::AnsweredHere | Outcome::Refused => {}
        Outcome::Answered(answer) => {
            let is_good = answer.status.as_u16() < 400;
            let style = if is_good { GOOD } else { BAD };
            text.add(" -> ").add_styled(style, answer.status.as_u16());
            text.add(format!(" in {} ms", answer.time.as_millis()));
        }
        Outcome::Failed { time, .. } => {
            text.add(" -> ").add_styled(BAD, "failed");
            text.add(format!(" in {} ms", time.as_millis()));
        }
    }
}

fn as_json(record: &Record, file: Option<&Path>) -> Value {
    let verdict = &record.verdict;
    let scheme = verdict.proof.as_ref().map(|it| it.scheme.to_string());
    let reason = verdict.rejection.as_ref();
    json!({
        "number": record.number,
        "time": time(record),
        "method": record.head.method,
        "path": shown_path(record),
        "verified": verdict.proof.is_some(),
        "scheme": scheme,
        "reason": reason.map(|it| format!("{:?}", it.reason())),
        "from": record.parties.from,
        "to": record.parties.to,
        "duplicate_of": record.duplicate_of,
        "again_of": record.again_of,
        "target": target_as_json(&record.outcome),
        "status": record.status.as_u16(),
        "file": file.map(|file| file.display().to_string()),
        "explanation": verdict.explanation.as_ref().map(explanation_as_json),
    })
}

fn target_as_json(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::AnsweredHere | Outcome::Refused => Value::Null,
        Outcome::Answered(answer) => json!({
            "status": answer.status.as_u16(),
            "milliseconds": milliseconds(answer.time),
            "error": null,
        }),
        Outcome::Failed { sentence, time } => json!({
            "status": null,
            "milliseconds": milliseconds(*time),
            "error": sentence,
        }),
    }
}

/// In thousandths too: a program beside this one answers in less than one.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

fn shown_path(record: &Record) -> String {
    record.head.path().chars().take(PATH_AT_MOST).collect()
}

/// Of the day, in UTC.
fn time(record: &Record) -> String {
    let time = record.head.time.duration_since(UNIX_EPOCH);
    time_of_day(time.unwrap_or_default().as_secs())
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
