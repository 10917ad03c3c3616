use serde_json::Value;

/// JSON and XML with a line for each element; anything else as it is.
pub(crate) fn indented(text: &str) -> String {
    let trimmed = text.trim_start();
    if trimmed.starts_with('<') {
        return indented_xml(trimmed.trim_end());
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => {
            serde_json::to_string_pretty(&value).unwrap_or_else(|_| text.to_owned())
        }
        _ => text.to_owned(),
    }
}

/// For the eye alone: an element without children stays on its line, and nothing is checked.
fn indented_xml(xml: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut depth: usize = 0;
    let mut opened_last = false;
    for (tag, text) in tags(xml) {
        let closes = tag.starts_with("</");
        if closes {
            depth = depth.saturating_sub(1);
        }
        match lines.last_mut() {
            Some(line) if closes && opened_last => line.push_str(tag),
            _ => lines.push(format!("{}{tag}", "  ".repeat(depth))),
        }
        let opens =
            !closes && !tag.ends_with("/>") && !tag.starts_with("<?") && !tag.starts_with("<!");
        depth += usize::from(opens);
        opened_last = opens;
        if let (false, Some(line)) = (text.is_empty(), lines.last_mut()) {
            line.push_str(text);
        }
    }
    lines.join("\n")
}

/// Each tag with the text behind it.
fn tags(xml: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        let end = rest.find('>').map(|end| end + 1)?;
        let (tag, after) = rest.split_at(end);
        let text_end = after.find('<').unwrap_or(after.len());
        let (text, after) = after.split_at(text_end);
        rest = after;
        Some((tag, text.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_and_json_are_indented_and_the_rest_is_left_alone() {
        assert_eq!(
            indented(
                "<?xml version=\"1.0\"?><Response><Say>Hi there</Say><Gather><Play/></Gather></Response>"
            ),
            "<?xml version=\"1.0\"?>\n<Response>\n  <Say>Hi there</Say>\n  <Gather>\n    <Play/>\n  </Gather>\n</Response>"
        );
        assert_eq!(indented("{\"a\":[1]}"), "{\n  \"a\": [\n    1\n  ]\n}");
        for text in ["", "noted", "12", "<", "{\"a\"", "</a>"] {
            assert_eq!(indented(text), if text == "<" { "" } else { text });
        }
    }
}
