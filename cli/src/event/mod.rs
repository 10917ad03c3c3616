//! What SignalWire sends: every webhook that its documentation describes, with the fields that it
//! documents and no others, in its order.
//!
//! The payloads are files beside this one, whose placeholders get new ids and the time. It knows
//! nothing of URLs, keys or the network.

mod clock;
mod placeholders;
mod settings;
mod webhook;

use clap::ValueEnum;

pub(crate) use self::settings::{set_fields, set_parameters};
use self::webhook::Webhook;
use crate::{content::Content, failure::Failure};

/// What SignalWire calls a webhook for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Event {
    /// A call to a number with a cXML handler.
    #[value(alias = "call")]
    Voice,
    /// The status of a call.
    CallStatus,
    /// The status callback of a phone number, after an inbound call.
    NumberStatus,
    /// A message to a number with a cXML handler.
    #[value(alias = "sms")]
    Message,
    /// The status of a message that was sent.
    #[value(alias = "sms-status")]
    MessageStatus,
    /// The status of a recording.
    #[value(alias = "recording-status")]
    Recording,
    /// A transcription of a recording.
    #[value(alias = "transcription-status")]
    Transcription,
    /// The action of `<Gather>`: digits or speech.
    Gather,
    /// The action of `<Dial>`.
    Dial,
    /// The action of `<Record>`.
    Record,
    /// The action of `<Enqueue>`.
    Enqueue,
    /// The wait URL of `<Enqueue>`.
    QueueWait,
    /// The action of `<Refer>`.
    Refer,
    /// The action of `<Sms>` during a call.
    SmsVerb,
    /// The status of a conference.
    #[value(alias = "conference-status")]
    Conference,
    /// The status of a `<Stream>`.
    StreamStatus,
    /// The result of answering machine detection.
    #[value(alias = "amd")]
    AnsweringMachine,
    /// The action of `<Connect>` with a virtual agent.
    VirtualAgent,
    /// The action of `<Pay>`.
    Pay,
    /// The status of a `<Pay>`.
    PayStatus,
    /// The payment connector of `<Pay>`: JSON, named by bodySHA256 in the URL.
    #[value(aliases = ["digest", "body-digest"])]
    PayConnector,
    /// A fax to a number with a cXML handler.
    Fax,
    /// The action of `<Receive>`: a fax that has arrived.
    FaxReceived,
    /// The status of a fax that was sent.
    FaxStatus,
    /// A call to a number with a SWML handler.
    #[value(alias = "swml")]
    SwmlCall,
    /// A message to a number with a SWML handler.
    #[value(alias = "swml-sms")]
    SwmlMessage,
    /// A call of a SWAIG function.
    Swaig,
    /// A request for the signatures of SWAIG functions.
    SwaigSignature,
    /// The report of an AI agent after a call.
    PostPrompt,
    /// The status of a call that `connect` made.
    SwmlCallStatus,
    /// The status of a message that `send_sms`, `reply` or REST sent.
    SwmlMessageStatus,
    /// The status of a `record_call`.
    SwmlRecordingStatus,
    /// The status of a `stream`.
    SwmlStreamStatus,
    /// The transcription of a call.
    SwmlTranscription,
}

impl Event {
    /// The event with its fields set as the user says, and what to warn of.
    pub(crate) fn content(
        self,
        settings: &[(String, String)],
    ) -> Result<(Content, Vec<String>), Failure> {
        Webhook::of(self).content(settings)
    }
}
