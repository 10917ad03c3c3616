use axum::extract::FromRequestParts;
use http::request::Parts;
use signalwire_webhook::{ConfigError, SigningKey, VerifiedRejection, VerifiedWebhook};

/// The project that a request is proven to be from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project(pub String);

/// The project's name stands in the key's id, before the number of the key.
pub(crate) fn key_of(project: &str, number: usize, key: &str) -> Result<SigningKey, ConfigError> {
    Ok(SigningKey::new(key)?.with_id(format!("{project}#{number}")))
}

impl<S: Sync> FromRequestParts<S> for Project {
    type Rejection = VerifiedRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let verified = VerifiedWebhook::from_request_parts(parts, state).await?;
        let key_id = verified.key_id();
        let project = key_id
            .rsplit_once('#')
            .map_or(key_id, |(project, _)| project);
        Ok(Self(project.to_owned()))
    }
}
