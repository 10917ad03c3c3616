//! Everything that may have been signed after the URL, made when it is its turn and held as long as
//! it is.

mod fill;
mod recipe;

use std::{
    borrow::Cow,
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use self::recipe::Recipe;
use super::sources::{Source, sources};
use crate::explain::{budget::Budget, cause::Cause};

/// Short variations are kept for the next time, up to so many bytes in all.
const MAX_KEPT: usize = 96 * 1024;

/// More are not told apart.
const MAX_VARIATIONS: usize = 1_200;

/// What follows the URL in the signed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum MessageKind {
    RawBody,
    Form,
    /// Nothing.
    UrlAlone,
}

/// One content, what has happened to it since, and how unlikely that is.
#[derive(Debug)]
pub(in crate::explain) struct Variation {
    recipe: Recipe,
    pub(in crate::explain) kind: MessageKind,
    pub(in crate::explain) rank: usize,
    pub(in crate::explain) causes: Vec<Cause>,
    /// What the query of the URL was before the form was put into it.
    pub(in crate::explain) query: Option<String>,
    state: State,
}

/// What is known of the content.
#[derive(Debug, PartialEq)]
enum State {
    New,
    /// Known not to be in the way of another one that is likelier.
    Distinct,
    Kept(Vec<u8>),
    /// It is the same as a likelier one, or cannot be made.
    Useless,
}

/// The body, what it unwraps to, and every variation of it.
pub(in crate::explain) struct Bodies<'a> {
    body: &'a [u8],
    query: &'a str,
    sources: Vec<Source<'a>>,
    all: Vec<Variation>,
    seen: HashSet<u64>,
    kept: usize,
    /// The bytes of all forms that were written anew.
    rewritten: usize,
}

impl<'a> Bodies<'a> {
    /// `query` is that of the request, with its question mark.
    pub(in crate::explain) fn of(body: &'a [u8], query: &'a str, budget: &mut Budget) -> Self {
        let mut bodies = Self {
            body,
            query,
            sources: sources(body, budget),
            all: Vec::new(),
            seen: HashSet::new(),
            kept: 0,
            rewritten: 0,
        };
        bodies.add(Recipe::Nothing, MessageKind::UrlAlone, 0, Vec::new());
        for source in 0..bodies.sources.len() {
            bodies.add_raw(source, budget);
            bodies.add_forms(source, budget);
        }
        bodies.add_form_in_query();
        bodies.all.sort_by_key(|variation| variation.rank);
        bodies
    }

    /// As it arrived.
    pub(in crate::explain) fn body(&self) -> &[u8] {
        self.body
    }

    pub(in crate::explain) fn all(&self) -> &[Variation] {
        &self.all
    }

    fn add(&mut self, recipe: Recipe, kind: MessageKind, rank: usize, causes: Vec<Cause>) {
        if self.all.len() == MAX_VARIATIONS {
            return;
        }
        self.all.push(Variation {
            recipe,
            kind,
            rank,
            causes,
            query: None,
            state: State::New,
        });
    }

    /// What was done to the source, and then this.
    fn causes(&self, source: usize, more: impl IntoIterator<Item = Cause>) -> Vec<Cause> {
        let mut causes = self.sources[source].causes.clone();
        for cause in more {
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        causes
    }

    /// The content, paid for; `None` where a likelier one is the same, or where it cannot be paid.
    pub(in crate::explain) fn content(
        &mut self,
        index: usize,
        budget: &mut Budget,
    ) -> Option<Cow<'_, [u8]>> {
        if self.all[index].state == State::New {
            let state = self.examine(index, budget)?;
            self.all[index].state = state;
        }
        match &self.all[index].state {
            State::Useless => None,
            State::Kept(content) => Some(Cow::Borrowed(content)),
            State::New | State::Distinct => self.make(&self.all[index].recipe, budget),
        }
    }

    /// Whether the content is worth to be tried; `None` where it cannot be paid.
    fn examine(&mut self, index: usize, budget: &mut Budget) -> Option<State> {
        let kind = self.all[index].kind;
        self.pay(&self.all[index].recipe, budget)?;
        let Some(content) = self.generate(&self.all[index].recipe) else {
            return Some(State::Useless);
        };
        let is_nothing = content.is_empty() && kind != MessageKind::UrlAlone;
        let mut hasher = DefaultHasher::new();
        (&content, &self.all[index].query).hash(&mut hasher);
        let hash = hasher.finish();
        let kept = match content {
            Cow::Owned(content) if self.kept + content.len() <= MAX_KEPT => Some(content),
            _ => None,
        };
        if is_nothing || !self.seen.insert(hash) {
            return Some(State::Useless);
        }
        Some(match kept {
            Some(content) => {
                self.kept += content.len();
                State::Kept(content)
            }
            None => State::Distinct,
        })
    }

    /// What may have happened to the body.
    pub(in crate::explain) fn possible_causes(&self) -> Vec<Cause> {
        let mut found = Vec::new();
        for cause in self.all.iter().flat_map(|variation| &variation.causes) {
            if !found.contains(cause) {
                found.push(*cause);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes_of(arrived: &str, kind: MessageKind, signed: &str) -> Option<Vec<Cause>> {
        let mut budget = Budget::new();
        let mut bodies = Bodies::of(arrived.as_bytes(), "", &mut budget);
        for index in 0..bodies.all().len() {
            let is_kind = bodies.all()[index].kind == kind;
            let content = bodies.content(index, &mut budget);
            if is_kind && content.is_some_and(|content| *content == *signed.as_bytes()) {
                return Some(bodies.all()[index].causes.clone());
            }
        }
        None
    }

    #[test]
    fn each_change_of_a_raw_body_is_undone() {
        for (arrived, signed, causes) in [
            (r#"{"a": 1}"#, r#"{"a": 1}"#, vec![]),
            ("{\"a\":1}\n", r#"{"a":1}"#, vec![Cause::LineBreak]),
            (r#"{"a": 1}"#, r#"{"a":1}"#, vec![Cause::JsonLayout]),
            ("a\r\nb", "a\nb", vec![Cause::LineEndings]),
            (
                r#"{"b":1,"a":2}"#,
                r#"{"a":2,"b":1}"#,
                vec![Cause::JsonKeyOrder],
            ),
            (
                r#"{"a":"é"}"#,
                r#"{"a":"\u00e9"}"#,
                vec![Cause::JsonEscapes],
            ),
            (
                r#"{"a":[],"b":"\/\u00e9"}"#,
                r#"{"a":{},"b":"/é"}"#,
                vec![Cause::JsonEscapes, Cause::JsonEmptyObjects],
            ),
            ("a=%2b1", "a=%2B1", vec![Cause::FormEncoding]),
            ("a=1&b=2", "b=2&a=1", vec![Cause::FormEncoding]),
        ] {
            let found = causes_of(arrived, MessageKind::RawBody, signed);
            assert_eq!(found, Some(causes), "{arrived}");
        }
    }

    #[test]
    fn a_form_is_found_in_json_and_in_base64() {
        for (arrived, causes) in [
            ("From=%2B1", vec![]),
            (r#"{"From":"+1"}"#, vec![Cause::FormAsJson]),
            ("RnJvbT0lMkIx", vec![Cause::Base64Body]),
        ] {
            let found = causes_of(arrived, MessageKind::Form, "From+1");
            assert_eq!(found, Some(causes), "{arrived}");
        }
    }

    #[test]
    fn a_form_in_the_query_leaves_the_pairs_before_it() {
        let mut budget = Budget::new();
        let mut bodies = Bodies::of(b"", "?tenant=7&From=%2B1&To=2", &mut budget);
        let mut found = Vec::new();
        for index in 0..bodies.all().len() {
            let query = bodies.all()[index].query.clone();
            let content = bodies.content(index, &mut budget);
            if let (Some(query), Some(content)) = (query, content) {
                found.push((query, content.into_owned()));
            }
        }
        assert!(found.contains(&("?tenant=7".to_owned(), b"From+1To2".to_vec())));
        assert!(found.contains(&(String::new(), b"From+1To2tenant7".to_vec())));
    }

    #[test]
    fn nothing_is_built_that_cannot_be_paid() {
        let mut budget = Budget::new();
        let body = br#"{"a": 1}"#;
        let mut bodies = Bodies::of(body, "", &mut budget);
        while budget.pay_generated(1).is_ok() {}
        for index in 0..bodies.all().len() {
            let content = bodies.content(index, &mut budget);
            assert!(content.is_none_or(|content| content.is_empty() || *content == *body));
        }
    }

    #[test]
    fn the_same_content_is_tried_once() {
        let mut budget = Budget::new();
        let mut bodies = Bodies::of(b"{}", "", &mut budget);
        let mut contents = HashSet::new();
        for index in 0..bodies.all().len() {
            if let Some(content) = bodies.content(index, &mut budget) {
                assert!(contents.insert(content.into_owned()));
            }
        }
    }
}
