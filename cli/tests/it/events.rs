//! Every webhook that SignalWire documents, as it documents it.

use serde_json::Value;

use super::support::{Received, Server, assert_exit, run};

/// What `CALL` stands for below: the parameters that every request of a call has.
const OF_A_CALL: &str = "CallSid AccountSid ApiVersion CallStatus Direction From To";

/// The documented parameters of each form.
const FORMS: [(&str, &str); 23] = [
    (
        "voice",
        "CALL FromCity FromState FromZip FromCountry ToCity ToState ToZip ToCountry Caller CallerCity \
         CallerState CallerZip CallerCountry Called CalledCity CalledState CalledZip CalledCountry",
    ),
    (
        "call-status",
        "CALL AudioInAveragePtime AudioInDtmfPacketCount AudioInFlushPacketCount \
         AudioInJitterMaxVariance AudioInJitterMinVariance AudioInLargestJbSize AudioInMos \
         AudioInMediaPacketCount AudioInSkipPacketCount AudioOutDtmfPacketCount \
         AudioOutMediaPacketCount CallbackSource CallDuration CallerName SequenceNumber Timestamp",
    ),
    (
        "number-status",
        "CallSid AccountSid From To Timestamp CallStatus CallDuration AudioInMos",
    ),
    (
        "message",
        "MessageSid SmsSid AccountSid From To Body NumMedia NumSegments",
    ),
    (
        "message-status",
        "MessageSid AccountSid From To Body NumMedia NumSegments MessageStatus",
    ),
    (
        "recording",
        "AccountSid CallSid RecordingSid RecordingUrl RecordingStatus RecordingDuration \
         RecordingChannels RecordingSource",
    ),
    (
        "transcription",
        "TranscriptionSid TranscriptionText TranscriptionStatus TranscriptionUrl RecordingSid \
         RecordingUrl",
    ),
    ("gather", "CALL Confidence Digits SpeechResult"),
    (
        "dial",
        "CALL DialCallDuration DialCallSid DialCallStatus RecordingUrl",
    ),
    ("record", "CALL Digits RecordingDuration RecordingUrl"),
    ("enqueue", "CALL QueueResult QueueSid QueueTime"),
    (
        "queue-wait",
        "CALL AvgQueueTime CurrentQueueSize QueuePosition QueueSid QueueTime",
    ),
    (
        "refer",
        "CALL NotifySipResponseCode ReferCallStatus ReferSipResponseCode",
    ),
    ("sms-verb", "CALL SmsSid SmsStatus"),
    (
        "conference",
        "CALL ConferenceSid EndConferenceOnExit FriendlyName Hold Muted StartConferenceOnEnter \
         StatusCallbackEvent Timestamp",
    ),
    (
        "stream-status",
        "AccountSid CallSid StreamEvent StreamName StreamSid StreamTrack Timestamp Unique-ID",
    ),
    ("answering-machine", "CALL AnsweredBy"),
    (
        "virtual-agent",
        "CALL VirtualAgentProvider VirtualAgentProviderData VirtualAgentStatus",
    ),
    (
        "pay",
        "CALL ExpirationDate PaymentCardNumber PaymentCardPostalCode PaymentCardType \
         PaymentConfirmationCode PaymentMethod Result SecurityCode",
    ),
    (
        "pay-status",
        "Attempt For PaymentCardNumber PaymentCardType PaymentMethod",
    ),
    ("fax", "AccountSid ApiVersion FaxSid From To"),
    (
        "fax-received",
        "AccountSid ApiVersion FaxSid From To FaxStatus MediaUrl NumPages RemoteStationId",
    ),
    (
        "fax-status",
        "FaxStatus MediaSid MediaUrl NumPages OriginalMediaUrl RemoteStationId",
    ),
];

const STATUS: &str = "event_type event_channel timestamp project_id space_id params";

/// The documented fields of each body of JSON, in their order, and whether calls sign it with
/// SHA-256 too.
const JSON: [(&str, &str, bool); 10] = [
    ("swml-call", "call vars envs params", true),
    ("swml-message", "message params", false),
    (
        "swaig",
        "function argument argument_desc description call_id ai_session_id app_name meta_data_token \
         meta_data caller_id_name caller_id_num channel_active channel_offhook channel_ready \
         content_type version content_disposition conversation_type project_id space_id",
        true,
    ),
    (
        "swaig-signature",
        "action functions meta_data content_type content_disposition version project_id space_id",
        true,
    ),
    (
        "post-prompt",
        "project_id space_id content_type content_disposition conversation_type call_id app_name \
         ai_session_id action call_log raw_call_log caller_id_name caller_id_number post_prompt_data \
         global_data swaig_log",
        true,
    ),
    ("swml-call-status", STATUS, false),
    (
        "swml-message-status",
        "id project_id status to from body number_of_segments timestamp error_code error_message",
        false,
    ),
    ("swml-recording-status", STATUS, false),
    ("swml-stream-status", STATUS, false),
    (
        "swml-transcription",
        "event_type timestamp project_id space_id params",
        false,
    ),
];

fn sent(server: &Server, event: &str) -> Received {
    let output = run(&["send", &server.url("/x"), "--event", event]);
    assert_exit(&output, 0);
    server.last()
}

#[test]
fn forms_have_the_documented_parameters_and_no_others() {
    let server = Server::start(None);
    for (event, names) in FORMS {
        let received = sent(&server, event);
        let mut sent: Vec<String> = received.parameters().into_iter().map(|it| it.0).collect();
        let names = names.replace("CALL ", &format!("{OF_A_CALL} "));
        let mut documented: Vec<&str> = names.split(' ').collect();
        sent.sort_unstable();
        documented.sort_unstable();
        assert_eq!(sent, documented, "{event}");
        assert_eq!(received.header("user-agent"), "SignalwireCallback/1.0");
        assert_eq!(received.header("x-signalwire-sha256-signature"), "");
        assert_eq!(received.header("x-signalwire-signature").len(), 28);
    }
}

#[test]
fn json_has_the_documented_fields_in_their_order() {
    let server = Server::start(None);
    for (event, fields, has_sha256) in JSON {
        let received = sent(&server, event);
        assert_eq!(names(received.text()), fields, "{event}");
        assert_eq!(received.header("user-agent"), "SignalWire-CallFabric/1.0");
        assert_eq!(received.header("content-type"), "application/json");
        assert_eq!(received.header("x-signalwire-signature").len(), 40);
        let sha256 = received.header("x-signalwire-sha256-signature");
        assert_eq!(!sha256.is_empty(), has_sha256, "{event}");
    }
}

#[test]
fn calls_and_messages_of_swml_have_the_documented_fields_and_characters_that_are_not_ascii() {
    let server = Server::start(None);
    for (event, subject, fields) in [
        (
            "swml-call",
            "call",
            "call_id node_id segment_id call_state direction type from to from_number to_number \
             headers project_id space_id",
        ),
        (
            "swml-message",
            "message",
            "message_id project_id space_id direction type from to body media segments timestamp",
        ),
    ] {
        let received = sent(&server, event);
        let value: Value = serde_json::from_str(received.text()).unwrap();
        assert_eq!(names(&value[subject].to_string()), fields);
        assert!(!received.body.is_ascii());
    }
}

/// In the order in which they are written.
fn names(json: &str) -> String {
    let fields: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
    let names: Vec<String> = fields.keys().cloned().collect();
    names.join(" ")
}

#[test]
fn a_body_that_is_not_a_form_is_named_by_its_digest() {
    let server = Server::start(None);
    for event in ["pay-connector", "digest"] {
        let received = sent(&server, event);
        let query = received.parts.uri.query().unwrap();
        assert!(query.starts_with("bodySHA256="), "{query}");
        assert_eq!(received.header("content-type"), "application/json");
        assert_eq!(received.header("user-agent"), "SignalwireCallback/1.0");
        assert_eq!(received.header("x-signalwire-signature").len(), 28);
    }
}

#[test]
fn events_have_the_names_by_which_they_are_called() {
    let server = Server::start(None);
    for (alias, parameter) in [
        ("sms", "MessageSid"),
        ("call", "Caller"),
        ("sms-status", "MessageStatus"),
        ("recording-status", "RecordingStatus"),
        ("amd", "AnsweredBy"),
    ] {
        let received = sent(&server, alias);
        let names = received.parameters();
        assert!(names.iter().any(|(name, _)| name == parameter), "{alias}");
    }
}

#[test]
fn every_form_of_text_has_a_character_that_is_not_ascii() {
    let server = Server::start(None);
    for event in [
        "voice",
        "call-status",
        "message",
        "message-status",
        "transcription",
        "gather",
    ] {
        let received = sent(&server, event);
        let parameters = received.parameters();
        assert!(
            parameters.iter().any(|(_, value)| !value.is_ascii()),
            "{event}"
        );
    }
}
