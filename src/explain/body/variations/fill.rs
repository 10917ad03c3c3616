//! Which variations there are of what arrived, and how unlikely each is.

use super::{
    Bodies, MessageKind,
    recipe::{FormSource, Recipe},
};
use crate::explain::{
    body::{
        form::{CHANGES, FormChange, pairs_of_changes},
        json,
        white_space::WhiteSpace,
    },
    budget::Budget,
    cause::Cause,
    url::query,
};

/// A longer form that is signed byte for byte is not written anew.
const MAX_REWRITTEN_FORM: usize = 2 * 1024;
/// What all forms that are written anew may hold together.
const MAX_REWRITTEN_FORMS: usize = 256 * 1024;
/// A form that was unwrapped is tried as it is, if it is longer.
const MAX_CHANGED_FORM: usize = 64 * 1024;
/// In a longer form no two changes are undone, which means to read and sort it for each two.
const MAX_CHANGED_TWICE: usize = 4 * 1024;
/// A longer query is not a form that a redirect made one.
const MAX_QUERY_FORM: usize = 16 * 1024;
/// JSON that was unwrapped is tried in likelier styles alone.
const MAX_UNWRAPPED_STYLE: usize = 3;

impl Bodies<'_> {
    pub(super) fn add_raw(&mut self, source: usize, budget: &mut Budget) {
        let rank = self.sources[source].rank;
        let content = &*self.sources[source].content;
        if content.is_empty() {
            return;
        }
        let mut found = vec![(0, Recipe::Whole(source), Vec::new())];
        for (added, change) in WhiteSpace::ALL {
            let recipe = Recipe::WhiteSpace(source, change);
            found.push((added, recipe, vec![change.cause()]));
        }
        let text = str::from_utf8(content).unwrap_or_default();
        if budget.pay_generated(content.len()).is_ok() && json::is_json(text) {
            for (added, style) in json::styles(text) {
                if source == 0 || added <= MAX_UNWRAPPED_STYLE {
                    found.push((added, Recipe::Json(source, style), style.causes()));
                }
            }
        } else if text.contains('=') && text.len() <= MAX_REWRITTEN_FORM {
            for (added, form) in query::same_pairs(&format!("?{text}")) {
                let form = form.trim_start_matches('?').as_bytes();
                let fits = self.rewritten + form.len() <= MAX_REWRITTEN_FORMS;
                if fits && !form.is_empty() && budget.pay_generated(form.len()).is_ok() {
                    self.rewritten += form.len();
                    let recipe = Recipe::Text(form.to_vec());
                    found.push((added.max(1), recipe, vec![Cause::FormEncoding]));
                }
            }
        }
        for (added, recipe, causes) in found {
            let causes = self.causes(source, causes);
            self.add(recipe, MessageKind::RawBody, rank + added, causes);
        }
    }

    pub(super) fn add_forms(&mut self, source: usize, budget: &mut Budget) {
        let listed_as = if self.sources[source]
            .content
            .trim_ascii_start()
            .starts_with(b"<")
        {
            Cause::FormAsXml
        } else {
            Cause::FormAsJson
        };
        for (added, form_source, cause) in [
            (0, FormSource::Urlencoded(source), None),
            (1, FormSource::Json(source), Some(Cause::FormAsJson)),
            (
                1,
                FormSource::Multipart(source),
                Some(Cause::FormAsMultipart),
            ),
            (1, FormSource::Listed(source), Some(listed_as)),
            (2, FormSource::Plain(source), Some(Cause::FormEncoding)),
        ] {
            let length = self.sources[source].content.len();
            if budget.pay_generated(length).is_err() {
                return;
            }
            if self.pairs(form_source).is_none() || self.is_no_form(form_source) {
                continue;
            }
            let is_long = source > 0 && self.body.len() > MAX_CHANGED_FORM;
            let is_plain = matches!(form_source, FormSource::Plain(_));
            let changes = if is_long || is_plain {
                &CHANGES[..1]
            } else {
                &CHANGES[..]
            };
            let rank = self.sources[source].rank + added;
            if source == 0 && changes.len() > 1 && length <= MAX_CHANGED_TWICE {
                for (change_rank, first, second) in pairs_of_changes() {
                    let both = [first, second].into_iter().filter_map(FormChange::cause);
                    let causes = self.causes(source, cause.into_iter().chain(both));
                    let recipe = Recipe::FormAfter(first, form_source, second);
                    self.add(recipe, MessageKind::Form, rank + change_rank, causes);
                }
            }
            for &(change_rank, change) in changes {
                let causes = self.causes(source, cause.into_iter().chain(change.cause()));
                let recipe = Recipe::Form(form_source, change);
                self.add(recipe, MessageKind::Form, rank + change_rank, causes);
            }
        }
    }

    /// A query that became a form.
    pub(in crate::explain) fn add_query_in_form(&mut self, form: &str) {
        let separator = if self.query.is_empty() { '?' } else { '&' };
        let query = format!("{}{separator}{form}", self.query);
        let causes = vec![Cause::QueryInForm];
        self.add(Recipe::Nothing, MessageKind::UrlAlone, 1, causes);
        if let Some(added) = self.all.last_mut() {
            added.query = Some(query);
        }
        self.all.sort_by_key(|variation| variation.rank);
    }

    /// Any text is a form of one name, but what is signed as a form has values, and is not JSON.
    fn is_no_form(&self, source: FormSource) -> bool {
        let FormSource::Urlencoded(source) = source else {
            return false;
        };
        let content = self.sources[source].content.trim_ascii_start();
        !content.contains(&b'=') || content.starts_with(b"{") || content.starts_with(b"[{")
    }

    /// A form that became a query, after each of the pairs that may have been there before.
    pub(super) fn add_form_in_query(&mut self) {
        const MAX_PAIRS_BEFORE: usize = 4;
        if !self.body.is_empty() {
            return;
        }
        let text = self.query.trim_start_matches('?');
        let pairs: Vec<&str> = text.split('&').collect();
        for before in 0..pairs.len().min(MAX_PAIRS_BEFORE + 1) {
            if self.query.len() > MAX_QUERY_FORM || self.pairs(FormSource::Query(before)).is_none()
            {
                continue;
            }
            let query = match before {
                0 => String::new(),
                _ => format!("?{}", pairs[..before].join("&")),
            };
            for change in [FormChange::None, FormChange::PlusSigns] {
                let recipe = Recipe::Form(FormSource::Query(before), change);
                let causes = vec![Cause::FormInQuery];
                self.add(recipe, MessageKind::Form, 1 + before.min(1), causes);
                if let Some(added) = self.all.last_mut() {
                    added.query = Some(query.clone());
                }
            }
        }
    }
}
