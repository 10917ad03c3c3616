//! What a program trusts that brings Mozilla's list.

#![cfg(feature = "mozilla-roots")]

mod program;
mod server;

use program::Program;
use server::Tls;

#[test]
fn what_the_system_or_a_variable_names_is_not_read() {
    let Some(tls) = Tls::start(&[]) else { return };
    let absent = tls.authority().with_file_name("absent.pem");
    for file in [tls.authority(), absent] {
        let error = Program::trusting(&file).run(&tls.url("")).unwrap_err();
        assert!(error.contains("UnknownIssuer"), "{error}");
    }
}
