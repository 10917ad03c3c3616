#![no_main]

#[path = "../../tests/it/oracle/checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::form_bodies::check(input));
