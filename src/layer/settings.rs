use std::{fmt, sync::Arc};

use axum::response::Response;

use super::{body::BodyLimits, key_source::KeySource, rejection::Rejection};
use crate::verify::Policy;

/// What the layer's services share.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) keys: KeySource,
    pub(super) policy: Policy,
    pub(super) body_limits: BodyLimits,
    pub(super) report_only: bool,
    /// Never set without the feature `explain`.
    pub(super) explains: bool,
    pub(super) on_rejection: Option<RejectionResponse>,
}

#[derive(Clone)]
pub(super) struct RejectionResponse(pub(super) Arc<dyn Fn(&Rejection) -> Response + Send + Sync>);

impl fmt::Debug for RejectionResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Fn(&Rejection) -> Response")
    }
}
