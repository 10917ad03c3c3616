use std::{fs, io, path::PathBuf};

use signalwire_webhook::{ConfigError, SigningKeys};

/// A file with a signing key a line.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

/// Why a key file cannot be used, as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is not there, or not to be read.
    #[error("the key file {} cannot be read: {error}", path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// What kept it from being read.
        error: io::Error,
    },
    /// It holds no keys, one twice, or what is not a key.
    #[error("the key file {} cannot be used: {error}", path.display())]
    Unusable {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with its keys.
        error: ConfigError,
    },
}

impl KeyFile {
    /// The file at this path, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder whose changes may be changes of the file.
    pub(crate) fn folder(&self) -> PathBuf {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    /// The keys that are in the file now.
    ///
    /// # Errors
    ///
    /// A [`KeyFileError`] where it cannot be read, or holds no keys or unusable ones.
    pub fn read(&self) -> Result<SigningKeys, KeyFileError> {
        let text = fs::read_to_string(&self.path).map_err(|error| KeyFileError::Unreadable {
            path: self.path.clone(),
            error,
        })?;
        signing_keys(&text).map_err(|error| KeyFileError::Unusable {
            path: self.path.clone(),
            error,
        })
    }
}

/// Read as the variable `SIGNALWIRE_SIGNING_KEY` is, so that a key in quotes or half a key does not
/// count as one.
fn signing_keys(text: &str) -> Result<SigningKeys, ConfigError> {
    text.lines().collect::<Vec<_>>().join(",").parse()
}
