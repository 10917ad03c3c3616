//! The URLs that a request may have been signed for.

mod arrival;
mod candidates;
mod deployments;
mod forwarded;

use axum::extract::Request;
use signalwire_webhook::{ForwardingHeader, PublicUrl};

use crate::support::{Judge, key};

fn from_request() -> PublicUrl {
    PublicUrl::from_request()
}

/// Every header that can be named.
fn trusting() -> PublicUrl {
    PublicUrl::from_headers([
        ForwardingHeader::XForwardedProto,
        ForwardingHeader::XForwardedHost,
        ForwardingHeader::XForwardedPort,
        ForwardingHeader::XForwardedPrefix,
        ForwardingHeader::Forwarded,
    ])
}

fn base(url: &str) -> PublicUrl {
    PublicUrl::base(url).unwrap()
}

fn exact(url: &str) -> PublicUrl {
    PublicUrl::exact(url).unwrap()
}

fn judge(url: PublicUrl) -> Judge {
    Judge::new(key()).public_url(url)
}

/// The URL that was verified, or `None` for a request that was refused.
#[track_caller]
fn verified_url(judge: &Judge, request: Request) -> Option<String> {
    let verified = judge.judge(request).ok()?;
    Some(verified.url().to_owned())
}
