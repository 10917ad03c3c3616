//! What has happened to a form since it was signed, and what undoes it.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use super::{Pair, decode, names, text};
use crate::{
    explain::{
        body::{
            html,
            white_space::{with_carriage_returns, with_line_feeds, without_end},
        },
        cause::Cause,
        charset::Charset,
    },
    form::CanonicalForm,
};

/// A longer text is not escaped or unescaped, which takes several times its length.
const MAX_REWRITTEN: usize = 16 * 1024;

/// What undoes a change of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum FormChange {
    None,
    TrimEnd,
    RemoveEmptyValues,
    DecodeAgain,
    /// A space at a value's start was a plus sign, as in a number's `+1555…` that was not escaped.
    PlusSigns,
    /// A plus sign within a value was a space.
    Spaces,
    /// A number's plus sign was lost.
    Numbers,
    Encode,
    LineFeeds,
    CarriageReturns,
    ToUtf8(Charset),
    FromUtf8(Charset),
    UnescapeHtml,
    RemoveSlashes,
    /// Of JavaScript's `escape()`.
    DecodePercentU,
    JoinSurrogates,
    /// White space at the end of a text message was removed.
    AddToText(&'static str),
    /// Names were prefixed or written in another manner.
    RestoreNames,
    /// What a voice call has without a value, where nobody knows the place, was dropped.
    AddPlaces,
    /// The same, of those alone of whom some place was told.
    AddSomePlaces,
    /// The order of submission.
    AsSent,
    WithoutCase,
    /// Of the values of equal names too.
    WithValues,
}

/// The changes that may have happened to a form, with their ranks. Those of rank 1 leave most forms as
/// they are, so that where they do not, they are likely.
///
/// That a parameter was added is not among them: nothing but a forger does it.
pub(in crate::explain::body) const CHANGES: [(usize, FormChange); 27] = [
    (0, FormChange::None),
    (1, FormChange::TrimEnd),
    (1, FormChange::RemoveEmptyValues),
    (1, FormChange::DecodeAgain),
    (1, FormChange::PlusSigns),
    (1, FormChange::RestoreNames),
    (1, FormChange::AddSomePlaces),
    (1, FormChange::LineFeeds),
    (2, FormChange::CarriageReturns),
    (1, FormChange::ToUtf8(Charset::Latin1)),
    (1, FormChange::FromUtf8(Charset::Latin1)),
    (2, FormChange::ToUtf8(Charset::Windows1252)),
    (2, FormChange::FromUtf8(Charset::Windows1252)),
    (2, FormChange::Encode),
    (1, FormChange::UnescapeHtml),
    (1, FormChange::RemoveSlashes),
    (1, FormChange::DecodePercentU),
    (1, FormChange::JoinSurrogates),
    (2, FormChange::Spaces),
    (2, FormChange::Numbers),
    (3, FormChange::AddToText(" ")),
    (3, FormChange::AddToText("\n")),
    (3, FormChange::AddToText("\r\n")),
    (2, FormChange::AddPlaces),
    (2, FormChange::AsSent),
    (2, FormChange::WithoutCase),
    (2, FormChange::WithValues),
];

impl FormChange {
    /// How unlikely it is by itself.
    pub(super) fn rank(self) -> usize {
        let listed = CHANGES.into_iter().find(|(_, change)| *change == self);
        listed.map_or(0, |(rank, _)| rank)
    }

    pub(in crate::explain::body) fn cause(self) -> Option<Cause> {
        match self {
            Self::None => None,
            Self::TrimEnd => Some(Cause::LineBreak),
            Self::RemoveEmptyValues => Some(Cause::EmptyFormValues),
            Self::DecodeAgain
            | Self::PlusSigns
            | Self::Spaces
            | Self::Numbers
            | Self::Encode
            | Self::UnescapeHtml
            | Self::RemoveSlashes => Some(Cause::FormEncoding),
            Self::AddToText(_) => Some(Cause::TrimmedFormValues),
            Self::RestoreNames => Some(Cause::FormNames),
            Self::LineFeeds | Self::CarriageReturns => Some(Cause::LineEndings),
            Self::ToUtf8(_) | Self::FromUtf8(_) | Self::DecodePercentU | Self::JoinSurrogates => {
                Some(Cause::FormCharset)
            }
            Self::AddPlaces | Self::AddSomePlaces => Some(Cause::FormParametersDropped),
            Self::AsSent | Self::WithoutCase | Self::WithValues => Some(Cause::FormOrder),
        }
    }

    /// What was signed after the URL.
    pub(in crate::explain::body) fn message(self, pairs: Vec<Pair<'_>>) -> Vec<u8> {
        match self {
            Self::AsSent => joined(&pairs),
            Self::WithoutCase => {
                let mut pairs = pairs;
                pairs.sort_by_cached_key(|(name, _)| name.to_ascii_lowercase());
                joined(&pairs)
            }
            Self::WithValues => {
                let mut pairs = pairs;
                pairs.sort();
                joined(&pairs)
            }
            _ => {
                let pairs = self.undo(pairs);
                let borrowed = pairs.iter().map(|(name, value)| (&**name, &**value));
                CanonicalForm::from_decoded(borrowed).into_text()
            }
        }
    }

    /// The form as it was sent.
    pub(in crate::explain::body) fn body(self, pairs: Vec<Pair<'_>>) -> Vec<u8> {
        let pairs = self.undo(pairs);
        let written = pairs.iter().map(|(name, value)| {
            let encode = |text| percent_encode(text, NON_ALPHANUMERIC);
            format!("{}={}", encode(name), encode(value))
        });
        written.collect::<Vec<_>>().join("&").into_bytes()
    }

    pub(in crate::explain::body) fn undo(self, mut pairs: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
        match self {
            Self::TrimEnd => {
                if let Some((name, value)) = pairs.last_mut() {
                    let last = if value.is_empty() { name } else { value };
                    let length = without_end(last).len();
                    last.to_mut().truncate(length);
                }
            }
            Self::RemoveEmptyValues => pairs.retain(|(_, value)| !value.is_empty()),
            Self::AddPlaces => names::add_places(&mut pairs, false),
            Self::AddSomePlaces => names::add_places(&mut pairs, true),
            Self::RestoreNames => names::restore(&mut pairs),
            Self::AddToText(end) => {
                let is_text = |(name, _): &&mut Pair<'_>| **name == *b"Body";
                if let Some((_, value)) = pairs.iter_mut().find(is_text) {
                    value.to_mut().extend(end.bytes());
                }
            }
            Self::Numbers => {
                for (_, value) in &mut pairs {
                    if let Some(number) = text::as_number(value) {
                        *value = Cow::Owned(number);
                    }
                }
            }
            _ => {
                for (name, value) in &mut pairs {
                    self.undo_text(name);
                    self.undo_text(value);
                }
            }
        }
        pairs
    }

    fn undo_text(self, text: &mut Cow<'_, [u8]>) {
        let changed = match self {
            Self::DecodeAgain if text.contains(&b'%') || text.contains(&b'+') => {
                decode(text).into_owned()
            }
            Self::PlusSigns if text.starts_with(b" ") => [b"+", &text[1..]].concat(),
            Self::Encode if text.len() <= MAX_REWRITTEN => text::encoded(text),
            Self::Spaces if text.contains(&b'+') => text::with_spaces(text),
            Self::RemoveSlashes if text.contains(&b'\\') => text::without_slashes(text),
            Self::DecodePercentU if text.contains(&b'%') && text.len() <= MAX_REWRITTEN => {
                text::without_percent_u(text)
            }
            Self::JoinSurrogates if !text.is_ascii() => match text::without_surrogates(text) {
                Some(joined) => joined,
                None => return,
            },
            Self::LineFeeds if text.contains(&b'\r') => with_line_feeds(text),
            Self::CarriageReturns if text.contains(&b'\n') => with_carriage_returns(text),
            Self::ToUtf8(charset) if !text.is_ascii() => charset.decode(text),
            Self::FromUtf8(charset) if !text.is_ascii() => match charset.encode(text) {
                Some(encoded) => encoded,
                None => return,
            },
            Self::UnescapeHtml if text.contains(&b'&') && text.len() <= MAX_REWRITTEN => {
                html::unescaped(&String::from_utf8_lossy(text))
            }
            _ => return,
        };
        *text = Cow::Owned(changed);
    }
}

fn joined(pairs: &[Pair<'_>]) -> Vec<u8> {
    let texts: Vec<&[u8]> = pairs
        .iter()
        .flat_map(|(name, value)| [&**name, &**value])
        .collect();
    texts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::body::form::urlencoded;

    fn cause(arrived: &str, signed: &[u8]) -> Option<Cause> {
        let found = CHANGES
            .into_iter()
            .find(|(_, change)| change.message(urlencoded(arrived.as_bytes()).unwrap()) == signed);
        found
            .unwrap_or_else(|| panic!("{arrived} {signed:?}"))
            .1
            .cause()
    }

    #[test]
    fn each_change_on_the_way_is_undone() {
        for (arrived, signed, expected) in [
            ("b=2&a=1", "a1b2", None),
            ("a=1%0A", "a1", Some(Cause::LineBreak)),
            ("a=1\n", "a1", Some(Cause::LineBreak)),
            ("a=1&b=", "a1", Some(Cause::EmptyFormValues)),
            ("a=%252B1", "a+1", Some(Cause::FormEncoding)),
            ("a=+1", "a+1", Some(Cause::FormEncoding)),
            ("a=+1%2B2", "a+1+2", Some(Cause::FormEncoding)),
            ("a=x+%2B2", "ax +2", None),
            ("a=%2B1", "a%2B1", Some(Cause::FormEncoding)),
            ("a=1%0D%0A2", "a1\n2", Some(Cause::LineEndings)),
            ("a=1%0A2", "a1\r\n2", Some(Cause::LineEndings)),
            ("a=%E9", "aé", Some(Cause::FormCharset)),
            ("a=%80", "a€", Some(Cause::FormCharset)),
            ("a=x%26amp%3By", "ax&y", Some(Cause::FormEncoding)),
            ("a=it%5C%27s", "ait's", Some(Cause::FormEncoding)),
            ("a=x%2By%2B", "ax y ", Some(Cause::FormEncoding)),
            (
                "From=15551230001",
                "From+15551230001",
                Some(Cause::FormEncoding),
            ),
            ("Body=Hi", "BodyHi ", Some(Cause::TrimmedFormValues)),
            (
                "body=Hi&num_media=0",
                "BodyHiNumMedia0",
                Some(Cause::FormNames),
            ),
            ("a=%u2019", "a’", Some(Cause::FormCharset)),
            ("b=2&a=1", "b2a1", Some(Cause::FormOrder)),
            ("a=1&B=2", "a1B2", Some(Cause::FormOrder)),
            ("a=2&a=1", "a1a2", Some(Cause::FormOrder)),
        ] {
            assert_eq!(cause(arrived, signed.as_bytes()), expected, "{arrived}");
        }
        assert_eq!(cause("a=%C3%A9", b"a\xe9"), Some(Cause::FormCharset));
    }

    #[test]
    fn the_form_that_was_sent_gives_the_message_that_was_signed() {
        let arrived = b"b=%2520x&a=1%0A&c=";
        for (_, change) in CHANGES {
            if change.cause() == Some(Cause::FormOrder) {
                continue;
            }
            let sent = change.body(urlencoded(arrived).unwrap());
            let message = change.message(urlencoded(arrived).unwrap());
            assert_eq!(
                CanonicalForm::parse(&sent).unwrap().text(),
                message,
                "{change:?}"
            );
        }
    }
}
