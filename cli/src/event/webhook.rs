use super::{
    Event,
    placeholders::filled_in,
    settings::{set_fields, set_parameters},
};
use crate::{
    content::{Content, Payload, Signatures},
    failure::Failure,
};

/// What an event looks like on the wire.
pub(super) struct Webhook {
    payload: &'static str,
    signatures: Signatures,
    /// Messages sign the credentials of the configured URL, calls do not.
    is_of_a_message: bool,
    /// The fields that `--set From=` and `--set To=` stand for; a form has them by these names.
    from: &'static [&'static str],
    to: &'static [&'static str],
}

impl Webhook {
    pub(super) fn of(event: Event) -> Self {
        match event {
            Event::Voice => form(include_str!("payloads/voice.form")),
            Event::CallStatus => form(include_str!("payloads/call-status.form")),
            Event::NumberStatus => form(include_str!("payloads/number-status.form")),
            Event::Message => form(include_str!("payloads/message.form")).of_a_message(),
            Event::MessageStatus => {
                form(include_str!("payloads/message-status.form")).of_a_message()
            }
            Event::Recording => form(include_str!("payloads/recording.form")),
            Event::Transcription => form(include_str!("payloads/transcription.form")),
            Event::Gather => form(include_str!("payloads/gather.form")),
            Event::Dial => form(include_str!("payloads/dial.form")),
            Event::Record => form(include_str!("payloads/record.form")),
            Event::Enqueue => form(include_str!("payloads/enqueue.form")),
            Event::QueueWait => form(include_str!("payloads/queue-wait.form")),
            Event::Refer => form(include_str!("payloads/refer.form")),
            Event::SmsVerb => form(include_str!("payloads/sms-verb.form")),
            Event::Conference => form(include_str!("payloads/conference.form")),
            Event::StreamStatus => form(include_str!("payloads/stream-status.form")),
            Event::AnsweringMachine => form(include_str!("payloads/answering-machine.form")),
            Event::VirtualAgent => form(include_str!("payloads/virtual-agent.form")),
            Event::Pay => form(include_str!("payloads/pay.form")),
            Event::PayStatus => form(include_str!("payloads/pay-status.form")),
            Event::PayConnector => json(
                include_str!("payloads/pay-connector.json"),
                Signatures::BodyDigest,
            ),
            Event::Fax => form(include_str!("payloads/fax.form")),
            Event::FaxReceived => form(include_str!("payloads/fax-received.form")),
            Event::FaxStatus => form(include_str!("payloads/fax-status.form")),
            Event::SwmlCall => json(
                include_str!("payloads/swml-call.json"),
                Signatures::Sha1AndSha256,
            )
            .between(
                &["call.from", "call.from_number"],
                &["call.to", "call.to_number"],
            ),
            Event::SwmlMessage => {
                json(include_str!("payloads/swml-message.json"), Signatures::Sha1)
                    .between(&["message.from"], &["message.to"])
                    .of_a_message()
            }
            Event::Swaig => json(
                include_str!("payloads/swaig.json"),
                Signatures::Sha1AndSha256,
            )
            .between(&["caller_id_num"], &[]),
            Event::SwaigSignature => json(
                include_str!("payloads/swaig-signature.json"),
                Signatures::Sha1AndSha256,
            ),
            Event::PostPrompt => json(
                include_str!("payloads/post-prompt.json"),
                Signatures::Sha1AndSha256,
            )
            .between(&["caller_id_number", "global_data.caller_id_number"], &[]),
            Event::SwmlCallStatus => status(include_str!("payloads/swml-call-status.json"))
                .between(
                    &["params.device.params.from_number"],
                    &["params.device.params.to_number"],
                ),
            Event::SwmlMessageStatus => status(include_str!("payloads/swml-message-status.json"))
                .between(&["from"], &["to"])
                .of_a_message(),
            Event::SwmlRecordingStatus => {
                status(include_str!("payloads/swml-recording-status.json"))
            }
            Event::SwmlStreamStatus => status(include_str!("payloads/swml-stream-status.json")),
            Event::SwmlTranscription => status(include_str!("payloads/swml-transcription.json")),
        }
    }

    fn of_a_message(mut self) -> Self {
        self.is_of_a_message = true;
        self
    }

    fn between(mut self, from: &'static [&'static str], to: &'static [&'static str]) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    pub(super) fn content(
        &self,
        settings: &[(String, String)],
    ) -> Result<(Content, Vec<String>), Failure> {
        let text = filled_in(self.payload);
        let (payload, warnings) = if self.signatures == Signatures::Form {
            let mut parameters = parameters(&text);
            let warnings = set_parameters(&mut parameters, settings);
            (Payload::Form(parameters), warnings)
        } else {
            let mut value =
                serde_json::from_str(&text).expect("the payloads of JSON events are JSON");
            let warnings = set_fields(&mut value, &self.with_paths(settings))?;
            let body = Payload::Body {
                content_type: "application/json".to_owned(),
                bytes: value.to_string().into_bytes(),
            };
            (body, warnings)
        };
        let content = Content {
            payload,
            signatures: self.signatures,
            signs_credentials: self.is_of_a_message,
        };
        Ok((content, warnings))
    }

    /// `From` and `To` as the paths that they stand for, so that one command does for every event.
    fn with_paths(&self, settings: &[(String, String)]) -> Vec<(String, String)> {
        let paths = |name: &str| match name {
            "From" if !self.from.is_empty() => self.from.to_vec(),
            "To" if !self.to.is_empty() => self.to.to_vec(),
            _ => Vec::new(),
        };
        settings
            .iter()
            .flat_map(|(name, value)| match &paths(name)[..] {
                [] => vec![(name.clone(), value.clone())],
                paths => paths
                    .iter()
                    .map(|path| ((*path).to_owned(), value.clone()))
                    .collect(),
            })
            .collect()
    }
}

fn form(payload: &'static str) -> Webhook {
    json(payload, Signatures::Form)
}

fn status(payload: &'static str) -> Webhook {
    json(payload, Signatures::Sha1)
}

fn json(payload: &'static str, signatures: Signatures) -> Webhook {
    Webhook {
        payload,
        signatures,
        is_of_a_message: false,
        from: &[],
        to: &[],
    }
}

/// A line for each: a name, an equals sign and the decoded value.
fn parameters(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_event_fills_in_all_that_its_payload_leaves_open() {
        for &event in Event::value_variants() {
            let (content, warnings) = event.content(&[]).unwrap();
            let body = String::from_utf8(content.body()).unwrap();
            assert!(!body.is_empty() && !body.contains('$'), "{event:?}: {body}");
            assert!(!body.contains("%24"), "{event:?}: {body}");
            assert!(warnings.is_empty());
        }
    }

    #[test]
    fn every_parameter_has_a_name_that_the_layer_takes_for_one() {
        for &event in Event::value_variants() {
            let (content, _) = event.content(&[]).unwrap();
            if let Payload::Form(parameters) = content.payload {
                for (name, _) in parameters {
                    assert!(name.starts_with(|first: char| first.is_ascii_alphabetic()));
                }
            }
        }
    }

    #[test]
    fn every_payload_of_json_has_a_character_that_is_not_ascii_save_those_without_text() {
        for &event in Event::value_variants() {
            let (content, _) = event.content(&[]).unwrap();
            if matches!(content.payload, Payload::Body { .. }) && event != Event::SwmlCallStatus {
                assert!(!content.body().is_ascii(), "{event:?}");
            }
        }
    }

    #[test]
    fn from_and_to_stand_for_the_fields_of_json() {
        let set = |event: Event| {
            let settings = [("From".to_owned(), "+1".to_owned())];
            let (content, warnings) = event.content(&settings).unwrap();
            assert!(warnings.is_empty(), "{warnings:?}");
            String::from_utf8(content.body()).unwrap()
        };
        assert!(set(Event::SwmlCall).contains(r#""from":"+1","#));
        assert!(set(Event::SwmlCall).contains(r#""from_number":"+1","#));
        assert!(set(Event::SwmlMessageStatus).contains(r#""from":"+1","#));
    }
}
