//! Which requests go to the target.

use http::request::Parts;

use super::{forward::Target, verdict::Verdict, websocket::is_handshake};
use crate::{arguments::ListenArguments, failure::Failure};

#[derive(Debug)]
pub(super) struct Destination {
    target: Option<Target>,
    takes_refused: bool,
    takes_streams: bool,
}

impl Destination {
    pub(super) fn from_arguments(arguments: &ListenArguments) -> Result<Self, Failure> {
        let url = arguments.forward_to.as_deref();
        Ok(Self {
            target: url.map(Target::new).transpose()?,
            takes_refused: arguments.forward_refused,
            takes_streams: arguments.forward_streams,
        })
    }

    pub(super) fn target(&self) -> Option<&str> {
        self.target.as_ref().map(Target::url)
    }

    /// The target, where this request may go there. A user who sends one again has seen its verdict.
    pub(super) fn target_for(
        &self,
        request: &Parts,
        verdict: &Verdict,
        is_again: bool,
    ) -> Option<&Target> {
        let may_pass = verdict.rejection.is_none()
            || is_again
            || self.takes_refused
            || (self.takes_streams && is_handshake(request));
        self.target.as_ref().filter(|_| may_pass)
    }
}
