//! The inputs that fuzzing found interesting, checked again without a fuzzer.

use std::{fs, path::PathBuf};

use super::checks;

/// Checks every input of a target, and returns how many there were.
fn replay(target: &str, check: impl Fn(&[u8])) -> usize {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/fuzz", target]
        .iter()
        .collect();
    fs::read_dir(folder)
        .unwrap()
        .map(|input| {
            let path = input.unwrap().path();
            println!("{}", path.display());
            check(&fs::read(path).unwrap());
        })
        .count()
}

#[test]
fn signature_headers_are_judged_as_three_comparisons_of_texts() {
    assert!(replay("signature_headers", checks::signature_headers::check) > 10);
}

#[test]
fn form_bodies_are_read_as_the_url_standard_says() {
    assert!(replay("form_bodies", checks::form_bodies::check) > 10);
}

#[test]
fn candidates_are_few_distinct_and_of_the_configured_host() {
    assert!(replay("public_urls", checks::public_urls::check) > 10);
}

#[test]
fn a_request_passes_only_where_the_oracle_says_so() {
    assert!(replay("whole_service", checks::whole_service::check) > 10);
}

#[test]
fn the_layer_the_verifier_and_the_function_agree() {
    assert!(replay("whole_service", checks::verifier::check) > 10);
}

#[cfg(feature = "explain")]
#[test]
fn an_explanation_keeps_its_bounds_and_shows_no_secret() {
    assert!(replay("explanations", checks::explanations::check) > 10);
}
