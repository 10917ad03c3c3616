use serde_json::{Value, json};
use signalwire_webhook::explain::Explanation;

use crate::{
    capture::Captured,
    terminal::{BAD, DIM, GOOD, STRONG, Text},
};

/// Longer paths say no more.
const PATH_AT_MOST: usize = 256;

/// Which request of several it is.
pub(super) struct Heading {
    method: String,
    path: String,
    place: Option<(usize, usize)>,
}

impl Heading {
    pub(super) fn of(request: &Captured, index: usize, number: usize) -> Self {
        let path = request.parts.uri.path();
        Self {
            method: request.parts.method.to_string(),
            path: path.chars().take(PATH_AT_MOST).collect(),
            place: (number > 1).then_some((index + 1, number)),
        }
    }
}

/// An explanation of a captured request.
pub(super) struct Report {
    heading: Heading,
    explanation: Explanation,
    notes: Vec<String>,
}

impl Report {
    pub(super) fn new(heading: Heading, (explanation, notes): (Explanation, Vec<String>)) -> Self {
        Self {
            heading,
            explanation,
            notes,
        }
    }

    pub(super) fn is_genuine(&self) -> bool {
        self.explanation.is_genuine()
    }

    pub(super) fn as_json(&self) -> Value {
        let mut value = explanation_as_json(&self.explanation);
        value["method"] = self.heading.method.as_str().into();
        value["path"] = self.heading.path.as_str().into();
        value["notes"] = self.notes.as_slice().into();
        value
    }

    pub(super) fn as_text(&self) -> Text {
        let mut text = Text::default();
        if let Some((place, number)) = self.heading.place {
            let Heading { method, path, .. } = &self.heading;
            let heading = format!("Request {place} of {number}: {method} {path}");
            text.add_styled(STRONG, heading).end_line();
        }
        add_headline(&mut text, &self.explanation);
        for note in &self.notes {
            text.add_styled(STRONG, "Note:");
            text.add(format!(" {note}")).end_line();
        }
        add_lists(&mut text, &self.explanation);
        text
    }
}

pub(crate) fn explanation_as_json(explanation: &Explanation) -> Value {
    let causes: Vec<String> = explanation
        .causes()
        .iter()
        .map(|cause| format!("{cause:?}"))
        .collect();
    let fixes: Vec<String> = explanation
        .remedies()
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "genuine": explanation.is_genuine(),
        "cause": format!("{:?}", explanation.cause()),
        "causes": causes,
        "scheme": explanation.scheme().map(|scheme| scheme.to_string()),
        "sentence": explanation.sentence(),
        "fix": explanation.fix(),
        "fixes": fixes,
        "likeliest_reasons": explanation.likeliest_reasons(),
        "ruled_out": explanation.ruled_out(),
        "keys_tried": explanation.keys_tried(),
        "computations": explanation.computations(),
    })
}

pub(crate) fn explanation_as_text(explanation: &Explanation) -> Text {
    let mut text = Text::default();
    add_headline(&mut text, explanation);
    add_lists(&mut text, explanation);
    text
}

fn add_headline(text: &mut Text, explanation: &Explanation) {
    let style = if explanation.is_genuine() {
        STRONG
    } else {
        BAD
    };
    text.add_styled(style, format!("{:?}", explanation.cause()))
        .add(": ")
        .add(explanation.sentence())
        .end_line();
}

fn add_lists(text: &mut Text, explanation: &Explanation) {
    for (style, title, entries) in [
        (GOOD, "What to change:", strings(explanation.remedies())),
        (
            STRONG,
            "The likeliest reasons, in order:",
            strings(explanation.likeliest_reasons()),
        ),
        (DIM, "Ruled out:", strings(explanation.ruled_out())),
    ] {
        add_list(text, style, title, &entries);
    }
    if !explanation.is_genuine() && explanation.computations() > 0 {
        let keys = explanation.keys_tried().join(", ");
        text.add_styled(DIM, "Keys tried:")
            .add(" ")
            .add(keys)
            .end_line();
    }
}

fn strings<T: ToString>(entries: &[T]) -> Vec<String> {
    entries.iter().map(ToString::to_string).collect()
}

fn add_list(text: &mut Text, style: anstyle::Style, title: &str, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    text.add_styled(style, title).end_line();
    for (index, entry) in entries.iter().enumerate() {
        text.add(format!("  {}. {entry}", index + 1)).end_line();
    }
}
