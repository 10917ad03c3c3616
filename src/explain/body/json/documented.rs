//! What SignalWire's documentation has of JSON: the keys of an object, their order, and what is an object.

use super::reader::{MAX_DEPTH, Reader};

/// The keys of each kind of object. SWML requests and events, what is inside of them, and what an AI
/// agent sends.
const OBJECTS: [&[&str]; 8] = [
    &["call", "message", "vars", "envs", "params"],
    &[
        "call_id",
        "node_id",
        "segment_id",
        "call_state",
        "direction",
        "type",
        "from",
        "to",
        "from_number",
        "to_number",
        "headers",
        "project_id",
        "space_id",
    ],
    &[
        "message_id",
        "project_id",
        "space_id",
        "message_state",
        "context",
        "direction",
        "type",
        "from",
        "to",
        "from_number",
        "to_number",
        "body",
        "media",
        "segments",
        "tags",
        "reason",
        "timestamp",
    ],
    &[
        "event_type",
        "event_channel",
        "timestamp",
        "project_id",
        "space_id",
        "params",
    ],
    &[
        "id",
        "call_id",
        "node_id",
        "segment_id",
        "control_id",
        "tag",
        "call_state",
        "state",
        "direction",
        "type",
        "device",
        "params",
        "url",
        "duration",
        "size",
        "format",
        "record",
        "start_time",
        "end_time",
        "end_reason",
        "name",
        "value",
        "text",
    ],
    &[
        "function",
        "argument",
        "argument_desc",
        "description",
        "call_id",
        "ai_session_id",
        "app_name",
        "meta_data_token",
        "meta_data",
        "caller_id_name",
        "caller_id_num",
        "channel_active",
        "channel_offhook",
        "channel_ready",
        "content_type",
        "version",
        "content_disposition",
        "conversation_type",
        "project_id",
        "space_id",
    ],
    &[
        "project_id",
        "space_id",
        "content_type",
        "content_disposition",
        "conversation_type",
        "call_id",
        "app_name",
        "ai_session_id",
        "action",
        "call_log",
        "raw_call_log",
        "caller_id_name",
        "caller_id_number",
        "post_prompt_data",
        "global_data",
        "swaig_log",
    ],
    &["parsed", "raw", "role", "content"],
];

/// What is an object, where it is empty too.
const EMPTY_OBJECTS: [&str; 7] = [
    "vars",
    "envs",
    "params",
    "meta_data",
    "global_data",
    "user_variables",
    "custom",
];

/// Keys of a whole body that no envelope has.
const OF_BODIES: [&str; 9] = [
    "call",
    "vars",
    "envs",
    "params",
    "event_type",
    "function",
    "call_id",
    "project_id",
    "call_log",
];

/// Whether the text is an object with a key that SignalWire's bodies have.
pub(in crate::explain::body) fn looks_sent(text: &str) -> bool {
    let mut reader = Reader::new(text);
    reader.skip_white_space();
    let mut has_more = reader.take('{');
    while has_more {
        reader.skip_white_space();
        let Some(key) = reader.string() else {
            return false;
        };
        if OF_BODIES.contains(&key.trim_matches('"')) {
            return true;
        }
        reader.skip_white_space();
        let is_key = reader.take(':');
        reader.skip_white_space();
        if !is_key || reader.skip_value(MAX_DEPTH).is_none() {
            return false;
        }
        reader.skip_white_space();
        has_more = reader.take(',');
    }
    false
}

/// Whether the documentation has an object under this key, in quotes or not.
pub(super) fn is_object(key: &str) -> bool {
    EMPTY_OBJECTS.contains(&key.trim_matches('"'))
}

/// Sorts an object's members as the kind of object is written that has most of their keys. What is not
/// documented comes after what is, in its own order.
pub(super) fn sort(members: &mut [(&str, &str)]) {
    let of_kind = |kind: &&&[&str]| {
        let known = members.iter().filter(|(key, _)| place(kind, key).is_some());
        known.count()
    };
    // The first of equals.
    if let Some(kind) = OBJECTS.iter().rev().max_by_key(of_kind) {
        members.sort_by_key(|(key, _)| place(kind, key).unwrap_or(kind.len()));
    }
}

fn place(kind: &[&str], key: &str) -> Option<usize> {
    let name = key.trim_matches('"');
    kind.iter().position(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_signalwires_is_told_from_what_holds_it() {
        for (text, expected) in [
            (r#"{"call":{}}"#, true),
            (r#" {"x": [1], "event_type": 1}"#, true),
            (r#"{"headers":{},"body":{"call":{}}}"#, false),
            (r#"{"a":1"#, false),
            (r#"{"a"}"#, false),
            ("[]", false),
            ("", false),
        ] {
            assert_eq!(looks_sent(text), expected, "{text}");
        }
    }

    fn sorted(keys: &str) -> String {
        let mut members: Vec<(&str, &str)> = keys.split(' ').map(|key| (key, "")).collect();
        sort(&mut members);
        let keys: Vec<&str> = members.iter().map(|(key, _)| *key).collect();
        keys.join(" ")
    }

    #[test]
    fn each_object_has_the_order_of_its_kind() {
        for (arrived, documented) in [
            ("call envs params vars", "call vars envs params"),
            (
                "call_id from headers project_id space_id to type zzz",
                "call_id type from to headers project_id space_id zzz",
            ),
            (
                "event_channel event_type params project_id space_id timestamp",
                "event_type event_channel timestamp project_id space_id params",
            ),
            (
                "body direction from message_id project_id timestamp to",
                "message_id project_id direction from to body timestamp",
            ),
            ("b a", "b a"),
        ] {
            assert_eq!(sorted(arrived), documented);
        }
    }
}
