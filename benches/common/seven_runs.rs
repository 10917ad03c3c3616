//! Runs a benchmark seven times, each time in a process of its own.
//!
//! Where the system lays a program's stack and heap makes one process a few per cent faster than
//! another, from its first request to its last, so that no number of batches in one of them tells
//! how fast the program is.

use std::{env, process::Command};

const RUNS: usize = 7;

/// Tells a process that it is one of the runs.
const IS_A_RUN: &str = "BENCHMARK_IS_A_RUN";

/// What was measured of one row in each run.
pub(crate) struct Measured<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Measured<N> {
    /// The least of all runs, and the median.
    pub(crate) fn least_and_median(&self, number: impl Fn([f64; N]) -> f64) -> (f64, f64) {
        let mut numbers: Vec<f64> = self.0.iter().copied().map(number).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        (numbers[0], numbers[RUNS / 2])
    }
}

/// Calls `measure`, which yields the numbers of each row, in seven processes like this one.
pub(crate) fn of_seven_runs<const N: usize>(
    measure: impl FnOnce() -> Vec<[f64; N]>,
) -> Vec<Measured<N>> {
    if env::var_os(IS_A_RUN).is_some() {
        for row in measure() {
            println!("{}", row.map(|number| number.to_string()).join(" "));
        }
        std::process::exit(0);
    }
    let runs: Vec<Vec<[f64; N]>> = (0..RUNS).map(|_| run()).collect();
    (0..runs[0].len())
        .map(|row| Measured(runs.iter().map(|run| run[row]).collect()))
        .collect()
}

fn run<const N: usize>() -> Vec<[f64; N]> {
    let program = env::current_exe().expect("the system knows this program's path");
    let output = Command::new(program).env(IS_A_RUN, "1").output();
    let output = output.expect("a program that runs can be started again");
    assert!(output.status.success(), "a run failed: {output:?}");
    let numbers = String::from_utf8(output.stdout).expect("a run prints numbers");
    let row = |line: &str| {
        let numbers: Vec<f64> = line.split(' ').map(|n| n.parse().unwrap()).collect();
        numbers
            .try_into()
            .expect("a row has as many numbers in each run")
    };
    numbers.lines().map(row).collect()
}
