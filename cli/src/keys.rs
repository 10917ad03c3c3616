//! Where the signing keys come from: a file, the environment, or a prompt. What they must look like
//! is the library's to say.

use std::{
    io::{IsTerminal as _, stderr},
    path::Path,
};

use signalwire_webhook::{ConfigError, SigningKey, SigningKeys};

use crate::{
    arguments::KeyArguments,
    failure::Failure,
    limited::{BODY_LIMIT, read_file},
};

const SIGNING_KEY: &str = "SIGNALWIRE_SIGNING_KEY";

/// One key, or several with commas between them.
pub(crate) fn signing_keys(arguments: &KeyArguments) -> Result<SigningKeys, Failure> {
    if let Some(file) = &arguments.key_file {
        return from_file(file);
    }
    match SigningKeys::from_env() {
        Err(ConfigError::MissingVariable { .. }) if stderr().is_terminal() => from_prompt(),
        Err(error @ ConfigError::MissingVariable { .. }) => Err(Failure::usage(format!(
            "{error}, or pass a file that holds it with --key-file"
        ))),
        keys => keys.map_err(Failure::usage),
    }
}

/// The first of them, to sign with.
pub(crate) fn signing_key(arguments: &KeyArguments) -> Result<SigningKey, Failure> {
    let keys = signing_keys(arguments)?;
    let first = keys.iter().next().expect("there is at least one key");
    Ok(first.clone())
}

fn from_file(file: &Path) -> Result<SigningKeys, Failure> {
    let name = file.display();
    let content = read_file(file, BODY_LIMIT)?;
    let text = String::from_utf8(content).map_err(|_| {
        Failure::usage(format!(
            "{name} is not UTF-8: save it as UTF-8 without a byte order mark, with the key alone in it"
        ))
    })?;
    if text.contains(SIGNING_KEY) {
        return Err(Failure::usage(format!(
            "{name} holds more than the signing key: leave the key alone there, without {SIGNING_KEY} \
             before it"
        )));
    }
    text.parse().map_err(|problem| {
        Failure::usage(format!(
            "{name} cannot be used: {problem}; leave the key alone there, or several with commas \
             between them"
        ))
    })
}

fn from_prompt() -> Result<SigningKeys, Failure> {
    let text = rpassword::prompt_password("Signing key (not shown): ")
        .map_err(|error| Failure::of(format!("cannot read the signing key: {error}")))?;
    text.parse().map_err(Failure::usage)
}
