//! `signalwire-webhook`: signed requests for a server under development, and why a real one is
//! refused.
#![forbid(unsafe_code)]

mod arguments;
mod captured;
mod content;
mod curl_command;
mod event;
mod explain;
mod failure;
mod indented;
mod key_input;
mod listen;
mod manual;
mod outgoing;
mod send;
mod sign;
mod style;

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;

use crate::{
    arguments::{Arguments, Command},
    failure::Failure,
};

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Send(arguments) => send::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Listen(arguments) => listen::run(&arguments),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { command } => manual::page(command.as_deref()),
    };
    outcome.unwrap_or_else(|failure| {
        let _ = writeln!(std::io::stderr(), "error: {failure}");
        ExitCode::from(failure.exit_code())
    })
}

/// Prints to standard output; a closed pipe, as of `head`, is no error.
fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{}", text.trim_end_matches('\n')) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::of(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}
