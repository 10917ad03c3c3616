use std::{fmt, sync::Arc};

use axum::response::Response;

use crate::{
    body::BodyLimits, key_source::KeySource, public_url::PublicUrl, rejection::Rejection,
    scheme::AcceptedSchemes,
};

/// What the layer's services share.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) keys: KeySource,
    pub(crate) public_url: PublicUrl,
    pub(crate) body_limits: BodyLimits,
    pub(crate) accepted: AcceptedSchemes,
    pub(crate) report_only: bool,
    pub(crate) explains: bool,
    pub(crate) on_rejection: Option<RejectionResponse>,
}

impl Settings {
    pub(crate) fn new(keys: KeySource) -> Self {
        Self {
            keys,
            public_url: PublicUrl::from_request(),
            body_limits: BodyLimits::default(),
            accepted: AcceptedSchemes::ALL,
            report_only: false,
            explains: false,
            on_rejection: None,
        }
    }
}

#[derive(Clone)]
pub(crate) struct RejectionResponse(pub(crate) Arc<dyn Fn(&Rejection) -> Response + Send + Sync>);

impl fmt::Debug for RejectionResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Fn(&Rejection) -> Response")
    }
}
