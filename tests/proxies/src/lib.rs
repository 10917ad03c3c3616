//! Real proxies between a real client and a real server, for the tests of `signalwire-webhook`.
//!
//! A [`Proxy`] is a program. A [`Setup`] is one configuration of it, with what is expected of it;
//! [`Setup::check`] runs it between curl and an [`Upstream`] that has the layer. Nothing here knows
//! any particular proxy: each has one file in `tests/it`.

mod arrival;
mod certificate;
mod check;
mod client;
mod directory;
mod fate;
mod front;
mod needs;
mod process;
mod program;
mod proxy;
mod running;
mod sent;
mod setup;
mod site;
mod upstream;

pub use self::{
    arrival::{Arrival, ODD_TARGETS},
    certificate::Certificate,
    client::{Answer, Call, Client, Version},
    fate::{Fate, Fates},
    front::Front,
    needs::Needs,
    program::Program,
    proxy::Proxy,
    running::RunningProxy,
    sent::{SIGNING_KEY, Sent, signing_key},
    setup::Setup,
    upstream::{Received, Upstream},
};
