//! JSON that holds no request, and how to export one instead.

use crate::json::Json;

const SIGNALWIRE_LOG: &str = "the capture is SignalWire's log, without the headers of the request, and so \
     without the signature: capture the request at your server or tunnel, and give the URL in the log with \
     --dashboard-url";

/// A sentence for JSON in which nothing is a request.
pub(super) fn how_to_export_json(json: Json<'_>) -> &'static str {
    let has = |name| json.get(name).is_some();
    let text = json.written();
    if has("info") && has("item") {
        "the capture is a Postman collection: open the request, choose Code, cURL, and save that"
    } else if has("__export_format") || has("_type") {
        "the capture is an export of Insomnia: choose Copy as cURL at the request instead"
    } else if text.contains("\"firstLine\"") {
        "the capture is a session of Charles: choose Export Session, HTTP Archive (.har)"
    } else if has("log") {
        "the capture is HAR without a request in it: record the request, and export it once more"
    } else if [
        "event_at",
        "log_id",
        "request_variables",
        "laml_call",
        "charge_details",
    ]
    .iter()
    .any(|name| text.contains(name))
    {
        SIGNALWIRE_LOG
    } else if has("call") || has("message") || has("event_type") {
        "the capture is the body of a request alone: the signature and the URL are in its headers and its \
         request line, so save the whole request as raw HTTP, HAR or a curl command line"
    } else if text.contains("\"_source\"") && text.contains("\"layers\"") {
        "the capture is what tshark prints: open the packets in Wireshark, choose Follow, HTTP Stream, show \
         the data as raw and save that"
    } else if ["\"project_id\"", "\"direction\"", "\"status\""]
        .iter()
        .all(|name| text.contains(name))
    {
        SIGNALWIRE_LOG
    } else if has("httpRequest") {
        "the capture is a log of Google Cloud, which has neither the headers nor the body: save the request \
         as it arrives, with a tunnel or with `listen --save`"
    } else {
        "the capture is JSON in which nothing has a URL and headers: export the request as HAR, raw HTTP or a \
         curl command line"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_sentence() {
        for (json, sentence) in [
            (r#"{"info":{},"item":[]}"#, "Postman"),
            (r#"{"_type":"export"}"#, "Insomnia"),
            (r#"{"log":{}}"#, "without a request"),
            (
                r#"[{"request":{"header":{"firstLine":"POST / HTTP/1.1"}}}]"#,
                "Charles",
            ),
            (
                r#"{"data":[{"event_at":"2026","details":{}}]}"#,
                "SignalWire's log",
            ),
            (r#"[{"_source":{"layers":{}}}]"#, "tshark"),
            (r#"{"httpRequest":{"status":403}}"#, "Google Cloud"),
            (
                r#"{"project_id":"p","direction":"inbound","status":"failed","url":"/"}"#,
                "SignalWire's log",
            ),
            (r#"{"call":{}}"#, "body of a request alone"),
            ("[]", "nothing has a URL"),
        ] {
            let json = Json::all(json).unwrap()[0];
            assert!(how_to_export_json(json).contains(sentence), "{sentence}");
        }
    }
}
