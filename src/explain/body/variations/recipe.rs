//! How what was signed comes of what arrived.

use std::borrow::Cow;

use super::Bodies;
use crate::explain::{
    body::{
        form::{self, FormChange, Pair},
        json::{self, JsonStyle},
        multipart,
        white_space::WhiteSpace,
    },
    budget::Budget,
    cause::Cause,
};

/// No variation is longer than the body by more than this.
const MAX_ADDED: usize = 192 * 1024;

/// How what was signed comes of what arrived.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Recipe {
    Nothing,
    /// The source as it is.
    Whole(usize),
    WhiteSpace(usize, WhiteSpace),
    Json(usize, JsonStyle),
    /// A form that is signed byte for byte, with its pairs in another order or encoding.
    Text(Vec<u8>),
    Form(FormSource, FormChange),
    /// After this change is undone.
    FormAfter(FormChange, FormSource, FormChange),
}

/// Where parameters stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormSource {
    Urlencoded(usize),
    Json(usize),
    Multipart(usize),
    /// In a list of JSON, or as elements of XML.
    Listed(usize),
    /// With nothing escaped.
    Plain(usize),
    /// From this pair of the query on.
    Query(usize),
}

impl Bodies<'_> {
    pub(super) fn pairs(&self, source: FormSource) -> Option<Vec<Pair<'_>>> {
        match source {
            FormSource::Urlencoded(source) => form::urlencoded(&self.sources[source].content),
            FormSource::Json(source) => form::of_json(&self.sources[source].content),
            FormSource::Multipart(source) => multipart::pairs(&self.sources[source].content),
            FormSource::Listed(source) => form::listed(&self.sources[source].content),
            FormSource::Plain(source) => form::plain(&self.sources[source].content),
            FormSource::Query(before) => {
                let text = self.query.trim_start_matches('?');
                let from = match before {
                    0 => 0,
                    _ => text.match_indices('&').nth(before - 1)?.0 + 1,
                };
                form::urlencoded(&text.as_bytes()[from..])
            }
        }
    }

    pub(super) fn make(&self, recipe: &Recipe, budget: &mut Budget) -> Option<Cow<'_, [u8]>> {
        self.pay(recipe, budget)?;
        self.generate(recipe)
    }

    /// Before anything is built. What is built is about as long as what it is built of.
    pub(super) fn pay(&self, recipe: &Recipe, budget: &mut Budget) -> Option<()> {
        let length = match recipe {
            Recipe::Nothing | Recipe::Whole(_) | Recipe::Text(_) => 0,
            Recipe::WhiteSpace(source, _) | Recipe::Json(source, _) => {
                self.sources[*source].content.len()
            }
            Recipe::Form(FormSource::Query(_), _)
            | Recipe::FormAfter(_, FormSource::Query(_), _) => self.query.len(),
            Recipe::Form(
                FormSource::Urlencoded(source)
                | FormSource::Json(source)
                | FormSource::Multipart(source)
                | FormSource::Listed(source)
                | FormSource::Plain(source),
                _,
            )
            | Recipe::FormAfter(
                _,
                FormSource::Urlencoded(source)
                | FormSource::Json(source)
                | FormSource::Multipart(source)
                | FormSource::Listed(source)
                | FormSource::Plain(source),
                _,
            ) => self.sources[*source].content.len(),
        };
        budget.pay_generated(length).ok()
    }

    pub(super) fn generate(&self, recipe: &Recipe) -> Option<Cow<'_, [u8]>> {
        let limit = self.body.len() + MAX_ADDED;
        match recipe {
            Recipe::Nothing => Some(Cow::default()),
            Recipe::Whole(source) => Some(Cow::Borrowed(&self.sources[*source].content)),
            Recipe::Text(text) => Some(Cow::Owned(text.clone())),
            Recipe::WhiteSpace(source, change) => {
                Some(Cow::Owned(change.apply(&self.sources[*source].content)))
            }
            Recipe::Json(source, style) => {
                let text = str::from_utf8(&self.sources[*source].content).ok()?;
                json::rewrite(text, *style, limit).map(|text| Cow::Owned(text.into_bytes()))
            }
            Recipe::Form(source, change) => self
                .pairs(*source)
                .map(|pairs| Cow::Owned(change.message(pairs))),
            Recipe::FormAfter(first, source, change) => self
                .pairs(*source)
                .map(|pairs| Cow::Owned(change.message(first.undo(pairs)))),
        }
    }

    /// The body as it was sent, where this is what was signed; `None` where it is not known.
    pub(in crate::explain) fn sent(&self, index: usize) -> Option<Cow<'_, [u8]>> {
        let variation = &self.all[index];
        match &variation.recipe {
            Recipe::Nothing => None,
            Recipe::Form(source, change) => {
                let is_as_arrived = variation.causes.is_empty();
                let is_order = change.cause() == Some(Cause::FormOrder);
                if is_as_arrived || is_order {
                    return Some(Cow::Borrowed(self.body));
                }
                self.pairs(*source)
                    .map(|pairs| Cow::Owned(change.body(pairs)))
            }
            Recipe::FormAfter(first, source, change) => self
                .pairs(*source)
                .map(|pairs| Cow::Owned(change.body(first.undo(pairs)))),
            raw => self.generate(raw),
        }
    }
}
