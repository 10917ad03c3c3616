//! Which requests go to the target.

use std::net::SocketAddr;

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

    /// A request that is forwarded to `listen` itself would come back until nothing is left.
    pub(super) fn must_not_be(&self, listening: SocketAddr) -> Result<(), Failure> {
        match &self.target {
            Some(target) if target.is_at(listening) => Err(Failure::usage(format!(
                "--forward-to {:?} is where `listen` itself listens: name the port of your program, \
                 or another --port",
                target.url()
            ))),
            _ => Ok(()),
        }
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
