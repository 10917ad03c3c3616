/// What is wrong with the configuration, as a sentence that says what to write instead.
///
/// No variant and no message holds a signing key or the credentials of a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A signing key is empty, or holds nothing but white space or NUL bytes.
    #[error(
        "a signing key is empty, or NUL bytes alone: copy it from the dashboard, API Credentials, \
         Signing Key"
    )]
    EmptySigningKey,

    /// A signing key in a list has quotes around it, which some of what reads a file of variables
    /// leaves there.
    #[error("signing key number {place} has quotes around it: write it without them")]
    QuotedSigningKey {
        /// Its place in the list, from 1.
        place: usize,
    },

    /// A signing key in a list has white space or an invisible character in it.
    #[error(
        "signing key number {place} has white space or an invisible character in it: write the keys \
         alone, separated by commas, without a comment"
    )]
    BlankInSigningKey {
        /// Its place in the list, from 1.
        place: usize,
    },

    /// A signing key in a list has fewer than 12 bytes.
    #[error(
        "signing key number {place} is shorter than 12 bytes: copy it whole from the dashboard, API \
         Credentials, Signing Key"
    )]
    ShortSigningKey {
        /// Its place in the list, from 1.
        place: usize,
    },

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
