/// What is wrong with the configuration, as a sentence that says what to write instead.
///
/// No variant and no message holds a signing key or the credentials of a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A signing key is empty, or holds nothing but white space.
    #[error("a signing key is empty: copy it from the dashboard, API Credentials, Signing Key")]
    EmptySigningKey,

    /// A signing key in the environment has quotes around it, which some of what reads a file of
    /// variables leaves there.
    #[error("a signing key has quotes around it: write it without them")]
    QuotedSigningKey,

    /// [`SigningKeys::new`](crate::SigningKeys::new) was given nothing.
    #[error("no signing key was given: give at least one")]
    NoSigningKeys,

    /// The same key was given twice to [`SigningKeys::new`](crate::SigningKeys::new).
    #[error("the signing key {id:?} equals one before it: give each key once")]
    DuplicateSigningKey {
        /// The id of the second of the two.
        id: String,
    },

    /// Two different keys have the same id, so that a log could not tell them apart.
    #[error("two signing keys have the id {id:?}: give each an id of its own with `with_id`")]
    DuplicateKeyId {
        /// The id that both have.
        id: String,
    },

    /// A URL is not one that SignalWire could call.
    #[error("the url {url:?} {problem}")]
    InvalidUrl {
        /// The offending URL, its credentials and its query replaced by `***`; nothing but that
        /// where they cannot be told from the rest, or where a Signing Key may be in it.
        url: String,
        /// What is wrong with it and what to write.
        problem: &'static str,
    },

    /// A variable that must be in the environment is not, or is empty.
    #[error("the environment variable {name} is not set: {remedy}")]
    MissingVariable {
        /// The variable's name.
        name: &'static str,
        /// What to set it to.
        remedy: &'static str,
    },

    /// A variable in the environment has a value that cannot be used.
    #[error("the environment variable {name} cannot be used: {problem}")]
    InvalidVariable {
        /// The variable's name.
        name: &'static str,
        /// What is wrong with its value.
        problem: Box<ConfigError>,
    },

    /// A variable in the environment is not UTF-8.
    #[error("the environment variable {name} is not UTF-8: set it again as plain text")]
    VariableNotUnicode {
        /// The variable's name.
        name: &'static str,
    },
}
