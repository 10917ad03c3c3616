//! Random requests, judged by the layer and by SignalWire's own packages.
//!
//! The packages are installed into ignored folders below `peers`; where node or Python is missing,
//! theirs are skipped and the run says so. Every disagreement must be one of the deviations in
//! `deviation.rs`. `DIFFERENTIAL_SEED` repeats a run, `DIFFERENTIAL_REQUESTS` sets its length.

mod deviation;
mod disagreement;
mod layer;
mod package;
mod package_url;
mod payload;
mod random;
mod report;
mod signing;
mod soundness;
mod tampering;
mod webhook;
mod webhook_url;

use std::{env, process::ExitCode, str::FromStr, thread, time::Instant};

use layer::Verdict;
use package::{PROGRAMS, Program};
use random::Random;
use report::Report;
use webhook::Webhook;

const REQUESTS: usize = 20_000;

fn main() -> ExitCode {
    let seed = number_from("DIFFERENTIAL_SEED").unwrap_or_else(|| fastrand::u64(..));
    let requests = number_from("DIFFERENTIAL_REQUESTS").unwrap_or(REQUESTS);
    println!("{requests} requests, DIFFERENTIAL_SEED={seed}");
    let mut random = Random::with_seed(seed);
    let webhooks: Vec<Webhook> = (0..requests)
        .map(|number| Webhook::random(&mut random, number))
        .collect();
    let lines: Vec<String> = webhooks.iter().map(Webhook::to_json).collect();

    let started = Instant::now();
    let verdicts = verdicts(&webhooks);
    println!("judged by the layer ({:.1?})", started.elapsed());

    let mut report = Report::new(&webhooks, &verdicts);
    thread::scope(|scope| {
        let asked: Vec<_> = PROGRAMS
            .iter()
            .map(|program| (program, scope.spawn(|| ask(program, &lines))))
            .collect();
        for (program, answers) in asked {
            match answers.join().expect("the program should answer") {
                Some(answers) => report.compare(program.packages, &answers),
                None => report.skip(program.packages),
            }
        }
    });
    report.print();
    if report.is_as_expected(requests >= REQUESTS) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn ask(program: &Program, lines: &[String]) -> Option<Vec<Vec<package::PackageVerdict>>> {
    let started = Instant::now();
    let command = program.install()?;
    let installed = started.elapsed();
    let started = Instant::now();
    let answers = package::ask(command, lines);
    let asked = started.elapsed();
    for package in program.packages {
        let name = package.name();
        println!("judged by {name} ({asked:.1?}, installed in {installed:.1?})");
    }
    Some(answers)
}

fn verdicts(webhooks: &[Webhook]) -> Vec<Verdict> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime should start");
    webhooks
        .iter()
        .map(|webhook| runtime.block_on(layer::verdict(webhook)))
        .collect()
}

fn number_from<Number: FromStr>(variable: &str) -> Option<Number> {
    let text = env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} should be a number, and is {text:?}")))
}
