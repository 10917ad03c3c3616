//! What reaches the terminal, and how.
//!
//! Captures, answers and requests are a stranger's, and a terminal obeys what is in them. So
//! everything is printed through this module, which shows control characters and hides none: a
//! [`Text`] for people, [`print_json`] for programs, and [`print_data`] for what another program is
//! to read byte for byte. It knows nothing of webhooks.

mod hazard;
mod text;

use std::{
    env,
    io::{IsTerminal as _, Write},
};

use anstream::{AutoStream, stream::RawStream};
use serde_json::Value;

pub(crate) use self::text::{BAD, DIM, GOOD, STRONG, Text};
use crate::failure::Failure;

/// Prints a text to standard output, in colours where the terminal has them.
pub(crate) fn print(text: &Text) -> Result<(), Failure> {
    written(writeln!(coloured(std::io::stdout()), "{}", text.trimmed()))
}

/// Prints a JSON value to standard output, on one line.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    written(writeln!(
        std::io::stdout(),
        "{}",
        hazard::shown_in_json(&value.to_string())
    ))
}

/// Prints what is to be used byte for byte. Only a terminal gets it with its control characters
/// shown.
pub(crate) fn print_data(data: &[u8]) -> Result<(), Failure> {
    let mut output = std::io::stdout();
    written(if output.is_terminal() {
        writeln!(
            output,
            "{}",
            hazard::shown(&String::from_utf8_lossy(data), hazard::Layout::Lines)
        )
    } else {
        output.write_all(data).and_then(|()| output.flush())
    })
}

/// Prints a text to standard error.
pub(crate) fn complain(text: &Text) {
    let _ = writeln!(coloured(std::io::stderr()), "{}", text.trimmed());
}

/// In colours where the terminal has them. `anstream` alone takes a dumb terminal for one that has,
/// where the variable `CI` is set.
fn coloured<S: RawStream>(stream: S) -> AutoStream<S> {
    let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let is_forced = env::var_os("CLICOLOR_FORCE").is_some_and(|forced| forced != "0");
    if is_dumb && !is_forced {
        return AutoStream::never(stream);
    }
    AutoStream::auto(stream)
}

/// A closed pipe, as of `head`, is not an error.
fn written(outcome: std::io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::of(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}
