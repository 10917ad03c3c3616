use signalwire_webhook::{
    PublicUrl,
    explain::{Explanation, Remedy},
};

use super::Check;
use crate::{Needs, Sent};

impl Check<'_> {
    pub(super) fn of_a_wrong_setting_the_log_advises_another(&self) {
        let other_host = Needs::Base("https://hooks.example.org");
        for wrong in [Needs::Nothing, other_host] {
            if self.setup.needs.contains(&wrong) {
                continue;
            }
            let log = self.log_of_a_refusal(wrong);
            let advised = advised_base(&log);
            let is_given = advised.is_some();
            assert_eq!(
                is_given, self.setup.advises,
                "{wrong:?}: {advised:?} by {log}"
            );
            if let Some(advised) = advised {
                self.configure(PublicUrl::base(&advised).expect("the log advises a valid base"));
                self.assert_accepted(&self.public);
            }
        }
    }

    /// What the server logs of genuine requests that this setting has it refuse.
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

    /// Whether every URL helps that the explanation of a refusal has. The log masks their queries,
    /// so that they are taken from the explanation itself.
    pub(super) fn the_explanation_of_a_refusal_helps(&self, url: &str) -> bool {
        let upstream = self.running.upstream();
        upstream.configure_and_explain(self.setup.needs[0].public_url());
        let _ = upstream.take_explanations();
        let _ = self.send_signed(url, url, &[]);
        let explanations = upstream.take_explanations();
        let mut remedies = explanations.iter().flat_map(Explanation::remedies);
        remedies.all(|remedy| self.helps(remedy, url))
    }

    fn helps(&self, remedy: &Remedy, url: &str) -> bool {
        match remedy {
            Remedy::PublicUrl { public_url, .. } => {
                self.configure(public_url.clone());
                self.send_signed(url, url, &[]).status == 200
            }
            Remedy::DashboardUrl { url: other, .. } => {
                self.configure(self.setup.needs[0].public_url());
                self.send_signed(other, other, &[]).status == 200
            }
            _ => true,
        }
    }

    #[track_caller]
    pub(super) fn assert_accepted(&self, url: &str) {
        let called = self.setup.called(url);
        let client = self.running.client();
        client.assert_accepted(self.version(), &called, url, Sent::Form);
    }
}

/// What the log says to set `SIGNALWIRE_WEBHOOK_URL` to.
fn advised_base(log: &str) -> Option<String> {
    let (_, after) = log.split_once("SIGNALWIRE_WEBHOOK_URL=")?;
    let end_of_url = [' ', ';', '\n'];
    after.split(end_of_url).next().map(str::to_owned)
}
