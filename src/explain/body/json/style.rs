//! The ways in which JSON is written, each with how unlikely it is.

use super::strings::{Escapes, Html, NonAscii};
use crate::explain::cause::Cause;

/// How JSON is written by what parses it and writes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) struct JsonStyle {
    pub(super) layout: Layout,
    /// `None`: as they are.
    pub(super) escapes: Option<Escapes>,
    pub(super) order: Order,
    pub(super) empties: Empties,
    /// With a line feed after it.
    pub(super) last_line: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Kept,
    /// `{"a":1,"b":2}`: JavaScript, Rust, Go.
    Compact,
    /// `{"a": 1, "b": 2}`: Python.
    Spaced,
    /// A line each, indented by so many of this.
    Indented(&'static str),
}

/// What has no items. PHP makes `[]` of `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empties {
    Kept,
    /// `{}` for `[]`.
    Objects,
    /// `[]` for `{}`.
    Arrays,
    /// `{}` for `[]` and `null`, where the documentation has an object.
    Documented,
    /// The other one for some of the first: a set with a bit for each.
    Some(u8),
}

/// The order of an object's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Kept,
    /// Of their text.
    Sorted,
    /// Of SignalWire's documentation, as far as it has them.
    Documented,
}

impl JsonStyle {
    /// What has happened to a text that was in this style when it was signed.
    pub(in crate::explain) fn causes(self) -> Vec<Cause> {
        let is_layout = self.layout != Layout::Kept || self.last_line;
        let only_layout =
            self.order == Order::Kept && self.escapes.is_none() && self.empties == Empties::Kept;
        [
            (is_layout && only_layout, Cause::JsonLayout),
            (self.order != Order::Kept, Cause::JsonKeyOrder),
            (self.escapes.is_some(), Cause::JsonEscapes),
            (self.empties != Empties::Kept, Cause::JsonEmptyObjects),
        ]
        .into_iter()
        .filter_map(|(is_there, cause)| is_there.then_some(cause))
        .collect()
    }
}

impl JsonStyle {
    /// How unlikely it is that something has changed all of SignalWire's style at once, if this is that
    /// one: compact, without escapes that are not needed, in the documented order, with objects that are
    /// empty.
    fn signalwires(self) -> Option<usize> {
        let is_plain = self.escapes.is_none_or(Escapes::is_plain);
        let has_empties = [Empties::Kept, Empties::Documented].contains(&self.empties);
        let is_it = self.layout == Layout::Compact && is_plain && has_empties && !self.last_line;
        // Most texts are in the documented order, and no other ones then.
        (is_it && self.order != Order::Sorted).then_some(1)
    }
}

/// More unlikely ones are not tried.
const MAX_RANK: usize = 5;
/// Nor more than these, so that there is room for what the body unwraps to.
const MAX_STYLES: usize = 700;

/// The styles in which this text may have been signed, likeliest first.
pub(in crate::explain) fn styles(text: &str) -> Vec<(usize, JsonStyle)> {
    let escapes = escapes(text);
    let empties = empties(text);
    let mut found = Vec::new();
    for (layout_rank, layout) in LAYOUTS {
        for (escapes_rank, escapes) in &escapes {
            for (order_rank, order) in ORDERS {
                for &(empty_rank, empties) in &empties {
                    for (last_rank, last_line) in [(0, false), (1, true)] {
                        let style = JsonStyle {
                            layout,
                            escapes: *escapes,
                            order,
                            empties,
                            last_line,
                        };
                        let sum = layout_rank + escapes_rank + order_rank + empty_rank + last_rank;
                        let rank = match style.signalwires() {
                            Some(rank) => sum.min(rank),
                            None if sum >= 3 => sum + 1,
                            None => sum,
                        };
                        if rank <= MAX_RANK && style.is_possible(text) {
                            found.push((rank, style));
                        }
                    }
                }
            }
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MAX_STYLES);
    found
}

const LAYOUTS: [(usize, Layout); 6] = [
    (0, Layout::Kept),
    (1, Layout::Compact),
    (1, Layout::Spaced),
    (2, Layout::Indented("  ")),
    (2, Layout::Indented("    ")),
    (3, Layout::Indented("\t")),
];

/// Of so many empty arrays and objects, some alone may have become the other.
const MAX_EMPTIES: usize = 5;

/// PHP makes all of them arrays, so that some may have been arrays before.
fn empties(text: &str) -> Vec<(usize, Empties)> {
    let (arrays, objects) = (text.matches("[]").count(), text.matches("{}").count());
    let mut found = vec![
        (0, Empties::Kept),
        (1, Empties::Documented),
        (1, Empties::Objects),
        (2, Empties::Arrays),
    ];
    if (2..=MAX_EMPTIES).contains(&(arrays + objects)) {
        let sets = 1_u8..(1 << (arrays + objects));
        found.extend(sets.map(|set| (2, Empties::Some(set))));
    }
    found
}

const ORDERS: [(usize, Order); 3] = [(0, Order::Kept), (1, Order::Sorted), (1, Order::Documented)];

/// A longer text is not taken apart: to order its keys, each level is read again.
const MAX_ORDERED: usize = 32 * 1024;

impl JsonStyle {
    fn is_possible(self, text: &str) -> bool {
        let has_order = self.order == Order::Kept || text.len() <= MAX_ORDERED;
        // White space between keys belongs to none of them.
        let has_layout = self.order == Order::Kept || self.layout != Layout::Kept;
        let has_empty = match self.empties {
            Empties::Kept => true,
            Empties::Objects => text.contains("[]"),
            Empties::Documented => text.contains("[]") || text.contains("null"),
            Empties::Arrays => text.contains("{}"),
            // They are counted in the order in which they are.
            Empties::Some(_) => self.order == Order::Kept,
        };
        let keeps_all = self.order == Order::Kept
            && self.layout == Layout::Kept
            && self.escapes.is_none()
            && self.empties == Empties::Kept;
        has_order && has_layout && has_empty && !keeps_all
    }
}

/// The encoders that may write this text in another way than it is written.
fn escapes(text: &str) -> Vec<(usize, Option<Escapes>)> {
    let has_unicode = text.contains("\\u");
    let has_non_ascii = has_unicode || !text.is_ascii();
    let has_html = has_unicode || text.contains(['&', '<', '>', '\'', '+', '`']);
    let has_slash = text.contains('/');
    let mut found = vec![(0, None)];
    for slash in [false, true] {
        for (non_ascii_rank, non_ascii) in [
            (0, NonAscii::Plain),
            (1, NonAscii::Lower),
            (2, NonAscii::Upper),
        ] {
            for (html_rank, html) in [(0, Html::Plain), (1, Html::Go), (2, Html::DotNet)] {
                let is_possible = (has_slash || !slash)
                    && (has_non_ascii || non_ascii == NonAscii::Plain)
                    && (has_html || html == Html::Plain)
                    && (has_slash || has_non_ascii || has_html || text.contains('\\'));
                // One that differs from the plain one is no less likely than it is.
                let differences = usize::from(slash) + non_ascii_rank + html_rank;
                if is_possible {
                    let escapes = Escapes {
                        slash,
                        non_ascii,
                        html,
                    };
                    found.push((differences.max(1), Some(escapes)));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_text_has_is_written_otherwise() {
        let plain = styles(r#"{"a":1}"#);
        assert!(plain.iter().all(|(_, style)| style.escapes.is_none()));
        assert!(
            plain
                .iter()
                .all(|(_, style)| style.empties == Empties::Kept)
        );
        let rich = styles(r#"{"a":"\/é&","b":[]}"#);
        assert!(rich.len() > 100);
        assert!(rich.iter().all(|(rank, _)| *rank <= MAX_RANK));
        let long = format!("[{}]", "\"aaaaaaa\",".repeat(10_000));
        assert!(
            styles(&long)
                .iter()
                .all(|(_, style)| style.order == Order::Kept)
        );
    }

    #[test]
    fn the_causes_are_those_that_a_reader_can_see() {
        let style = |layout, order, empties| JsonStyle {
            layout,
            escapes: None,
            order,
            empties,
            last_line: false,
        };
        for (style, causes) in [
            (
                style(Layout::Spaced, Order::Kept, Empties::Kept),
                vec![Cause::JsonLayout],
            ),
            (
                style(Layout::Compact, Order::Sorted, Empties::Kept),
                vec![Cause::JsonKeyOrder],
            ),
            (
                style(Layout::Compact, Order::Sorted, Empties::Objects),
                vec![Cause::JsonKeyOrder, Cause::JsonEmptyObjects],
            ),
        ] {
            assert_eq!(style.causes(), causes);
        }
    }
}
