//! The program itself.

use std::process::Command;

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_multi-project-example"));
    command.env_remove("SIGNING_KEYS_DATABASE");
    command
}

#[test]
fn a_program_without_keys_does_not_start() {
    for (command, sentence) in [
        (
            &mut command(),
            "SIGNING_KEYS_DATABASE is not set: name a SQLite file",
        ),
        (
            command().env("SIGNING_KEYS_DATABASE", "absent.sqlite"),
            "the database of signing keys cannot be read: unable to open database file",
        ),
    ] {
        let output = command.output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(sentence), "{log}");
    }
}
