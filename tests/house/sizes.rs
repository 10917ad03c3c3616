//! How long the files of the core may be.

use std::process::Command;

/// Near 200: what is longer answers two questions.
const LONGEST: usize = 230;

#[test]
fn every_file_of_the_core_is_short() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/lines");
    let output = Command::new("bash").arg(script).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let report = String::from_utf8(output.stdout).unwrap();
    let counts: Vec<(usize, &str)> = report
        .lines()
        .map(|line| {
            let (count, file) = line.trim_start().split_once(' ').unwrap();
            (count.parse().unwrap(), file)
        })
        .collect();
    let (total, files) = counts.split_last().unwrap();
    assert_eq!(total.1, "in total");
    assert_eq!(total.0, files.iter().map(|(count, _)| count).sum());
    assert!(files.len() > 10, "{report}");
    for (count, file) in files {
        assert!(
            *count <= LONGEST,
            "{file} has {count} lines of code: split it by the questions that it answers"
        );
    }
}
