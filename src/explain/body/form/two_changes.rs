//! Two changes of one form.

use super::FormChange;
use crate::explain::charset::Charset;

/// Parameters or names that were changed as a whole, each of which may come with one of a text.
const OF_PARAMETERS: [FormChange; 4] = [
    FormChange::RestoreNames,
    FormChange::AddSomePlaces,
    FormChange::RemoveEmptyValues,
    FormChange::AddPlaces,
];
/// Texts that were changed, in the order in which two of them are undone.
const OF_TEXTS: [FormChange; 8] = [
    FormChange::DecodeAgain,
    FormChange::PlusSigns,
    FormChange::FromUtf8(Charset::Latin1),
    FormChange::ToUtf8(Charset::Latin1),
    FormChange::UnescapeHtml,
    FormChange::RemoveSlashes,
    FormChange::LineFeeds,
    FormChange::CarriageReturns,
];

/// Two changes, of which the first is undone first, with their rank: the sum, so that a change that alone
/// does the same is tried before.
pub(in crate::explain::body) fn pairs_of_changes()
-> impl Iterator<Item = (usize, FormChange, FormChange)> {
    let of_parameters = OF_PARAMETERS
        .into_iter()
        .flat_map(|first| OF_TEXTS.map(|second| (first, second)));
    let of_texts = OF_TEXTS.into_iter().enumerate().flat_map(|(index, first)| {
        let later = OF_TEXTS.into_iter().skip(index + 1);
        later.map(move |second| (first, second))
    });
    of_parameters
        .chain(of_texts)
        .map(|(first, second)| (first.rank() + second.rank(), first, second))
}
