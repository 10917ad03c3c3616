//! The project that a request names, before it is verified.

use bytes::Bytes;
use http::request::Parts;
use serde::Deserialize;

/// By a segment of the path: `/projects/{project}/…`.
pub(crate) fn in_path(parts: &Parts, _: &Bytes) -> Option<String> {
    let mut segments = parts.uri.path().split('/');
    segments.nth(2).map(str::to_owned)
}

/// By a field of the body: `AccountSid` of a cXML form, `call.project_id` of a SWML call. A cXML
/// request without a body has its parameters in the query.
pub(crate) fn in_body(parts: &Parts, body: &Bytes) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    call_project_id(body)
        .or_else(|| account_sid(body))
        .or_else(|| account_sid(query.as_bytes()))
}

#[derive(Deserialize)]
struct Swml {
    call: Call,
}

#[derive(Deserialize)]
struct Call {
    project_id: String,
}

fn call_project_id(body: &[u8]) -> Option<String> {
    let swml: Swml = serde_json::from_slice(body).ok()?;
    Some(swml.call.project_id)
}

fn account_sid(form: &[u8]) -> Option<String> {
    let mut fields = form_urlencoded::parse(form);
    let (_, project) = fields.find(|(name, _)| name == "AccountSid")?;
    Some(project.into_owned())
}
