use std::time::Duration;

use http::{
    StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName},
    response::Parts,
};
use serde_json::{Value, json};

use super::indented::indented;
use crate::terminal::{BAD, DIM, GOOD, Text};

/// SignalWire reads no more.
const SHOWN_AT_MOST: usize = 64 * 1024;

/// One byte more than is shown says that there is more.
pub(super) const READ_AT_MOST: u64 = 64 * 1024 + 1;

pub(super) struct Answer {
    status: StatusCode,
    content_type: String,
    /// How the body is compressed, which the request does not ask for.
    encoding: String,
    body: String,
    is_cut: bool,
    time: Duration,
}

impl Answer {
    pub(super) fn new(parts: &Parts, body: &[u8], time: Duration) -> Self {
        let header = |name: HeaderName| {
            let value = parts.headers.get(name);
            value.map_or_else(String::new, |value| {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            })
        };
        let shown = &body[..body.len().min(SHOWN_AT_MOST)];
        Self {
            status: parts.status,
            content_type: header(CONTENT_TYPE),
            encoding: header(CONTENT_ENCODING),
            body: String::from_utf8_lossy(shown).into_owned(),
            is_cut: shown.len() < body.len(),
            time,
        }
    }

    pub(super) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    pub(super) fn as_json(&self) -> Value {
        json!({
            "status": self.status.as_u16(),
            "milliseconds": milliseconds(self.time),
            "content_type": self.content_type,
            "body": self.body,
            "body_is_cut": self.is_cut,
        })
    }

    pub(super) fn as_text(&self) -> Text {
        let mut text = Text::default();
        let style = if self.is_success() { GOOD } else { BAD };
        text.add_styled(style, self.status).add(" ");
        let content_type = match self.content_type.as_str() {
            "" => "without a Content-Type",
            content_type => content_type,
        };
        let details = format!("in {} ms, {content_type}", milliseconds(self.time));
        text.add_styled(DIM, details).end_line();
        if !matches!(self.encoding.as_str(), "" | "identity") {
            let encoding = &self.encoding;
            let sentence = format!(
                "The body is compressed ({encoding}), though the request does not accept that: it is not shown."
            );
            text.add_styled(BAD, sentence);
            return text;
        }
        text.add_lines(&indented(&self.body));
        if self.is_cut {
            text.end_line();
            text.add_styled(BAD, "The answer goes on: SignalWire reads 64 KB of it.");
        }
        text
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
