use signalwire_webhook::PublicUrl;

use crate::{
    Answer, Arrival, Call, Fates, Needs, ODD_TARGETS, Received, RunningProxy, Sent, Setup, Version,
    fate::CLIENTS_OWN,
    replay::{Headers, Replay},
};

const OTHER_HOST: &str = "other.example.com";

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
        self.of_a_wrong_setting_the_log_advises_another();
        self.the_fates_are_as_expected();
        self.a_header_is_as_trustworthy_as_its_fate();
        self.the_host_line_counts_as_expected();
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

    fn each_setting_refuses_what_was_captured(&self) {
        let replays = Replay::each(&self.arrived(&[]));
        for needs in &self.setup.needs {
            self.configure(needs.public_url());
            for replay in &replays {
                for headers in replay.every_attempt() {
                    let answer = self.replay(replay, &headers);
                    assert_ne!(answer.status, 200, "{needs:?} {replay:?} {headers:?}");
                }
            }
        }
    }

    /// A client that names a header in `Connection` may have the proxy drop it.
    fn each_setting_refuses_what_was_captured_without_the_prefix(&self) {
        let base = self.setup.public_url("");
        let (host, prefix) = host_and_path(&base);
        if prefix.is_empty() {
            return;
        }
        let captured = format!("https://{host}{}", self.arrived(&[]).target);
        let hop_by_hop = [("Connection", "close, X-Forwarded-Prefix")];
        for needs in &self.setup.needs {
            self.configure(needs.public_url());
            for headers in [&[][..], &hop_by_hop] {
                let (answer, _) = self.send(&self.public, Sent::Form, Some(&captured), headers);
                assert_ne!(answer.status, 200, "{needs:?} {captured} {headers:?}");
            }
        }
    }

    fn of_a_wrong_setting_the_log_advises_another(&self) {
        let other_host = Needs::Base("https://hooks.example.org");
        for wrong in [Needs::Nothing, other_host] {
            if self.setup.needs.contains(&wrong) {
                continue;
            }
            let log = self.log_of_a_refusal(wrong);
            let advised = advised_base(&log);
            assert_eq!(
                advised.is_some(),
                self.setup.advises,
                "{wrong:?}: {advised:?} by {log}"
            );
            if let Some(advised) = advised {
                self.configure(PublicUrl::base(&advised).expect("the log advises a valid base"));
                self.assert_accepted(&self.public);
            }
        }
    }

    /// What the server logs of a genuine request that this setting has it refuse.
    fn log_of_a_refusal(&self, wrong: Needs<'_>) -> String {
        let upstream = self.running.upstream();
        upstream.configure_and_explain(wrong.public_url());
        let _ = upstream.take_log();
        self.running.client().assert_refused_as(
            &[self.version()],
            &self.setup.called(&self.public),
            &self.public,
        );
        upstream.take_log()
    }

    fn the_fates_are_as_expected(&self) {
        let without = self.arrived(&[]);
        let with = self.arrived(&CLIENTS_OWN);
        let fates = Fates::observed(&without, &with);
        assert_eq!(
            fates, self.setup.fates,
            "without: {without:#?}\nwith: {with:#?}"
        );
    }

    /// Where a client's own header gets through, trusting it lets a captured request pass.
    fn a_header_is_as_trustworthy_as_its_fate(&self) {
        for replay in Replay::each(&self.arrived(&[])) {
            self.configure(Needs::Headers(&[replay.header]).public_url());
            let answer = self.replay(&replay, &replay.named());
            let fate = self.setup.fates.of(replay.header);
            assert_eq!(
                answer.status == 200,
                fate.lets_the_client_speak(),
                "{replay:?} {fate:?}"
            );
        }
    }

    /// The request line of HTTP/1.1 may name the public host, by which a proxy chooses what to do,
    /// and `Host` another, the one that a captured request was sent to.
    fn the_host_line_counts_as_expected(&self) {
        if self.version() != Version::Http1 {
            return;
        }
        let (_, path) = host_and_path(&self.public);
        let captured = format!("https://{OTHER_HOST}{path}");
        let called = self.setup.called(&self.public);
        let replay = Call::unsigned(Version::Http1, &called, Sent::Form)
            .signed(Sent::Form.signature(&captured))
            .request_target(&called)
            .headers(&[("Host", OTHER_HOST)]);
        for needs in &self.setup.needs {
            self.configure(needs.public_url());
            let answer = self.running.client().call(&replay);
            let passes = self.setup.host_line_wins && !matches!(needs, Needs::Base(_));
            assert_eq!(answer.status == 200, passes, "{needs:?} {answer:?}");
        }
    }

    fn odd_targets_arrive_as_expected(&self) {
        let mistakes: Vec<String> = ODD_TARGETS
            .into_iter()
            .filter_map(|target| self.mistake_about(target))
            .collect();
        assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
    }

    fn mistake_about(&self, target: &str) -> Option<String> {
        let url = self.setup.public_url(target);
        let expected = self.setup.arrivals.iter().find(|(odd, _)| *odd == target);
        let expected = expected.map_or(Arrival::AsSent, |(_, arrival)| *arrival);
        self.configure(self.setup.needs[0].public_url());
        let (answer, arrived) = self.send_genuine(&url);
        let is_right = match expected {
            Arrival::AsSent => answer.status == 200,
            Arrival::As(rewritten) => {
                let is_rewritten = answer.is_refusal() && arrived.as_deref() == Some(rewritten);
                is_rewritten && self.exact_verifies(&url)
            }
            Arrival::Never(status) => answer.status == status && arrived.is_none(),
        };
        let status = answer.status;
        (!is_right).then(|| {
            format!("{target}: expected {expected:?}, but {arrived:?} arrived, and {status}")
        })
    }

    fn exact_verifies(&self, url: &str) -> bool {
        self.configure(PublicUrl::exact(url).expect("a valid url"));
        self.send_genuine(url).0.status == 200
    }

    /// The answer, and the path and query that arrived.
    fn send_genuine(&self, url: &str) -> (Answer, Option<String>) {
        let (answer, arrived) = self.send(url, Sent::Form, Some(url), &[]);
        (answer, arrived.map(|received| received.target))
    }

    /// What arrives of a request with these headers.
    #[track_caller]
    fn arrived(&self, headers: &[(&str, &str)]) -> Received {
        let (answer, arrived) = self.send(&self.public, Sent::Get, None, headers);
        arrived.unwrap_or_else(|| panic!("{headers:?} does not arrive: {answer:?}"))
    }

    fn replay(&self, replay: &Replay, headers: &Headers) -> Answer {
        self.send(&self.public, Sent::Form, Some(&replay.captured), headers)
            .0
    }

    fn send(
        &self,
        url: &str,
        sent: Sent,
        signed: Option<&str>,
        headers: &[(&str, &str)],
    ) -> (Answer, Option<Received>) {
        let _ = self.running.upstream().take_received();
        let called = self.setup.called(url);
        let mut call = Call::unsigned(self.version(), &called, sent).headers(headers);
        if let Some(signed) = signed {
            call = call.signed(sent.signature(signed));
        }
        let answer = self.running.client().call(&call);
        (answer, self.running.upstream().take_received().pop())
    }

    #[track_caller]
    fn assert_accepted(&self, url: &str) {
        let called = self.setup.called(url);
        let client = self.running.client();
        client.assert_accepted(self.version(), &called, url, Sent::Form);
    }

    fn configure(&self, public_url: PublicUrl) {
        self.running.upstream().configure(public_url);
    }

    fn version(&self) -> Version {
        self.setup.front.versions()[0]
    }
}

fn host_and_path(url: &str) -> (&str, &str) {
    let (_, after_scheme) = url.split_once("://").expect("an absolute URL");
    let end = after_scheme.find('/').unwrap_or(after_scheme.len());
    after_scheme.split_at(end)
}

/// What the log says to set `SIGNALWIRE_WEBHOOK_URL` to.
fn advised_base(log: &str) -> Option<String> {
    let (_, after) = log.split_once("SIGNALWIRE_WEBHOOK_URL=")?;
    after.split_whitespace().next().map(str::to_owned)
}
