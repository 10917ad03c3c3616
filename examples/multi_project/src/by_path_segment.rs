use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;
use signalwire_webhook::{SigningKeyProvider, SigningKeys};

use crate::KeyStore;

/// The project is in the path: `/projects/{project}/…`.
#[derive(Clone, Debug)]
pub struct ByPathSegment(pub KeyStore);

impl SigningKeyProvider for ByPathSegment {
    async fn signing_keys(
        &self,
        parts: &Parts,
        _: &Bytes,
    ) -> Result<Option<SigningKeys>, BoxError> {
        let project = parts.uri.path().split('/').nth(2);
        Ok(self.0.keys_of(project.unwrap_or_default()).await?)
    }
}
