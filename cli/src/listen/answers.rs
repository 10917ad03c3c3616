//! Documents that a call or a message goes on with.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, header::CONTENT_TYPE};

use super::parties::{is_json, parameter};

const SWML: &str = r#"{"version":"1.0.0","sections":{"main":[{"play":{"url":"say:Your webhook works."}},"hangup"]}}"#;
const CXML_OF_A_CALL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say>Your webhook works.</Say><Hangup/></Response>";
const EMPTY_CXML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

/// The document for a request of this kind.
pub(super) fn document(headers: &HeaderMap, body: &[u8]) -> Response {
    if is_json(headers) {
        return ([(CONTENT_TYPE, "application/json")], SWML).into_response();
    }
    let body = str::from_utf8(body).unwrap_or_default();
    let cxml = if parameter(body, "CallSid").is_empty() {
        EMPTY_CXML
    } else {
        CXML_OF_A_CALL
    };
    ([(CONTENT_TYPE, "application/xml")], cxml).into_response()
}
