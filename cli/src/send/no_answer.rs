//! Why there is no answer, and what to look at.

use std::io::ErrorKind;

use ureq::Error;

use super::TIMEOUT;
use crate::failure::Failure;

pub(super) fn no_answer(target: &str, error: &Error) -> Failure {
    Failure::of(match error {
        Error::Timeout(_) => format!(
            "no whole answer from {target} within {} seconds, and SignalWire waits no longer",
            TIMEOUT.as_secs()
        ),
        Error::Io(io) if breaks_off(io.kind()) => format!(
            "{target} broke off before its answer was complete ({io}): look at the server's log, or does it \
             expect https?"
        ),
        Error::Io(io) if io.to_string().contains("certificate") => format!(
            "no answer from {target}: its certificate is not one that this program trusts ({io}): name the \
             server by its http address, or by that of a tunnel"
        ),
        Error::Protocol(_) | Error::LargeResponseHeader(..) => format!(
            "{target} did not answer in HTTP ({error}): is another program listening there, or one that \
             expects https?"
        ),
        _ => format!("no answer from {target}: {error}; is the server running there?"),
    })
}

fn breaks_off(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}
