//! SECURITY.md names a test for each claim, and each test it names is there.

use std::{collections::BTreeSet, fs, path::Path};

/// A test as SECURITY.md names it: `file: function`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reference<'d> {
    /// Without `.rs`.
    file: &'d str,
    function: &'d str,
}

fn document() -> String {
    fs::read_to_string(root().join("SECURITY.md")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands between backticks.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn reference(span: &str) -> Option<Reference<'_>> {
    let (file, function) = span.split_once(".rs: ")?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_reference = function.bytes().all(is_name);
    is_reference.then_some(Reference { file, function })
}

fn references(text: &str) -> BTreeSet<Reference<'_>> {
    code_spans(text).filter_map(reference).collect()
}

/// The attributes and comments above a function say whether it is a test.
fn is_test(source: &str, function: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let is_its_head = |line: &str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let rest = line.strip_prefix("fn ");
        let rest = rest.and_then(|rest| rest.strip_prefix(function));
        rest.is_some_and(|rest| rest.starts_with('('))
    };
    lines.iter().enumerate().any(|(index, line)| {
        let above = lines[..index].iter().rev();
        let mut attributes =
            above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        is_its_head(line)
            && attributes
                .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_test_that_it_names_is_a_test_of_that_file() {
    let document = document();
    let references = references(&document);
    assert!(references.len() > 50, "{references:#?}");
    let missing: Vec<_> = references
        .iter()
        .filter(|reference| {
            let source = fs::read_to_string(root().join(format!("{}.rs", reference.file)));
            !source.is_ok_and(|source| is_test(&source, reference.function))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A name that is written otherwise would be passed over.
#[test]
fn it_names_tests_in_one_way() {
    let document = document();
    let own_name = "tests/it/security/document.rs";
    let otherwise: Vec<_> = code_spans(&document)
        .filter(|span| span.contains(".rs") || span.matches('_').count() > 3)
        .filter(|span| reference(span).is_none() && *span != own_name)
        .collect();
    assert!(otherwise.is_empty(), "{otherwise:#?}");
}

/// Where there can be none, a command measures the claim, the compiler holds it, or another claim
/// has the test.
#[test]
fn every_claim_of_a_section_names_a_test() {
    let document = document();
    let sections = document.split("\n## ").skip(1);
    let claims: Vec<&str> = sections
        .filter(|section| section.starts_with("What ") || section.starts_with("The narrowest "))
        .flat_map(|section| section.split("\n- ").skip(1))
        .map(|claim| claim.split("\n\n").next().unwrap_or_default())
        .collect();
    assert!(claims.len() > 30, "{claims:#?}");
    let instead = ["`cargo ", "the compiler", "as above", "No test here"];
    let unproven: Vec<_> = claims
        .iter()
        .filter(|claim| references(claim).is_empty())
        .filter(|claim| !instead.iter().any(|instead| claim.contains(instead)))
        .collect();
    assert!(unproven.is_empty(), "{unproven:#?}");
}

#[test]
fn a_name_of_no_test_is_noticed() {
    let source = "#[tokio::test(start_paused = true)]\nasync fn a_test() {}\n\nfn a_helper() {}\n";
    assert!(is_test(source, "a_test"));
    for other in ["a_helper", "a_tes", "test", "another"] {
        assert!(!is_test(source, other), "{other}");
    }
    assert_eq!(
        references("no `code` and `tests/a.rs` and `a_test`").len(),
        0
    );
    let reference = Reference {
        file: "tests/a",
        function: "a_test",
    };
    assert_eq!(references("`tests/a.rs: a_test`"), [reference].into());
}
