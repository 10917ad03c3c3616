use std::{
    borrow::Cow,
    fmt::{Display, Write as _},
};

use anstyle::{AnsiColor, Style};

use super::hazard::{Layout, shown};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// A text for people. Whatever is added is shown, not obeyed; only a [`Style`] colours it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(String);

impl Text {
    /// A text of one line.
    pub(crate) fn of(line: impl Display) -> Self {
        let mut text = Self::default();
        text.add(line);
        text
    }

    /// Whether nothing in these lines would be shown in another way.
    pub(crate) fn shows_as_it_is(lines: &str) -> bool {
        matches!(shown(lines, Layout::Lines), Cow::Borrowed(_))
    }

    /// Adds to the line; line breaks in what is added are shown.
    pub(crate) fn add(&mut self, text: impl Display) -> &mut Self {
        self.0.push_str(&shown(&text.to_string(), Layout::OneLine));
        self
    }

    /// Adds to the line in a style.
    pub(crate) fn add_styled(&mut self, style: Style, text: impl Display) -> &mut Self {
        let _ = write!(self.0, "{style}");
        self.add(text);
        let _ = write!(self.0, "{style:#}");
        self
    }

    /// Adds lines as they are.
    pub(crate) fn add_lines(&mut self, text: &str) -> &mut Self {
        let lines = text.replace("\r\n", "\n");
        self.0.push_str(&shown(&lines, Layout::Lines));
        self
    }

    /// Adds another text, each of its lines indented.
    pub(crate) fn add_indented(&mut self, text: &Self) -> &mut Self {
        for line in text.trimmed().lines() {
            self.0.push_str("    ");
            self.0.push_str(line);
            self.end_line();
        }
        self
    }

    /// Ends the line.
    pub(crate) fn end_line(&mut self) -> &mut Self {
        self.0.push('\n');
        self
    }

    pub(super) fn trimmed(&self) -> &str {
        self.0.trim_end_matches('\n')
    }
}
