//! The variables that configure the library and the program, read in one place.

use std::{env, env::VarError, str::FromStr};

use crate::{
    config_error::ConfigError,
    key::{SigningKey, SigningKeys},
    url::{PublicUrl, configured::QUOTES},
};

const SIGNING_KEY: &str = "SIGNALWIRE_SIGNING_KEY";
const WEBHOOK_URL: &str = "SIGNALWIRE_WEBHOOK_URL";
/// What SignalWire's agents SDK calls the same thing.
const SWML_URL: &str = "SWML_PROXY_URL_BASE";

/// A shorter one is a typing error or a comment, in bytes.
const SHORTEST_KEY: usize = 12;

impl SigningKeys {
    /// The keys in `SIGNALWIRE_SIGNING_KEY`, as [`FromStr`] reads them.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the variable, where it is missing, empty, or cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        keys_from(&env::var::<&str>)
    }
}

/// Several keys are separated by commas, while a key is being rotated.
///
/// It is stricter than [`SigningKey::new`], since what is written by hand goes wrong by hand: each
/// key has at least 12 bytes, and neither white space nor invisible characters in it, nor quotes
/// around it.
///
/// ```
/// use signalwire_webhook::SigningKeys;
///
/// let keys: SigningKeys = "PSKold-0123456789, PSKnew-0123456789".parse()?;
/// assert!("PSKold-0123456789, # production".parse::<SigningKeys>().is_err());
/// # Ok::<_, signalwire_webhook::ConfigError>(())
/// ```
impl FromStr for SigningKeys {
    type Err = ConfigError;

    fn from_str(list: &str) -> Result<Self, ConfigError> {
        let keys = list.split(',').map(str::trim).filter(|key| !key.is_empty());
        let keys: Result<Vec<_>, _> = keys
            .enumerate()
            .map(|(index, key)| strict_key(key, index + 1))
            .collect();
        Self::new(keys?)
    }
}

/// The message says which key it is by its place, not by its text.
fn strict_key(key: &str, place: usize) -> Result<SigningKey, ConfigError> {
    if key.starts_with(QUOTES) || key.ends_with(QUOTES) {
        return Err(ConfigError::QuotedSigningKey { place });
    }
    if key.contains(is_blank) {
        return Err(ConfigError::BlankInSigningKey { place });
    }
    if key.len() < SHORTEST_KEY {
        return Err(ConfigError::ShortSigningKey { place });
    }
    SigningKey::new(key)
}

/// White space, and what no editor shows: control characters, a byte order mark, a zero-width space,
/// marks of direction.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl PublicUrl {
    /// A [`base`](Self::base) from `SIGNALWIRE_WEBHOOK_URL`, or where that is absent from
    /// `SWML_PROXY_URL_BASE`; `None` where both are absent. An empty variable counts as absent.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the variable whose URL cannot be used.
    pub fn from_env() -> Result<Option<Self>, ConfigError> {
        url_from(&env::var::<&str>)
    }
}

type Variable<'a> = dyn Fn(&'static str) -> Result<String, VarError> + 'a;

fn keys_from(variable: &Variable<'_>) -> Result<SigningKeys, ConfigError> {
    let list = read(variable, SIGNING_KEY)?.ok_or(ConfigError::MissingVariable {
        name: SIGNING_KEY,
        remedy: "copy the Signing Key from the dashboard, API Credentials",
    })?;
    list.parse()
        .map_err(|problem| invalid(SIGNING_KEY, problem))
}

fn url_from(variable: &Variable<'_>) -> Result<Option<PublicUrl>, ConfigError> {
    for name in [WEBHOOK_URL, SWML_URL] {
        if let Some(url) = read(variable, name)? {
            let url = PublicUrl::base(&url).map_err(|problem| invalid(name, problem))?;
            return Ok(Some(url));
        }
    }
    Ok(None)
}

/// An empty variable counts as one that is not set, as deployment files often leave them.
fn read(variable: &Variable<'_>, name: &'static str) -> Result<Option<String>, ConfigError> {
    match variable(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ConfigError::VariableNotUnicode { name }),
    }
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

    const KEY: &str = "PSKtest-0123456789";
    const OTHER: &str = "PSKother-0123456789";

    fn variables<'a>(
        variables: &'a [(&str, &str)],
    ) -> impl Fn(&'static str) -> Result<String, VarError> + 'a {
        |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        }
    }

    fn keys(value: &str) -> Result<SigningKeys, ConfigError> {
        keys_from(&variables(&[(SIGNING_KEY, value)]))
    }

    fn url(values: &[(&str, &str)]) -> Result<Option<PublicUrl>, ConfigError> {
        url_from(&variables(values))
    }

    fn ids(keys: &SigningKeys) -> Vec<&str> {
        keys.iter().map(SigningKey::id).collect()
    }

    #[test]
    fn several_keys_are_separated_by_commas() {
        let one = keys(KEY).unwrap();
        let two = keys(&format!("{KEY} , {OTHER},\n")).unwrap();
        assert_eq!(ids(&two).len(), 2);
        assert_eq!(ids(&two)[0], ids(&one)[0]);
    }

    #[test]
    fn the_webhooks_url_is_read_before_that_of_swml() {
        let read = |webhook| {
            let both = [(WEBHOOK_URL, webhook), (SWML_URL, "https://b.example")];
            format!("{:?}", url(&both).unwrap().unwrap())
        };
        assert!(read("https://a.example").contains("https://a.example"));
        assert!(read(" ").contains("https://b.example"));
        assert!(url(&[]).unwrap().is_none());
    }

    #[test]
    fn an_unusable_list_of_keys_is_named_with_the_place_of_the_key() {
        for (list, sentence) in [
            (
                "\n",
                "SIGNALWIRE_SIGNING_KEY is not set: copy the Signing Key",
            ),
            (
                ",",
                "SIGNALWIRE_SIGNING_KEY cannot be used: no signing key was given",
            ),
            (
                "PSKtest-0123456789,PSKtest-0123456789",
                "SIGNALWIRE_SIGNING_KEY cannot be used: the signing key \"sha256:",
            ),
            ("\"PSKtest-0123456789\"", "signing key number 1 has quotes"),
            ("“PSKtest-0123456789”", "signing key number 1 has quotes"),
            ("\"PSKtest-0123456789", "signing key number 1 has quotes"),
            ("PSKtest-0123456789'", "signing key number 1 has quotes"),
            (
                "PSKtest-0123456789,'PSKother-0123456789'",
                "signing key number 2 has quotes",
            ),
            (
                "PSKtest-0123456789, # production",
                "signing key number 2 has white space",
            ),
            (
                "PSKtest-0123456789, #prod",
                "signing key number 2 is shorter",
            ),
            (
                "PSK test-0123456789",
                "signing key number 1 has white space",
            ),
            ("\u{feff}PSKtest-0123456789", "an invisible character"),
            ("PSKtest\u{200b}-0123456789", "an invisible character"),
            ("PSKtest-0123\0", "an invisible character"),
            (
                "PSKtest-012",
                "signing key number 1 is shorter than 12 bytes",
            ),
        ] {
            let error = keys(list).unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
            assert!(
                !error.contains("0123") && !error.contains("prod"),
                "{error}"
            );
        }
        assert!(keys("PSKtest-0123").is_ok());
    }

    #[test]
    fn a_variable_that_is_missing_or_unusable_is_named() {
        let missing = keys_from(&variables(&[])).unwrap_err().to_string();
        assert!(
            missing.contains("SIGNALWIRE_SIGNING_KEY is not set"),
            "{missing}"
        );
        for (name, sentence) in [
            (
                WEBHOOK_URL,
                "SIGNALWIRE_WEBHOOK_URL cannot be used: the url \"h.example\" is not absolute",
            ),
            (SWML_URL, "SWML_PROXY_URL_BASE cannot be used"),
        ] {
            let error = url(&[(name, "h.example")]).unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
        let not_unicode = keys_from(&|_| Err(VarError::NotUnicode("x".into())));
        assert!(matches!(
            not_unicode,
            Err(ConfigError::VariableNotUnicode { name: SIGNING_KEY })
        ));
    }
}
