//! Colours, and the question for the key.

use super::support::{KEY, on_a_terminal, program, signature};

#[test]
fn a_terminal_gets_colours_unless_they_are_unwanted_or_it_has_none() {
    let program_path = env!("CARGO_BIN_EXE_signalwire-webhook");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "POST /sms HTTP/1.1\nHost: app:3000\n\na=b").unwrap();
    let explain = format!("'{program_path}' explain '{}'", file.path().display());
    let key = ("SIGNALWIRE_SIGNING_KEY", KEY);
    let Some(coloured) = on_a_terminal(&explain, "", &[key]) else {
        return;
    };
    assert!(
        coloured.contains("\u{1b}[31mMissingSignature\u{1b}[0m"),
        "{coloured:?}"
    );
    for unwanted in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = on_a_terminal(&explain, "", &[key, unwanted, ("CI", "true")]).unwrap();
        assert!(
            plain.contains("MissingSignature:") && !plain.contains('\u{1b}'),
            "{unwanted:?}: {plain:?}"
        );
    }
}

#[test]
fn output_that_is_not_a_terminal_has_no_colours_unless_they_are_forced() {
    let explain = |variable: &str| {
        let mut command = program(&["explain"]);
        let output = super::support::give(
            command.env(variable, "1"),
            "POST /sms HTTP/1.1\nHost: app:3000\n\na=b",
        );
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!explain("UNRELATED").contains('\u{1b}'));
    assert!(explain("CLICOLOR_FORCE").contains("\u{1b}[31mMissingSignature"));
}

#[test]
fn the_key_is_asked_for_on_a_terminal() {
    let program_path = env!("CARGO_BIN_EXE_signalwire-webhook");
    let sign = format!("'{program_path}' sign https://h.example/a --form a=b");
    let Some(asked) = on_a_terminal(&sign, &format!("{KEY}\n"), &[]) else {
        return;
    };
    assert!(asked.contains("Signing key (not shown): "), "{asked}");
    assert!(
        asked.contains(&signature("https://h.example/a", "a", "b")),
        "{asked}"
    );
}
