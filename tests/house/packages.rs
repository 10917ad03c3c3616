//! Which packages the library brings, by its features.

use std::{collections::BTreeSet, env, fs, process::Command};

const MOST_BY_DEFAULT: usize = 52;

/// The packages of `cargo tree`, each as a name and a version, without the library itself.
fn packages(arguments: &[&str]) -> BTreeSet<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "signalwire-webhook"])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let listed = String::from_utf8(output.stdout).unwrap();
    let packages: BTreeSet<_> = listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        })
        .filter(|(name, _)| name != env!("CARGO_PKG_NAME"))
        .collect();
    assert!(packages.len() > 10, "{listed}");
    packages
}

/// Those that a user of the library builds.
fn built(features: &[&str]) -> BTreeSet<(String, String)> {
    packages(&[&["--edges", "normal"], features].concat())
}

#[track_caller]
fn assert_without(packages: &BTreeSet<(String, String)>, names: &[&str]) {
    for (name, _) in packages {
        let first = name.split('-').next().unwrap_or_default();
        let is_there = names.contains(&first) || names.contains(&&**name);
        assert!(!is_there, "{name} should not be in {packages:?}");
    }
}

#[track_caller]
fn assert_none_twice(packages: &BTreeSet<(String, String)>) {
    let names: BTreeSet<_> = packages.iter().map(|(name, _)| name).collect();
    assert_eq!(
        names.len(),
        packages.len(),
        "one is there twice: {packages:#?}"
    );
}

/// As the manifest names them.
fn features() -> Vec<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let (_, table) = manifest.split_once("\n[features]\n").unwrap();
    let (table, _) = table.split_once("\n[").unwrap();
    table
        .lines()
        .filter_map(|line| line.split_once(" = ["))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn the_core_brings_no_framework() {
    let core = built(&["--no-default-features"]);
    assert_without(&core, &["axum", "tokio", "tower", "hyper", "tracing"]);
}

#[test]
fn the_default_features_bring_few_packages_and_none_twice() {
    let default = built(&[]);
    assert_none_twice(&default);
    assert!(
        default.len() <= MOST_BY_DEFAULT,
        "{} packages, where {MOST_BY_DEFAULT} are enough: {default:#?}",
        default.len()
    );
}

#[test]
fn no_package_is_there_twice_with_every_feature() {
    assert_none_twice(&built(&["--all-features"]));
}

#[test]
fn explain_alone_brings_a_decompressor() {
    let features = features();
    assert!(features.iter().any(|feature| feature == "explain"));
    let others = features.iter().filter(|feature| *feature != "explain");
    let others: Vec<&str> = others.map(String::as_str).collect();
    let without = built(&["--features", &others.join(",")]);
    assert_without(&without, &["flate2", "miniz_oxide"]);
}

#[test]
fn the_library_never_needs_the_program() {
    let everything = packages(&["--edges", "all", "--all-features"]);
    assert_without(&everything, &["signalwire-webhook-cli"]);
    for source in crate::sources::below("") {
        assert!(
            !source.code.contains("signalwire_webhook_cli"),
            "src/{} names the program",
            source.path
        );
    }
}
