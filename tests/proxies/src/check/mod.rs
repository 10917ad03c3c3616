//! What is checked of a set-up that runs.

mod advice;
mod arrivals;
mod replay;
mod replays;

use signalwire_webhook::PublicUrl;

use crate::{Answer, Call, Received, RunningProxy, Sent, Setup, Version};

/// A set-up that runs.
pub(crate) struct Check<'s> {
    setup: &'s Setup,
    running: &'s RunningProxy,
    /// The URL that is called, and signed.
    public: String,
}

impl<'s> Check<'s> {
    pub(crate) fn of(setup: &'s Setup, running: &'s RunningProxy) -> Self {
        Self {
            setup,
            running,
            public: setup.public_url("/voice?lang=en"),
        }
    }

    pub(crate) fn all(&self) {
        self.each_setting_suffices();
        self.each_setting_refuses_what_was_captured();
        self.each_setting_refuses_what_was_captured_without_the_prefix();
        self.the_host_line_counts_as_expected();
        self.of_a_wrong_setting_the_log_advises_another();
        self.the_fates_are_as_expected();
        self.a_header_is_as_trustworthy_as_its_fate();
        self.odd_targets_arrive_as_expected();
    }

    fn each_setting_suffices(&self) {
        for needs in &self.setup.needs {
            self.configure(needs.public_url());
            self.running.client().assert_verified_as(
                self.setup.front.versions(),
                &self.setup.called(&self.public),
                &self.public,
            );
        }
    }

    /// Calls this URL with what was signed for another, or the same.
    fn send_signed(&self, url: &str, signed: &str, headers: &[(&str, &str)]) -> Answer {
        let called = self.setup.called(url);
        let call = Call::unsigned(self.version(), &called, Sent::Form)
            .signed(Sent::Form.signature(signed))
            .headers(headers);
        self.running.client().call(&call)
    }

    /// What arrives of a request with these headers.
    #[track_caller]
    fn arrived(&self, headers: &[(&str, &str)]) -> Received {
        let _ = self.running.upstream().take_received();
        let called = self.setup.called(&self.public);
        let call = Call::unsigned(self.version(), &called, Sent::Get).headers(headers);
        let answer = self.running.client().call(&call);
        let arrived = self.running.upstream().take_received().pop();
        arrived.unwrap_or_else(|| panic!("{call:?} does not arrive: {answer:?}"))
    }

    fn configure(&self, public_url: PublicUrl) {
        self.running.upstream().configure(public_url);
    }

    /// The one that most is checked in.
    fn version(&self) -> Version {
        self.setup.front.versions()[0]
    }
}

fn host_and_path(url: &str) -> (&str, &str) {
    let (_, after_scheme) = url.split_once("://").expect("an absolute URL");
    let end = after_scheme.find('/').unwrap_or(after_scheme.len());
    after_scheme.split_at(end)
}
