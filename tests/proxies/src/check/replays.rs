use super::{Check, host_and_path, replay::Replay};
use crate::{Call, Needs, Sent, Version};

const OTHER_HOST: &str = "other.example.com";

impl Check<'_> {
    pub(super) fn each_setting_refuses_what_was_captured(&self) {
        let arrived = self.arrived(&[]);
        let (host, path) = host_and_path(&self.public);
        let mut replays = Vec::new();
        for (host, target) in [
            (host, path),
            (host, &arrived.target),
            (&arrived.host, &arrived.target),
        ] {
            for replay in Replay::each(host, target) {
                if !replays.contains(&replay) {
                    replays.push(replay);
                }
            }
        }
        for needs in &self.setup.needs {
            self.configure(needs.public_url());
            for replay in &replays {
                for headers in replay.every_attempt() {
                    let answer = self.send_signed(&self.public, &replay.captured, &headers);
                    assert_ne!(answer.status, 200, "{needs:?} {replay:?} {headers:?}");
                }
            }
        }
    }

    /// A client that names a header in `Connection` may have the proxy drop it.
    pub(super) fn each_setting_refuses_what_was_captured_without_the_prefix(&self) {
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
                let answer = self.send_signed(&self.public, &captured, headers);
                assert_ne!(answer.status, 200, "{needs:?} {captured} {headers:?}");
            }
        }
    }

    /// The request line of HTTP/1.1 may name the public host, by which a proxy chooses what to do,
    /// and `Host` another, the one that a captured request was sent to.
    pub(super) fn the_host_line_counts_as_expected(&self) {
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

    /// Where a client's own header gets through, trusting it lets a captured request pass.
    pub(super) fn a_header_is_as_trustworthy_as_its_fate(&self) {
        let arrived = self.arrived(&[]);
        for replay in Replay::each(&arrived.host, &arrived.target) {
            self.configure(Needs::Headers(&[replay.header]).public_url());
            let answer = self.send_signed(&self.public, &replay.captured, &replay.named());
            let fate = self.setup.fates.of(replay.header);
            assert_eq!(
                answer.status == 200,
                fate.lets_the_client_speak(),
                "{replay:?} {fate:?}"
            );
        }
    }
}
