use std::{fmt::Write as _, time::SystemTime};

use clap::ValueEnum;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{content::Content, failure::Failure};

/// What SignalWire calls a webhook for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Event {
    /// A call to a number with a cXML handler.
    Voice,
    /// A message to a number with a cXML handler.
    Message,
    /// The status of a message that was sent.
    MessageStatus,
    /// The status of a call.
    CallStatus,
    /// A recording that is ready.
    Recording,
    /// A call to a number with a SWML handler.
    SwmlCall,
    /// A message to a number with a SWML handler.
    SwmlMessage,
}

const FROM: &str = "+15551234567";
const TO: &str = "+15557654321";
const PROJECT: &str = "ea108133-d6b3-407c-9536-9fad8a929a6a";

impl Event {
    /// The event with `settings` applied.
    pub(crate) fn content(self, settings: &[(String, String)]) -> Result<Content, Failure> {
        match self {
            Self::SwmlCall => json_content(swml_call(), "call", settings),
            Self::SwmlMessage => json_content(swml_message(), "message", settings),
            form => {
                let mut parameters: Vec<(String, String)> = form
                    .parameters()
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect();
                for (name, value) in settings {
                    match parameters.iter_mut().find(|(known, _)| known == name) {
                        Some((_, known)) => known.clone_from(value),
                        None => parameters.push((name.clone(), value.clone())),
                    }
                }
                Ok(Content::Form(parameters))
            }
        }
    }

    fn parameters(self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("AccountSid", PROJECT.to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("From", FROM.to_owned()),
            ("To", TO.to_owned()),
        ];
        let mut add = |fields: &[(&'static str, &str)]| {
            let owned = fields
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()));
            parameters.extend(owned);
        };
        let id = id();
        match self {
            Self::Voice => {
                add(&[
                    ("CallSid", &id),
                    ("CallStatus", "ringing"),
                    ("Direction", "inbound"),
                ]);
                add(&[("Caller", FROM), ("Called", TO)]);
                add(&PLACES);
            }
            Self::Message => {
                add(&[
                    ("MessageSid", &id),
                    ("SmsSid", &id),
                    ("SmsStatus", "received"),
                ]);
                add(&[
                    ("Body", "Is it you? 100% & more"),
                    ("NumMedia", "0"),
                    ("NumSegments", "1"),
                ]);
                add(&PLACES);
            }
            Self::MessageStatus => {
                add(&[("MessageSid", &id), ("SmsSid", &id)]);
                add(&[("MessageStatus", "delivered"), ("SmsStatus", "delivered")]);
            }
            Self::CallStatus => {
                add(&[
                    ("CallSid", &id),
                    ("CallStatus", "completed"),
                    ("Direction", "inbound"),
                ]);
                add(&[
                    ("CallDuration", "42"),
                    ("Duration", "1"),
                    ("SequenceNumber", "3"),
                ]);
            }
            _ => {
                let url = format!("https://example.signalwire.com/recordings/{id}");
                add(&[
                    ("CallSid", &id),
                    ("RecordingSid", &self::id()),
                    ("RecordingUrl", &url),
                ]);
                add(&[
                    ("RecordingStatus", "completed"),
                    ("RecordingDuration", "17"),
                ]);
                add(&[
                    ("RecordingChannels", "1"),
                    ("RecordingSource", "RecordVerb"),
                ]);
            }
        }
        parameters
    }
}

const PLACES: [(&str, &str); 8] = [
    ("FromCity", "PORTLAND"),
    ("FromState", "OR"),
    ("FromZip", "97201"),
    ("FromCountry", "US"),
    ("ToCity", "SEATTLE"),
    ("ToState", "WA"),
    ("ToZip", "98101"),
    ("ToCountry", "US"),
];

fn swml_call() -> Value {
    json!({
        "call": {
            "call_id": id(),
            "node_id": id(),
            "segment_id": id(),
            "call_state": "created",
            "direction": "inbound",
            "type": "phone",
            "from": FROM,
            "to": TO,
            "headers": [],
            "project_id": PROJECT,
            "space_id": id(),
        },
        "vars": {},
        "envs": {},
        "params": {},
    })
}

fn swml_message() -> Value {
    json!({
        "message": {
            "message_id": id(),
            "direction": "inbound",
            "from": FROM,
            "to": TO,
            "body": "Is it you? 100% & more",
            "media": [],
            "segments": 1,
            "project_id": PROJECT,
            "space_id": id(),
        },
        "vars": {},
        "params": {},
    })
}

/// `From` and `To` stand for the fields of SWML too, so that one command does for every event.
fn json_content(
    mut value: Value,
    subject: &str,
    settings: &[(String, String)],
) -> Result<Content, Failure> {
    for (name, setting) in settings {
        let path = match name.as_str() {
            "From" => format!("{subject}.from"),
            "To" => format!("{subject}.to"),
            path => path.to_owned(),
        };
        let mut place = &mut value;
        for field in path.split('.') {
            let Value::Object(fields) = place else {
                return Err(Failure::usage(format!(
                    "--set {name}: there is no such field"
                )));
            };
            place = fields.entry(field).or_insert_with(|| json!({}));
        }
        *place = serde_json::from_str(setting)
            .ok()
            .filter(|parsed: &Value| !parsed.is_number())
            .unwrap_or_else(|| Value::from(setting.as_str()));
    }
    Ok(Content::Raw {
        content_type: "application/json".to_owned(),
        body: value.to_string().into_bytes(),
    })
}

/// A new one each time, so that a server that remembers ids sees a new event.
fn id() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{} {} {count}", now.as_nanos(), std::process::id());
    let hex = Sha256::digest(seed)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(event: Event, settings: &[(&str, &str)]) -> Vec<(String, String)> {
        match event.content(&owned(settings)).unwrap() {
            Content::Form(parameters) => parameters,
            Content::Raw { .. } => panic!("{event:?} is no form"),
        }
    }

    fn swml(event: Event, settings: &[(&str, &str)]) -> Value {
        serde_json::from_slice(&event.content(&owned(settings)).unwrap().body()).unwrap()
    }

    fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = settings.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn id_of(event: Event, name: &str) -> String {
        let fields = fields(event, &[]);
        let found = fields.into_iter().find(|(known, _)| known == name);
        found.unwrap().1
    }

    #[test]
    fn each_event_has_the_fields_by_which_a_handler_knows_it() {
        for (event, of_its_own) in [
            (Event::Voice, ("CallStatus", "ringing")),
            (Event::Message, ("SmsStatus", "received")),
            (Event::MessageStatus, ("MessageStatus", "delivered")),
            (Event::CallStatus, ("CallStatus", "completed")),
            (Event::Recording, ("RecordingStatus", "completed")),
        ] {
            let fields = fields(event, &[]);
            for (name, value) in [of_its_own, ("From", FROM), ("To", TO)] {
                assert!(
                    fields.contains(&(name.to_owned(), value.to_owned())),
                    "{event:?}: {fields:?}"
                );
            }
        }
        assert_eq!(swml(Event::SwmlCall, &[])["call"]["direction"], "inbound");
        assert_eq!(
            swml(Event::SwmlMessage, &[])["message"]["direction"],
            "inbound"
        );
    }

    #[test]
    fn a_setting_replaces_the_field_of_its_name_or_is_added() {
        let before = fields(Event::MessageStatus, &[]);
        let after = fields(
            Event::MessageStatus,
            &[("MessageStatus", "failed"), ("ErrorCode", "30003")],
        );
        assert_eq!(after.len(), before.len() + 1);
        for (name, value) in [
            ("From", FROM),
            ("MessageStatus", "failed"),
            ("SmsStatus", "delivered"),
            ("ErrorCode", "30003"),
        ] {
            assert!(
                after.contains(&(name.to_owned(), value.to_owned())),
                "{after:?}"
            );
        }
    }

    #[test]
    fn a_setting_of_swml_is_json_unless_it_is_text_or_a_number() {
        let value = swml(
            Event::SwmlCall,
            &[
                ("From", "+1"),
                ("call.to", "15550001111"),
                ("vars.a.b", "true"),
                ("params", "[1]"),
            ],
        );
        assert_eq!(value["call"]["from"], "+1");
        // A phone number is text in SWML, whatever it looks like.
        assert_eq!(value["call"]["to"], "15550001111");
        assert_eq!(value["vars"]["a"]["b"], true);
        assert_eq!(value["params"], json!([1]));
    }

    #[test]
    fn no_two_events_have_the_same_id() {
        let first = id_of(Event::Voice, "CallSid");
        assert_eq!(first.len(), 36);
        assert_ne!(first, id_of(Event::Voice, "CallSid"));
    }
}
