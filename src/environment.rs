use std::env::VarError;

use crate::{
    config_error::ConfigError,
    configured_url::QUOTES,
    key::{SigningKey, SigningKeys},
    public_url::PublicUrl,
};

const SIGNING_KEY: &str = "SIGNALWIRE_SIGNING_KEY";
const WEBHOOK_URL: &str = "SIGNALWIRE_WEBHOOK_URL";
/// What SignalWire's agents SDK calls the same thing.
const SWML_URL: &str = "SWML_PROXY_URL_BASE";

/// What the environment says of the layer.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) keys: SigningKeys,
    pub(crate) url: Option<PublicUrl>,
}

impl Environment {
    /// An empty variable counts as one that is not set, as deployment files often leave them.
    pub(crate) fn read(
        variable: impl Fn(&'static str) -> Result<String, VarError>,
    ) -> Result<Self, ConfigError> {
        let read = |name| match variable(name) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(ConfigError::VariableNotUnicode { name }),
        };
        let keys = read(SIGNING_KEY)?.ok_or(ConfigError::MissingVariable {
            name: SIGNING_KEY,
            remedy: "copy the Signing Key from the dashboard, API Credentials",
        })?;
        let url = match read(WEBHOOK_URL)? {
            Some(url) => Some((WEBHOOK_URL, url)),
            None => read(SWML_URL)?.map(|url| (SWML_URL, url)),
        };
        Ok(Self {
            keys: signing_keys(&keys).map_err(|problem| invalid(SIGNING_KEY, problem))?,
            url: url
                .map(|(name, url)| PublicUrl::base(&url).map_err(|problem| invalid(name, problem)))
                .transpose()?,
        })
    }
}

fn signing_keys(list: &str) -> Result<SigningKeys, ConfigError> {
    let keys = list.split(',').map(str::trim).filter(|key| !key.is_empty());
    let has_quotes = |key: &str| key.starts_with(QUOTES) || key.ends_with(QUOTES);
    if keys.clone().any(has_quotes) {
        return Err(ConfigError::QuotedSigningKey);
    }
    let keys: Result<Vec<_>, _> = keys.map(SigningKey::new).collect();
    SigningKeys::new(keys?)
}

fn invalid(name: &'static str, problem: ConfigError) -> ConfigError {
    ConfigError::InvalidVariable {
        name,
        problem: Box::new(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, ConfigError> {
        Environment::read(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
    }

    fn ids(environment: &Environment) -> Vec<&str> {
        environment.keys.iter().map(SigningKey::id).collect()
    }

    fn url(environment: &Environment) -> Option<String> {
        environment.url.as_ref().map(|url| format!("{url:?}"))
    }

    #[test]
    fn several_keys_are_separated_by_commas() {
        let one = read(&[(SIGNING_KEY, "PSKa")]).unwrap();
        let two = read(&[(SIGNING_KEY, "PSKa , PSKb,\n")]).unwrap();
        assert_eq!(ids(&two).len(), 2);
        assert_eq!(ids(&two)[0], ids(&one)[0]);
        assert!(one.url.is_none());
    }

    #[test]
    fn the_webhooks_url_is_read_before_that_of_swml() {
        let both = [
            (SIGNING_KEY, "k"),
            (WEBHOOK_URL, "https://a.example"),
            (SWML_URL, "https://b.example"),
        ];
        assert!(
            url(&read(&both).unwrap())
                .unwrap()
                .contains("https://a.example")
        );
        let empty = [
            (SIGNING_KEY, "k"),
            (WEBHOOK_URL, " "),
            (SWML_URL, "https://b.example"),
        ];
        assert!(
            url(&read(&empty).unwrap())
                .unwrap()
                .contains("https://b.example")
        );
    }

    #[test]
    fn what_is_missing_or_unusable_is_named() {
        for (variables, sentence) in [
            (
                &[][..],
                "SIGNALWIRE_SIGNING_KEY is not set: copy the Signing Key",
            ),
            (&[(SIGNING_KEY, "\n")], "SIGNALWIRE_SIGNING_KEY is not set"),
            (
                &[(SIGNING_KEY, ",")],
                "SIGNALWIRE_SIGNING_KEY cannot be used: no signing key was given",
            ),
            (
                &[(SIGNING_KEY, "k,k")],
                "SIGNALWIRE_SIGNING_KEY cannot be used: the signing key \"sha256:",
            ),
            (
                &[(SIGNING_KEY, "\"PSKa\"")],
                "SIGNALWIRE_SIGNING_KEY cannot be used: a signing key has quotes around it",
            ),
            (
                &[(SIGNING_KEY, "'PSKa, PSKb'")],
                "SIGNALWIRE_SIGNING_KEY cannot be used: a signing key has quotes around it",
            ),
            (
                &[(SIGNING_KEY, "PSKa,PSKb'")],
                "SIGNALWIRE_SIGNING_KEY cannot be used: a signing key has quotes around it",
            ),
            (
                &[(SIGNING_KEY, "k"), (WEBHOOK_URL, "h.example")],
                "SIGNALWIRE_WEBHOOK_URL cannot be used: the url \"h.example\" is not absolute",
            ),
            (
                &[(SIGNING_KEY, "k"), (SWML_URL, "h.example")],
                "SWML_PROXY_URL_BASE cannot be used",
            ),
        ] {
            let error = read(variables).unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
        let not_unicode = Environment::read(|_| Err(VarError::NotUnicode("x".into())));
        assert!(matches!(
            not_unicode,
            Err(ConfigError::VariableNotUnicode { name: SIGNING_KEY })
        ));
    }
}
