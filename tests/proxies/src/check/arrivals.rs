use signalwire_webhook::PublicUrl;

use super::Check;
use crate::{Arrival, Fates, ODD_TARGETS, fate::CLIENTS_OWN};

impl Check<'_> {
    pub(super) fn the_fates_are_as_expected(&self) {
        let without = self.arrived(&[]);
        let with = self.arrived(&CLIENTS_OWN);
        let fates = Fates::observed(&without, &with);
        assert_eq!(
            fates, self.setup.fates,
            "without: {without:#?}\nwith: {with:#?}"
        );
    }

    pub(super) fn odd_targets_arrive_as_expected(&self) {
        let mistakes: Vec<String> = ODD_TARGETS
            .into_iter()
            .filter_map(|target| self.mistake_about(target))
            .collect();
        assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
    }

    fn mistake_about(&self, target: &str) -> Option<String> {
        let expected = self.setup.arrivals.iter().find(|(odd, _)| *odd == target);
        let expected = expected.map_or(Arrival::AsSent, |(_, arrival)| *arrival);
        let url = self.setup.public_url(target);
        self.configure(self.setup.needs[0].public_url());
        let _ = self.running.upstream().take_received();
        let answer = self.send_signed(&url, &url, &[]);
        let received = self.running.upstream().take_received().pop();
        let arrived = received.map(|received| received.target);
        let is_right = match expected {
            Arrival::AsSent => answer.status == 200,
            Arrival::As(rewritten) => {
                answer.is_refusal()
                    && arrived.as_deref() == Some(rewritten)
                    && self.the_explanation_of_a_refusal_helps(&url)
                    && self.exact_verifies(&url)
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
        self.send_signed(url, url, &[]).status == 200
    }
}
