//! Answers laid out for the eye. The work and the result are linear in the answer, since nothing is
//! indented deeper than [`DEEPEST`].

use serde::de::IgnoredAny;

const DEEPEST: usize = 16;

/// JSON and XML with a line for each element; anything else as it is.
pub(super) fn indented(text: &str) -> String {
    let trimmed = text.trim();
    if trimmed.starts_with('<') {
        return indented_xml(trimmed);
    }
    let is_nested = trimmed.starts_with(['{', '[']);
    if is_nested && serde_json::from_str::<IgnoredAny>(trimmed).is_ok() {
        return indented_json(trimmed);
    }
    text.to_owned()
}

/// For the eye alone: an element without children stays on its line, and nothing is checked.
fn indented_xml(xml: &str) -> String {
    let mut lines = Lines::default();
    let mut opened_last = false;
    let mut rest = xml;
    while let Some(end) = rest.find('>') {
        let (tag, after) = rest.split_at(end + 1);
        let closes = tag.starts_with("</");
        if closes {
            lines.leave();
        }
        if !(closes && opened_last) {
            lines.start();
        }
        lines.text.push_str(tag);
        let is_alone = tag.ends_with("/>") || tag.starts_with("<?") || tag.starts_with("<!");
        opened_last = !closes && !is_alone;
        if opened_last {
            lines.depth += 1;
        }
        let text_end = after.find('<').unwrap_or(after.len());
        lines.text.push_str(after[..text_end].trim());
        rest = &after[text_end..];
    }
    lines.text.push_str(rest);
    lines.text
}

/// Valid JSON, token by token: numbers, order and equal names stay as they are.
fn indented_json(json: &str) -> String {
    let mut lines = Lines::default();
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                lines.text.push('"');
                while let Some(character) = characters.next() {
                    lines.text.push(character);
                    match character {
                        '\\' => lines.text.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                lines.text.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(closing) = characters.next_if(|next| ['}', ']'].contains(next)) {
                    lines.text.push(closing);
                } else {
                    lines.depth += 1;
                    lines.start();
                }
            }
            '}' | ']' => {
                lines.leave();
                lines.start();
                lines.text.push(character);
            }
            ',' => {
                lines.text.push(',');
                lines.start();
            }
            ':' => lines.text.push_str(": "),
            _ if character.is_ascii_whitespace() => {}
            _ => lines.text.push(character),
        }
    }
    lines.text
}

#[derive(Default)]
struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    fn start(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for _ in 0..self.depth.min(DEEPEST) {
            self.text.push_str("  ");
        }
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_and_json_are_indented_and_the_rest_is_left_alone() {
        assert_eq!(
            indented(
                "<?xml version=\"1.0\"?><!-- a --><Response><Say>Hi there</Say><Gather><Play/></Gather></Response>"
            ),
            "<?xml version=\"1.0\"?>\n<!-- a -->\n<Response>\n  <Say>Hi there</Say>\n  <Gather>\n    <Play/>\n  </Gather>\n</Response>"
        );
        assert_eq!(
            indented("{ \"b\":[1, {}],\"a\":\"x,\\\"{\" ,\"n\":1.50}\n"),
            "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": \"x,\\\"{\",\n  \"n\": 1.50\n}"
        );
        for text in ["", "noted", "12", "<", "{\"a\"", "</a>", "a\n"] {
            assert_eq!(indented(text), text);
        }
    }

    #[test]
    fn a_deep_answer_grows_by_a_fixed_factor() {
        for deep in [
            "<a>".repeat(20_000),
            "[".repeat(60_000),
            format!("{}{}", "[".repeat(120), "]".repeat(120)),
            format!("[{}1]", "1,".repeat(30_000)),
        ] {
            let length = indented(&deep).len();
            assert!(length <= deep.len() * (2 * DEEPEST + 2), "{length}");
        }
    }
}
