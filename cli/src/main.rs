//! `signalwire-webhook`: signed requests for a server under development, and why a real one is
//! refused.
//!
//! Each command is a module of its name. What they share: `arguments` (the command line), `content`
//! and `event` (what SignalWire sends), `outgoing` (how it sends it), `capture` (requests that other
//! tools saved), `layer` and `keys` (what the user's server is configured with), `json` and
//! `limited` (what is read) and `terminal` (all output).

mod arguments;
mod capture;
mod content;
mod event;
mod explain;
mod failure;
mod json;
mod keys;
mod layer;
mod limited;
mod listen;
mod manual;
mod outgoing;
mod send;
mod sign;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    arguments::{Arguments, Command},
    terminal::{Text, complain},
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error),
    };
    let outcome = match arguments.command {
        Command::Send(arguments) => send::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Listen(arguments) => listen::run(&arguments),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { command } => manual::page(command.as_deref()),
    };
    outcome.unwrap_or_else(|failure| {
        complain(&Text::of(format!("error: {failure}")));
        ExitCode::from(failure.exit_code())
    })
}

/// An argument may be a stranger's too, as the name of a file is, and clap shows it.
fn misused(error: &clap::Error) -> ExitCode {
    let sentence = error.render().to_string();
    if Text::shows_as_it_is(&sentence) {
        error.exit();
    }
    complain(Text::default().add_lines(&sentence));
    ExitCode::from(2)
}
