use std::{env, fs, io::IsTerminal as _};

use signalwire_webhook::{PublicUrl, SigningKey, SigningKeys};

use crate::{
    arguments::{KeyArguments, VerificationArguments},
    failure::Failure,
};

const SIGNING_KEY: &str = "SIGNALWIRE_SIGNING_KEY";
const WEBHOOK_URL: &str = "SIGNALWIRE_WEBHOOK_URL";

/// One key, or several with commas between them, as the layer reads them.
pub(crate) fn signing_keys(arguments: &KeyArguments) -> Result<Vec<SigningKey>, Failure> {
    let text = text(arguments)?;
    let keys: Result<Vec<SigningKey>, _> = text
        .split(',')
        .filter(|key| !key.trim().is_empty())
        .map(SigningKey::new)
        .collect();
    let keys = keys.map_err(|error| Failure::usage(error.to_string()))?;
    SigningKeys::new(keys.clone()).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(keys)
}

/// The first of them, to sign with.
pub(crate) fn signing_key(arguments: &KeyArguments) -> Result<SigningKey, Failure> {
    let mut keys = signing_keys(arguments)?;
    Ok(keys.swap_remove(0))
}

fn text(arguments: &KeyArguments) -> Result<String, Failure> {
    if let Some(file) = &arguments.key_file {
        return fs::read_to_string(file)
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", file.display())));
    }
    if let Some(key) = env::var(SIGNING_KEY)
        .ok()
        .filter(|key| !key.trim().is_empty())
    {
        return Ok(key);
    }
    let missing = || {
        Failure::usage(format!(
            "no signing key: set {SIGNING_KEY} to the Signing Key from the dashboard, API \
             Credentials, or pass a file that holds it with --key-file"
        ))
    };
    if !std::io::stderr().is_terminal() {
        return Err(missing());
    }
    rpassword::prompt_password("Signing key (not shown): ").map_err(|_| missing())
}

/// What the layer's `public_url` is, by the arguments or else the environment.
pub(crate) fn public_url(arguments: &VerificationArguments) -> Result<PublicUrl, Failure> {
    let usage = |error: signalwire_webhook::ConfigError| Failure::usage(error.to_string());
    if arguments.trust_forwarded_headers {
        return Ok(PublicUrl::from_request().trust_forwarded_headers());
    }
    let variable = env::var(WEBHOOK_URL)
        .ok()
        .filter(|url| !url.trim().is_empty());
    match arguments.public_url.as_ref().or(variable.as_ref()) {
        Some(url) => PublicUrl::base(url).map_err(usage),
        None => Ok(PublicUrl::from_request()),
    }
}
