use std::io::IsTerminal as _;

/// Colours where standard output is a terminal and `NO_COLOR` is not set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    has_colours: bool,
}

impl Style {
    pub(crate) fn of_stdout() -> Self {
        let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            has_colours: is_wanted && std::io::stdout().is_terminal(),
        }
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.coloured("32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.coloured("31", text)
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.coloured("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.coloured("2", text)
    }

    fn coloured(self, code: &str, text: &str) -> String {
        if self.has_colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
