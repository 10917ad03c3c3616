use crate::{ForwardingHeader, Received};

/// A request that was captured on its way to another URL, and the header that names that URL here.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The URL that SignalWire sent it to, and signed.
    pub(crate) captured: String,
    pub(crate) header: ForwardingHeader,
    value: &'static str,
}

/// Headers that are sent with a request.
pub(crate) type Headers = Vec<(&'static str, &'static str)>;

impl Replay {
    /// One for each header that can name another URL than the one at which this arrived.
    /// `X-Forwarded-Proto` is not among them: it orders the schemes that are tried anyway.
    pub(crate) fn each(arrived: &Received) -> Vec<Self> {
        let Received { target, host, .. } = arrived;
        let name = host.split(':').next().unwrap_or_default();
        let replay = |header, value, captured| Self {
            captured,
            header,
            value,
        };
        vec![
            replay(
                ForwardingHeader::Forwarded,
                "host=other.example.com;proto=https",
                format!("https://other.example.com{target}"),
            ),
            replay(
                ForwardingHeader::XForwardedHost,
                "other.example.com",
                format!("https://other.example.com{target}"),
            ),
            replay(
                ForwardingHeader::XForwardedPort,
                "9443",
                format!("https://{name}:9443{target}"),
            ),
            replay(
                ForwardingHeader::XForwardedPrefix,
                "/other",
                format!("https://{host}/other{target}"),
            ),
        ]
    }

    /// The header alone.
    pub(crate) fn named(&self) -> Headers {
        vec![(self.header.name(), self.value)]
    }

    /// What somebody who replays it may try.
    pub(crate) fn every_attempt(&self) -> Vec<Headers> {
        let named = (self.header.name(), self.value);
        let hop_by_hop = match self.header {
            ForwardingHeader::Forwarded => "close, Forwarded",
            _ => "close, X-Forwarded-Host, X-Forwarded-Port, X-Forwarded-Prefix",
        };
        vec![
            vec![],
            vec![named],
            vec![named, ("X-Forwarded-Proto", "https")],
            vec![named, named],
            vec![named, ("Connection", hop_by_hop)],
        ]
    }
}
