//! What a program is told that depends on no crypto provider.

#![cfg(not(feature = "crypto-provider"))]

mod program;
mod server;

use program::Program;
use server::Tls;

#[test]
fn what_to_add_and_what_to_call_is_said() {
    let Some(tls) = Tls::start(&[]) else { return };
    let error = Program::trusting(&tls.authority())
        .run(&tls.url(""))
        .unwrap_err();
    for expected in [
        "rustls has no crypto provider",
        "rustls = { version = \"0.23\"",
        "install_default()",
    ] {
        assert!(error.contains(expected), "{error}");
    }
}
