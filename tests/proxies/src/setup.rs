use crate::{Arrival, Fates, Front, Needs, ODD_TARGETS, Proxy, RunningProxy, check::Check};

/// One configuration of a proxy, and what is expected of it.
#[must_use]
pub struct Setup {
    proxy: &'static Proxy,
    configuration: String,
    pub(crate) front: Front,
    public: &'static str,
    pub(crate) needs: Vec<Needs<'static>>,
    pub(crate) advises: bool,
    pub(crate) host_line_wins: bool,
    pub(crate) fates: Fates,
    pub(crate) arrivals: &'static [(&'static str, Arrival)],
}

impl Setup {
    /// Adds this to the proxy's configuration, and calls it for `https://hooks.example.com`.
    pub fn of(proxy: &'static Proxy, configuration: impl Into<String>) -> Self {
        Self {
            proxy,
            configuration: configuration.into(),
            front: Front::Plain,
            public: "https://hooks.example.com",
            needs: Vec::new(),
            advises: true,
            host_line_wins: false,
            fates: Fates::ALL_PASSED,
            arrivals: &[],
        }
    }

    /// What the proxy listens for; without this [`Front::Plain`].
    pub fn front(mut self, front: Front) -> Self {
        self.front = front;
        self
    }

    /// The public URL before the path that the tests choose: with a prefix.
    pub fn public(mut self, public: &'static str) -> Self {
        self.public = public;
        self
    }

    /// A setting that lets genuine requests pass; where there are several, each does.
    pub fn needs(mut self, needs: Needs<'static>) -> Self {
        self.needs.push(needs);
        self
    }

    /// Nothing that arrives names the public host, so that the log cannot say what to configure.
    pub fn cannot_be_advised(mut self) -> Self {
        self.advises = false;
        self
    }

    /// The proxy passes on what `Host` says, though the request line names the public host, and
    /// with that chose this configuration: a client can name any host.
    pub fn host_line_wins(mut self) -> Self {
        self.host_line_wins = true;
        self
    }

    /// What becomes of the forwarding headers that a client sends; without this they all pass.
    pub fn fates(mut self, fates: Fates) -> Self {
        self.fates = fates;
        self
    }

    /// How some of [`ODD_TARGETS`] arrive; the others do as they are sent.
    pub fn arrivals(mut self, arrivals: &'static [(&'static str, Arrival)]) -> Self {
        for (target, _) in arrivals {
            assert!(ODD_TARGETS.contains(target), "{target} is never sent");
        }
        self.arrivals = arrivals;
        self
    }

    /// Runs the proxy and checks all of it; nothing to check where it is not installed.
    #[track_caller]
    pub fn check(&self) {
        if let Some(running) = self.start() {
            Check::of(self, &running).all();
        }
    }

    /// Runs the proxy; `None`, and a message, where it is not installed.
    #[must_use]
    pub fn start(&self) -> Option<RunningProxy> {
        let public = self.public_url("/voice");
        self.proxy.start(self.front, &self.configuration, &public)
    }

    /// The public URL of this path and query.
    #[must_use]
    pub fn public_url(&self, target: &str) -> String {
        format!("{}{target}", self.public)
    }

    /// The URL by which a client calls the proxy for this public one.
    #[must_use]
    pub fn called(&self, public: &str) -> String {
        self.front.called(public)
    }
}
