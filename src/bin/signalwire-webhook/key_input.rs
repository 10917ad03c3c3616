use std::{env, fs, io::IsTerminal as _};

use signalwire_webhook::{ConfigError, PublicUrl, SigningKey, SigningKeys};

use crate::{
    arguments::{KeyArguments, VerificationArguments},
    failure::Failure,
};

const SIGNING_KEY: &str = "SIGNALWIRE_SIGNING_KEY";
const WEBHOOK_URL: &str = "SIGNALWIRE_WEBHOOK_URL";
/// What SignalWire's agents SDK calls the same thing.
const SWML_URL: &str = "SWML_PROXY_URL_BASE";

/// One key, or several with commas between them, as the layer reads them.
pub(crate) fn signing_keys(arguments: &KeyArguments) -> Result<Vec<SigningKey>, Failure> {
    let text = text(arguments)?;
    let keys: Result<Vec<SigningKey>, _> = texts(&text).map(SigningKey::new).collect();
    let keys = keys.map_err(|error| Failure::usage(error.to_string()))?;
    SigningKeys::new(keys.clone()).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(keys)
}

/// The first of them, to sign with.
pub(crate) fn signing_key(arguments: &KeyArguments) -> Result<SigningKey, Failure> {
    let text = text(arguments)?;
    let key = texts(&text).next().unwrap_or_default();
    if key.contains('\n') || key.contains(SIGNING_KEY) {
        return Err(Failure::usage(
            "there is more than the signing key where it is read from: leave the key alone there, or \
             several with commas between them",
        ));
    }
    SigningKey::new(key).map_err(|error| Failure::usage(error.to_string()))
}

fn texts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|key| !key.is_empty())
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
    if arguments.trust_forwarded_headers {
        return Ok(PublicUrl::from_request().trust_forwarded_headers());
    }
    if let Some(url) = &arguments.public_url {
        return PublicUrl::base(url).map_err(|error| Failure::usage(error.to_string()));
    }
    for name in [WEBHOOK_URL, SWML_URL] {
        if let Some(url) = env::var(name).ok().filter(|url| !url.trim().is_empty()) {
            return PublicUrl::base(&url).map_err(|problem| {
                let problem = Box::new(problem);
                let error = ConfigError::InvalidVariable { name, problem };
                Failure::usage(error.to_string())
            });
        }
    }
    Ok(PublicUrl::from_request())
}
