use signalwire_webhook::ForwardingHeader;

use crate::Received;

/// What a client of its own accord may send of the URL it calls.
pub(crate) const CLIENTS_OWN: [(&str, &str); 5] = [
    ("Forwarded", "host=client.example.com;proto=https"),
    ("X-Forwarded-Host", "client.example.com"),
    ("X-Forwarded-Proto", "client"),
    ("X-Forwarded-Port", "4321"),
    ("X-Forwarded-Prefix", "/client"),
];

/// What a proxy does with a forwarding header that the client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The client's arrives, and the proxy writes none.
    Passed,
    /// The client's arrives; where there is none, the proxy writes its own.
    Filled,
    /// The proxy writes its own after the client's, which stays the first.
    Appended,
    /// The proxy's own arrives, and the client's does not.
    Overwritten,
    /// Nothing arrives.
    Removed,
}

impl Fate {
    /// Whether what the client wrote is the first entry that arrives.
    #[must_use]
    pub fn lets_the_client_speak(self) -> bool {
        matches!(self, Self::Passed | Self::Filled | Self::Appended)
    }

    /// From what arrives where the client sends nothing, and where it sends this.
    pub(crate) fn observed(without: &[String], sent: &str, with: &[String]) -> Self {
        match (without, with) {
            (_, []) => Self::Removed,
            ([], [only]) if only == sent => Self::Passed,
            (_, [only]) if only == sent => Self::Filled,
            (_, [first, ..]) if first.split(',').next() == Some(sent) => Self::Appended,
            _ => Self::Overwritten,
        }
    }
}

/// The fate of each forwarding header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fates {
    /// Of `Forwarded`.
    pub forwarded: Fate,
    /// Of `X-Forwarded-Host`.
    pub host: Fate,
    /// Of `X-Forwarded-Proto`.
    pub proto: Fate,
    /// Of `X-Forwarded-Port`.
    pub port: Fate,
    /// Of `X-Forwarded-Prefix`.
    pub prefix: Fate,
}

impl Fates {
    /// The proxy knows none of them.
    pub const ALL_PASSED: Self = Self {
        forwarded: Fate::Passed,
        host: Fate::Passed,
        proto: Fate::Passed,
        port: Fate::Passed,
        prefix: Fate::Passed,
    };

    /// Of this header.
    #[must_use]
    pub fn of(&self, header: ForwardingHeader) -> Fate {
        match header {
            ForwardingHeader::Forwarded => self.forwarded,
            ForwardingHeader::XForwardedHost => self.host,
            ForwardingHeader::XForwardedProto => self.proto,
            ForwardingHeader::XForwardedPort => self.port,
            ForwardingHeader::XForwardedPrefix => self.prefix,
            _ => panic!("{header:?} is new: add it to the fates"),
        }
    }

    /// From what arrives where the client sends nothing, and where it sends all of them.
    pub(crate) fn observed(without: &Received, with: &Received) -> Self {
        let [forwarded, host, proto, port, prefix] = CLIENTS_OWN
            .map(|(name, sent)| Fate::observed(&without.lines(name), sent, &with.lines(name)));
        Self {
            forwarded,
            host,
            proto,
            port,
            prefix,
        }
    }
}
