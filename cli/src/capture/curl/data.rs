use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::{
    failure::Failure,
    limited::{BODY_LIMIT, read_file},
};

/// The `unreserved` of RFC 3986, which curl leaves as they are.
const LEFT_AS_IT_IS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Whether the files that a capture names are read: a capture is a stranger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    Refused,
    Read,
}

impl Files {
    /// A value that may name a file, as in `@body.json`.
    pub(super) fn content(self, option: &str, value: &str) -> Result<Vec<u8>, Failure> {
        match value.strip_prefix('@') {
            Some(file) => self.read(option, file),
            None => Ok(value.as_bytes().to_vec()),
        }
    }

    pub(super) fn urlencoded(self, option: &str, value: &str) -> Result<Vec<u8>, Failure> {
        let (name, text) = match (value.split_once('='), value.split_once('@')) {
            (Some((name, text)), _) => (name, text.as_bytes().to_vec()),
            (None, Some((name, file))) => (name, self.read(option, file)?),
            (None, None) => ("", value.as_bytes().to_vec()),
        };
        let encoded = percent_encode(&text, LEFT_AS_IT_IS)
            .to_string()
            .replace("%20", "+");
        Ok(match name {
            "" => encoded.into_bytes(),
            name => format!("{name}={encoded}").into_bytes(),
        })
    }

    fn read(self, option: &str, file: &str) -> Result<Vec<u8>, Failure> {
        if file == "-" {
            return Err(Failure::usage(format!(
                "the curl command line takes the body from standard input ({option}), which the capture does \
                 not hold: write the body into the command line"
            )));
        }
        if self == Self::Refused {
            return Err(Failure::usage(format!(
                "the curl command line takes the body from the file {file:?} ({option}): allow it with \
                 --read-files, or write the body into the command line"
            )));
        }
        let path = Path::new(file);
        if path.exists() && !path.is_file() {
            return Err(Failure::usage(format!(
                "the curl command line takes the body from {file:?}, which is not a file"
            )));
        }
        read_file(path, BODY_LIMIT)
    }
}
