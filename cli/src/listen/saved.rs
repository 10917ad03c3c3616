//! Requests saved as files, which `explain` and `send` read.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::record::Record;
use crate::failure::Failure;

/// What arrives is anyone's, and may not fill the disk.
const BYTES: usize = 1024 * 1024 * 1024;

/// Of the path in the name of a file.
const PATH_AT_MOST: usize = 40;

#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    bytes_left: usize,
}

impl Folder {
    /// The folder, made for its owner alone where there is none.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let made = if path.is_dir() { Ok(()) } else { make(path) };
        made.map_err(|error| {
            Failure::of(format!(
                "cannot make the folder {}: {error}",
                path.display()
            ))
        })?;
        Ok(Self {
            path: path.to_owned(),
            bytes_left: BYTES,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The number after the greatest one that a file has.
    pub(super) fn next_number(&self) -> u64 {
        let numbers = files(&self.path).into_iter().map(|(number, _)| number);
        numbers.max().unwrap_or(0) + 1
    }

    /// Saves a request, and answers the name of its file.
    pub(super) fn save(&mut self, record: &Record) -> Result<PathBuf, String> {
        let raw = record.as_raw_http();
        let path = self.path.join(file_name(record));
        let failed = |what: &str| format!("cannot save {}: {what}", path.display());
        self.bytes_left = self.bytes_left.checked_sub(raw.len()).ok_or_else(|| {
            failed("1 GiB is saved, and no more is; start the program anew to go on")
        })?;
        write(&path, &raw).map_err(|error| failed(&error.to_string()))?;
        Ok(path)
    }
}

/// The file of a request that has this number.
pub(crate) fn find(folder: &Path, wanted: u64) -> Option<PathBuf> {
    let mut files = files(folder).into_iter();
    let found = files.find(|(number, _)| *number == wanted);
    found.map(|(_, path)| path)
}

fn files(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_suffix(".http")?.split('-').next()?;
            Some((number.parse().ok()?, entry.path()))
        })
        .collect()
}

/// As `000012-POST-sms-status.http`: nothing of a request is taken into a name but letters and
/// digits.
fn file_name(record: &Record) -> String {
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '-'
        }
    };
    let name = format!("{}{}", record.head.method, record.head.path());
    let name: String = name.chars().take(PATH_AT_MOST).map(plain).collect();
    format!("{:06}-{}.http", record.number, name.trim_matches('-'))
}

#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(content)
}
