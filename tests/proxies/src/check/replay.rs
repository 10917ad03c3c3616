use signalwire_webhook::ForwardingHeader;

/// A request that was captured on its way to another URL, and the header that names that URL here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Replay {
    /// The URL that SignalWire sent it to, and signed.
    pub(super) captured: String,
    pub(super) header: ForwardingHeader,
    /// The same header in HTTP, and what it says.
    line: (&'static str, &'static str),
}

/// Headers that are sent with a request.
pub(super) type Headers = Vec<(&'static str, &'static str)>;

impl Replay {
    /// One for each header that can name another URL than the one with this host, path and query.
    /// `X-Forwarded-Proto` is not among them: it orders the schemes that are tried anyway.
    pub(super) fn each(host: &str, target: &str) -> Vec<Self> {
        let host_name = host.split(':').next().unwrap_or_default();
        let replay = |header, name, value, captured| Self {
            captured,
            header,
            line: (name, value),
        };
        vec![
            replay(
                ForwardingHeader::Forwarded,
                "Forwarded",
                "host=other.example.com;proto=https",
                format!("https://other.example.com{target}"),
            ),
            replay(
                ForwardingHeader::XForwardedHost,
                "X-Forwarded-Host",
                "other.example.com",
                format!("https://other.example.com{target}"),
            ),
            replay(
                ForwardingHeader::XForwardedPort,
                "X-Forwarded-Port",
                "9443",
                format!("https://{host_name}:9443{target}"),
            ),
            replay(
                ForwardingHeader::XForwardedPrefix,
                "X-Forwarded-Prefix",
                "/other",
                format!("https://{host}/other{target}"),
            ),
        ]
    }

    /// The header alone.
    pub(super) fn named(&self) -> Headers {
        vec![self.line]
    }

    /// What somebody who replays it may try.
    pub(super) fn every_attempt(&self) -> Vec<Headers> {
        let named = self.line;
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
