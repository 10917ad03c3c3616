use crate::Version;

/// What a proxy listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// HTTP/1.1 without TLS, as after a load balancer that ends TLS.
    Plain,
    /// HTTP/2 without TLS.
    PlainHttp2,
    /// TLS, with HTTP/1.1 alone.
    TlsHttp1,
    /// TLS, with HTTP/1.1 and HTTP/2.
    Tls,
}

impl Front {
    /// Whether the proxy ends TLS.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::TlsHttp1 | Self::Tls)
    }

    /// The versions in which it can be called.
    #[must_use]
    pub fn versions(self) -> &'static [Version] {
        match self {
            Self::Plain | Self::TlsHttp1 => &[Version::Http1],
            Self::PlainHttp2 => &[Version::Http2PriorKnowledge],
            Self::Tls => &[Version::Http1, Version::Http2],
        }
    }

    /// The URL by which a client calls it for this public one, which is `https`.
    #[must_use]
    pub fn called(self, public: &str) -> String {
        if self.is_tls() {
            public.to_owned()
        } else {
            public.replacen("https://", "http://", 1)
        }
    }
}
