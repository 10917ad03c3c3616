//! What the tests need: the program, servers for it to call, and terminals.

mod listening;
mod printed_lines;
mod server;
mod terminal;

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use signalwire_webhook::SigningKey;

pub(crate) use self::{
    listening::{Listening, exchange},
    printed_lines::PrintedLines,
    server::{Received, Server, answer_with},
    terminal::on_a_terminal,
};

pub(crate) const KEY: &str = "PSKtest1234567890abcdef";

pub(crate) fn key() -> SigningKey {
    SigningKey::new(KEY).unwrap()
}

const VARIABLES: [&str; 5] = [
    "SIGNALWIRE_SIGNING_KEY",
    "SIGNALWIRE_WEBHOOK_URL",
    "SWML_PROXY_URL_BASE",
    "NO_COLOR",
    "CLICOLOR_FORCE",
];

fn without_environment(mut command: Command) -> Command {
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program, with the key in its environment.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = without_environment(Command::new(env!("CARGO_BIN_EXE_signalwire-webhook")));
    command
        .args(arguments)
        .env("SIGNALWIRE_SIGNING_KEY", KEY)
        .stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

pub(crate) fn run_with_input(arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    give(&mut program(arguments), input)
}

pub(crate) fn give(program: &mut Command, input: impl AsRef<[u8]>) -> Output {
    let mut child = program.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_vec();
    // What it refuses early, it does not read to its end.
    let writing = std::thread::spawn(move || stdin.write_all(&input).ok());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
pub(crate) fn json(output: &Output) -> Value {
    let text = stdout(output);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {output:?}"))
}

/// Whatever it prints has neither the key nor a colour.
#[track_caller]
pub(crate) fn assert_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains(KEY) && !text.contains('\u{1b}'), "{text}");
    }
}

/// The signature of a form with one parameter.
pub(crate) fn signature(url: &str, name: &str, value: &str) -> String {
    key().sign_form(url, [(name, value)])
}
