use std::fmt;

/// Why the program stops, as a sentence that says what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    sentence: String,
    is_usage: bool,
}

impl Failure {
    /// What was asked for did not succeed.
    pub(crate) fn of(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            is_usage: false,
        }
    }

    /// What was asked for cannot be done as it was asked.
    pub(crate) fn usage(sentence: impl fmt::Display) -> Self {
        Self {
            sentence: sentence.to_string(),
            is_usage: true,
        }
    }

    /// 2 as for clap's own errors, 1 otherwise.
    pub(crate) fn exit_code(&self) -> u8 {
        if self.is_usage { 2 } else { 1 }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}
