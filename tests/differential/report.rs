//! The counts of a run, and what in it was not expected.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    deviation::DEVIATIONS,
    disagreement::Disagreement,
    layer::Verdict,
    package::{Package, PackageVerdict},
    webhook::Webhook,
};

const SHOWN: usize = 10;

pub struct Report<'a> {
    webhooks: &'a [Webhook],
    verdicts: &'a [Verdict],
    counts: Vec<(Package, Counts)>,
    unexplained: Vec<String>,
    skipped: Vec<Package>,
}

#[derive(Default)]
struct Counts {
    both_accept: usize,
    both_refuse: usize,
    /// By the deviation's place in the table.
    deviations: BTreeMap<usize, usize>,
}

impl<'a> Report<'a> {
    pub fn new(webhooks: &'a [Webhook], verdicts: &'a [Verdict]) -> Self {
        Self {
            webhooks,
            verdicts,
            counts: Vec::new(),
            unexplained: Vec::new(),
            skipped: Vec::new(),
        }
    }

    pub fn skip(&mut self, packages: &[Package]) {
        self.skipped.extend(packages);
    }

    /// Takes a program's answers: for each request the verdict of each of its packages.
    pub fn compare(&mut self, packages: &[Package], answers: &[Vec<PackageVerdict>]) {
        for (index, &package) in packages.iter().enumerate() {
            let mut counts = Counts::default();
            for ((webhook, ours), answer) in self.webhooks.iter().zip(self.verdicts).zip(answers) {
                let disagreement = Disagreement {
                    webhook,
                    package,
                    ours,
                    theirs: &answer[index],
                };
                if !counts.add(&disagreement) {
                    self.unexplained.push(describe(&disagreement));
                }
            }
            self.counts.push((package, counts));
        }
    }

    pub fn print(&self) {
        for (package, counts) in &self.counts {
            println!("\n{}", package.name());
            println!("{:>7}  both accept", counts.both_accept);
            println!("{:>7}  both refuse", counts.both_refuse);
            for (&index, count) in &counts.deviations {
                println!("{count:>7}  {}", DEVIATIONS[index].name);
            }
        }
        for package in &self.skipped {
            println!(
                "\n{}: skipped, since its language is not installed",
                package.name()
            );
        }
        for text in self.unexplained.iter().take(SHOWN) {
            println!("\nunexpected: {text}");
        }
        println!("\n{} unexpected disagreements", self.unexplained.len());
        for (deviation, count) in DEVIATIONS.iter().zip(self.totals()) {
            println!("{count:>7}  {}: {}", deviation.name, deviation.reason);
        }
    }

    /// A whole run meets every deviation, or its entry in the table explains nothing.
    pub fn is_as_expected(&self, is_whole_run: bool) -> bool {
        let mut is_expected = self.unexplained.is_empty();
        if is_whole_run && self.skipped.is_empty() {
            for (deviation, count) in DEVIATIONS.iter().zip(self.totals()) {
                if count == 0 {
                    println!("never met: {}", deviation.name);
                    is_expected = false;
                }
            }
        }
        is_expected
    }

    fn totals(&self) -> impl Iterator<Item = usize> {
        (0..DEVIATIONS.len()).map(|index| {
            let counts = self.counts.iter();
            counts
                .filter_map(|(_, counts)| counts.deviations.get(&index))
                .sum()
        })
    }
}

impl Counts {
    /// Whether the layer accepts nothing forged, and the two agree or disagree as is known.
    fn add(&mut self, case: &Disagreement<'_>) -> bool {
        if !case.is_sound() {
            return false;
        }
        match (case.ours.accepts(), case.theirs.accepts) {
            (true, true) => self.both_accept += 1,
            (false, false) => self.both_refuse += 1,
            _ => {
                let mut deviations = DEVIATIONS.iter();
                let known = deviations.position(|deviation| (deviation.explains)(case));
                let Some(index) = known else {
                    return false;
                };
                *self.deviations.entry(index).or_default() += 1;
            }
        }
        true
    }
}

fn describe(case: &Disagreement<'_>) -> String {
    let mut text = format!("{}: ", case.package.name());
    let outcome = if case.theirs.accepts {
        "accepts"
    } else {
        "refuses"
    };
    let _ = write!(text, "{outcome} ({:?}), ", case.theirs.error);
    let _ = write!(text, "the layer says {:?}\n{}", case.ours, case.webhook);
    text
}
