//! Files and standard input, read up to a limit: neither a device nor a mistake may fill the
//! memory.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::failure::Failure;

const MEBIBYTE: usize = 1024 * 1024;

/// More than the recording of a long browser session.
pub(crate) const CAPTURE_LIMIT: usize = 64 * MEBIBYTE;

/// SignalWire sends nothing near it.
pub(crate) const BODY_LIMIT: usize = 16 * MEBIBYTE;

/// The content of a file that the user named.
pub(crate) fn read_file(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    let failed = |error| Failure::usage(format!("cannot read {name}: {error}"));
    let file = File::open(path).map_err(failed)?;
    read_limited(file, &name, limit).map_err(failed)?
}

/// All of standard input.
pub(crate) fn read_stdin(limit: usize) -> Result<Vec<u8>, Failure> {
    read_limited(io::stdin().lock(), "standard input", limit)
        .map_err(|error| Failure::of(format!("cannot read standard input: {error}")))?
}

fn read_limited(
    source: impl Read,
    name: &str,
    limit: usize,
) -> io::Result<Result<Vec<u8>, Failure>> {
    let mut content = Vec::new();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    source.take(one_more).read_to_end(&mut content)?;
    Ok(if content.len() > limit {
        Err(Failure::usage(format!(
            "{name} is longer than {} MiB: save the one request in question alone",
            limit / MEBIBYTE
        )))
    } else {
        Ok(content)
    })
}
