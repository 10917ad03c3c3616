//! What is told.

use std::fmt;

use super::{cause::Cause, remedy::Remedy};
use crate::verify::SignatureScheme;

/// Why a request is refused, and what to change.
///
/// `Display` is one line, as in the log. Nothing in it is a signing key, a signature, or the
/// credentials of a URL, and it changes no verdict: the layer refuses what it explains.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub(super) causes: Vec<Cause>,
    pub(super) sentence: String,
    pub(super) remedies: Vec<Remedy>,
    pub(super) scheme: Option<SignatureScheme>,
    pub(super) ruled_out: Vec<String>,
    pub(super) keys_tried: Vec<String>,
    pub(super) likeliest_reasons: Vec<String>,
    pub(super) computations: usize,
}

impl Explanation {
    /// Without a word, to be filled in.
    pub(super) fn of_nothing() -> Self {
        Self {
            causes: Vec::new(),
            sentence: String::new(),
            remedies: Vec::new(),
            scheme: None,
            ruled_out: Vec::new(),
            keys_tried: Vec::new(),
            likeliest_reasons: Vec::new(),
            computations: 0,
        }
    }

    /// The cause, or the first of several.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.causes.first().copied().unwrap_or(Cause::NoMatch)
    }

    /// Everything that differs; one entry where one thing does.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// What was signed against what was seen, in one sentence. A URL in it has no credentials,
    /// and no query unless [`Explainer::show_queries`](super::Explainer::show_queries) was asked
    /// for.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The code or configuration to paste; empty where there is nothing to change, or nothing is
    /// known.
    #[must_use]
    pub fn fix(&self) -> String {
        let remedies: Vec<String> = self.remedies.iter().map(ToString::to_string).collect();
        remedies.join("; and ")
    }

    /// The fix, for a program: every one of these is needed.
    #[must_use]
    pub fn remedies(&self) -> &[Remedy] {
        &self.remedies
    }

    /// Whether a presented signature was found to be genuine, of this request or of one that
    /// differs as [`causes`](Self::causes) says.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.scheme.is_some()
    }

    /// The scheme of the signature that was found to be genuine.
    #[must_use]
    pub fn scheme(&self) -> Option<SignatureScheme> {
        self.scheme
    }

    /// Where nothing matches: what was tried without success, a phrase each.
    #[must_use]
    pub fn ruled_out(&self) -> &[String] {
        &self.ruled_out
    }

    /// The ids of the configured keys that were tried without success; a fingerprint unless they were
    /// named.
    #[must_use]
    pub fn keys_tried(&self) -> &[String] {
        &self.keys_tried
    }

    /// Where nothing matches: the three likeliest reasons, in order.
    #[must_use]
    pub fn likeliest_reasons(&self) -> &[String] {
        &self.likeliest_reasons
    }

    /// How many HMACs were computed, at most [`MAX_COMPUTATIONS`](super::MAX_COMPUTATIONS).
    #[must_use]
    pub fn computations(&self) -> usize {
        self.computations
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)?;
        if !self.remedies.is_empty() {
            write!(formatter, "; fix: {}", self.fix())?;
        }
        for (index, reason) in self.likeliest_reasons.iter().enumerate() {
            let introduction = if index == 0 { "; likeliest: " } else { " " };
            write!(formatter, "{introduction}({}) {reason}", index + 1)?;
        }
        if !self.ruled_out.is_empty() {
            write!(formatter, "; ruled out: {}", self.ruled_out.join("; "))?;
        }
        if !self.ruled_out.is_empty() && !self.keys_tried.is_empty() {
            write!(formatter, "; keys tried: {}", self.keys_tried.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explanation() -> Explanation {
        Explanation {
            causes: vec![Cause::Host],
            sentence: "a sentence".to_owned(),
            ..Explanation::of_nothing()
        }
    }

    #[test]
    fn what_was_found_is_told() {
        let texts = |text: &str| vec![text.to_owned()];
        let found = Explanation {
            remedies: vec![Remedy::KeepBody],
            scheme: Some(SignatureScheme::RawBodySha1),
            ruled_out: texts("ruled out"),
            keys_tried: texts("key"),
            likeliest_reasons: texts("reason"),
            computations: 7,
            ..explanation()
        };
        assert_eq!(found.sentence(), "a sentence");
        assert!(matches!(found.remedies(), [Remedy::KeepBody]));
        assert!(found.is_genuine() && !explanation().is_genuine());
        assert_eq!(found.scheme(), Some(SignatureScheme::RawBodySha1));
        assert_eq!(found.ruled_out(), ["ruled out"]);
        assert_eq!(found.keys_tried(), ["key"]);
        assert_eq!(found.likeliest_reasons(), ["reason"]);
        assert_eq!(found.computations(), 7);
    }

    #[test]
    fn the_line_has_what_is_known_and_nothing_else() {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        assert_eq!(explanation().to_string(), "a sentence");
        let found = Explanation {
            remedies: vec![Remedy::KeepBody, Remedy::RemoveOtherSignature],
            keys_tried: texts(&["key"]),
            ..explanation()
        };
        let fixes = format!("{}; and {}", Remedy::KeepBody, Remedy::RemoveOtherSignature);
        assert_eq!(found.to_string(), format!("a sentence; fix: {fixes}"));
        let unknown = Explanation {
            likeliest_reasons: texts(&["this", "that"]),
            ruled_out: texts(&["one", "two"]),
            keys_tried: texts(&["key", "other"]),
            ..explanation()
        };
        assert_eq!(
            unknown.to_string(),
            "a sentence; likeliest: (1) this (2) that; ruled out: one; two; keys tried: key, other"
        );
        let without_keys = Explanation {
            keys_tried: Vec::new(),
            ..unknown
        };
        assert_eq!(
            without_keys.to_string(),
            "a sentence; likeliest: (1) this (2) that; ruled out: one; two"
        );
    }
}
