//! What has happened to a form since it was signed, and what undoes it.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use super::{Pair, decode};
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

/// Of a voice call's parameters those that are mostly empty.
const PLACES: [&str; 16] = [
    "CalledCity",
    "CalledCountry",
    "CalledState",
    "CalledZip",
    "CallerCity",
    "CallerCountry",
    "CallerState",
    "CallerZip",
    "FromCity",
    "FromCountry",
    "FromState",
    "FromZip",
    "ToCity",
    "ToCountry",
    "ToState",
    "ToZip",
];

/// What undoes a change of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum FormChange {
    None,
    TrimEnd,
    RemoveEmptyValues,
    DecodeAgain,
    /// A space at a value's start was a plus sign, as in a number's `+1555…` that was not escaped.
    PlusSigns,
    Encode,
    LineFeeds,
    CarriageReturns,
    ToUtf8(Charset),
    FromUtf8(Charset),
    UnescapeHtml,
    /// What a voice call has without a value, where nobody knows the place, was dropped.
    AddPlaces,
    /// The order of submission.
    AsSent,
    WithoutCase,
    /// Of the values of equal names too.
    WithValues,
}

/// The changes that may have happened to a form, with their ranks.
///
/// That a parameter was added is not among them: nothing but a forger does it.
pub(in crate::explain::body) const CHANGES: [(usize, FormChange); 17] = [
    (0, FormChange::None),
    (1, FormChange::TrimEnd),
    (1, FormChange::RemoveEmptyValues),
    (1, FormChange::DecodeAgain),
    (1, FormChange::PlusSigns),
    (2, FormChange::LineFeeds),
    (2, FormChange::CarriageReturns),
    (2, FormChange::ToUtf8(Charset::Latin1)),
    (2, FormChange::FromUtf8(Charset::Latin1)),
    (2, FormChange::ToUtf8(Charset::Windows1252)),
    (2, FormChange::FromUtf8(Charset::Windows1252)),
    (2, FormChange::Encode),
    (2, FormChange::UnescapeHtml),
    (2, FormChange::AddPlaces),
    (2, FormChange::AsSent),
    (2, FormChange::WithoutCase),
    (2, FormChange::WithValues),
];

impl FormChange {
    pub(in crate::explain::body) fn cause(self) -> Option<Cause> {
        match self {
            Self::None => None,
            Self::TrimEnd => Some(Cause::LineBreak),
            Self::RemoveEmptyValues => Some(Cause::EmptyFormValues),
            Self::DecodeAgain | Self::PlusSigns | Self::Encode | Self::UnescapeHtml => {
                Some(Cause::FormEncoding)
            }
            Self::LineFeeds | Self::CarriageReturns => Some(Cause::LineEndings),
            Self::ToUtf8(_) | Self::FromUtf8(_) => Some(Cause::FormCharset),
            Self::AddPlaces => Some(Cause::FormParametersDropped),
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

    fn undo(self, mut pairs: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
        match self {
            Self::TrimEnd => {
                if let Some((name, value)) = pairs.last_mut() {
                    let last = if value.is_empty() { name } else { value };
                    let length = without_end(last).len();
                    last.to_mut().truncate(length);
                }
            }
            Self::RemoveEmptyValues => pairs.retain(|(_, value)| !value.is_empty()),
            Self::AddPlaces => {
                for place in PLACES {
                    if !pairs.iter().any(|(name, _)| **name == *place.as_bytes()) {
                        pairs.push((place.as_bytes().into(), Cow::default()));
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
            Self::Encode if text.len() <= MAX_REWRITTEN => encoded(text),
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

/// As forms are mostly escaped.
fn encoded(text: &[u8]) -> Vec<u8> {
    const ENCODED: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'*')
        .remove(b' ');
    percent_encode(text, ENCODED)
        .to_string()
        .replace(' ', "+")
        .into_bytes()
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
