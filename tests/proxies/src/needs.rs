use signalwire_webhook::{ForwardingHeader, PublicUrl};

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
            Self::Headers(trusted) => PublicUrl::from_headers(trusted),
        }
    }
}
