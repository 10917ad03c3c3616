/// Paths and queries that some proxies tidy up.
pub const ODD_TARGETS: [&str; 10] = [
    "//voice//x/",
    "/a/../voice",
    "/%7Evoice/%61",
    "/a%2Fb",
    "/caf%C3%A9%20a?d=%c3%a9",
    "/voice;a=b?c;d",
    "/a+b?c+d=e+f",
    "/voice?",
    "/voice?b=2&a=1&a=1&flag",
    "/voice?url=https://x.example/a%2Fb&tilde=%7E",
];

/// How a path and query arrive at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Byte for byte.
    AsSent,
    /// Rewritten to this, so that no setting but `exact` verifies it.
    As(&'static str),
    /// Not at all: the proxy answers with this status.
    Never(u16),
}
