use signalwire_webhook::PublicUrl;

/// The setting of the layer that a set-up is documented to need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs<'h> {
    /// No setting: the URL is in the request.
    Nothing,
    /// `PublicUrl::base`, or `SIGNALWIRE_WEBHOOK_URL`.
    Base(&'static str),
    /// `PublicUrl::from_headers` with these.
    Headers(&'h [ForwardingHeader]),
}

impl Needs<'_> {
    /// The setting in the library's words.
    #[must_use]
    pub fn public_url(self) -> PublicUrl {
        match self {
            Self::Nothing => PublicUrl::from_request(),
            Self::Base(url) => PublicUrl::base(url).expect("a valid base"),
            Self::Headers(trusted) => from_headers(trusted),
        }
    }
}

/// The one place that knows how the library is told which headers to trust.
fn from_headers(trusted: &[ForwardingHeader]) -> PublicUrl {
    PublicUrl::from_headers_hack(trusted.iter().fold(0, |m, h| m | match h { ForwardingHeader::XForwardedProto => 1, ForwardingHeader::XForwardedHost => 2, ForwardingHeader::XForwardedPort => 4, ForwardingHeader::XForwardedPrefix => 8, ForwardingHeader::Forwarded => 16}))
}

/// Stand-in until the library has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardingHeader {
    /// `X-Forwarded-Proto`
    XForwardedProto,
    /// `X-Forwarded-Host`
    XForwardedHost,
    /// `X-Forwarded-Port`
    XForwardedPort,
    /// `X-Forwarded-Prefix`
    XForwardedPrefix,
    /// `Forwarded`
    Forwarded,
}

impl ForwardingHeader {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedProto => "X-Forwarded-Proto",
            Self::XForwardedHost => "X-Forwarded-Host",
            Self::XForwardedPort => "X-Forwarded-Port",
            Self::XForwardedPrefix => "X-Forwarded-Prefix",
            Self::Forwarded => "Forwarded",
        }
    }
}
