use std::borrow::Cow;

use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;
use serde::Deserialize;
use signalwire_webhook::{SigningKeyProvider, SigningKeys};

use crate::KeyStore;

/// The project is in the body: `AccountSid` of a cXML form, `call.project_id` of a SWML call. A
/// cXML request without a body has its parameters in the query.
#[derive(Clone, Debug)]
pub struct ByBodyField(pub KeyStore);

#[derive(Deserialize)]
struct Swml<'a> {
    #[serde(borrow)]
    call: Call<'a>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    project_id: Cow<'a, str>,
}

impl SigningKeyProvider for ByBodyField {
    async fn signing_keys(
        &self,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<Option<SigningKeys>, BoxError> {
        let query = parts.uri.query().unwrap_or_default();
        let project = call_project_id(body)
            .or_else(|| account_sid(body))
            .or_else(|| account_sid(query.as_bytes()));
        Ok(self.0.keys_of(&project.unwrap_or_default()).await?)
    }
}

fn call_project_id(body: &[u8]) -> Option<Cow<'_, str>> {
    let swml: Swml<'_> = serde_json::from_slice(body).ok()?;
    Some(swml.call.project_id)
}

fn account_sid(form: &[u8]) -> Option<Cow<'_, str>> {
    form_urlencoded::parse(form).find_map(|(name, value)| (name == "AccountSid").then_some(value))
}
