use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{Call, Client, Front, Sent, Upstream, process::Running, site::Site};

/// A proxy between a client and a server.
pub struct RunningProxy {
    pub(crate) client: Client,
    pub(crate) upstream: Upstream,
    pub(crate) process: Running,
    pub(crate) site: Site,
}

impl RunningProxy {
    /// A client that calls the proxy for whatever host.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The server.
    #[must_use]
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// Waits until a request gets to the server: some proxies listen before they know where to
    /// send what they hear. False where the proxy ends.
    pub(crate) fn gets_through(&mut self, front: Front, public: &str) -> bool {
        let deadline = Instant::now() + Duration::from_secs(20);
        let called = front.called(public);
        let call = Call::unsigned(front.versions()[0], &called, Sent::Get);
        while Instant::now() < deadline {
            if self.process.has_ended() {
                return false;
            }
            // Before it listens there is no answer.
            let _ = self.client.try_call(&call);
            if !self.upstream.take_received().is_empty() {
                return true;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("{called} does not get through: {}", self.site.output());
    }
}
