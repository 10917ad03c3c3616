//! Characters that HTML writes by name or number.

pub(super) fn unescaped(text: &str) -> Vec<u8> {
    unescaped_with(text, "\"")
}

/// Quotes inside JSON, whose strings alone were escaped, need a backslash.
pub(super) fn unescaped_body(body: &str) -> Vec<u8> {
    let is_json = body.starts_with(['{', '[']) && body.contains("\":");
    unescaped_with(body, if is_json { "\\\"" } else { "\"" })
}

fn unescaped_with(text: &str, quote: &str) -> Vec<u8> {
    let mut unescaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        unescaped.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((character, length)) = html_character(rest) {
            match character {
                '"' => unescaped.push_str(quote),
                character => unescaped.push(character),
            }
            rest = &rest[length..];
        } else {
            unescaped.push('&');
            rest = &rest[1..];
        }
    }
    unescaped.push_str(rest);
    unescaped.into_bytes()
}

/// What the text begins with, and its length.
fn html_character(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
        None => match name {
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "amp" => '&',
            _ => return None,
        },
    };
    Some((character, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_inside_json_stay_inside_its_strings() {
        for (body, json) in [
            (
                "{\"a\":\"&quot;b&quot; &amp; c\"}",
                "{\"a\":\"\\\"b\\\" & c\"}",
            ),
            ("{&quot;a&quot;:1}", "{\"a\":1}"),
        ] {
            assert_eq!(unescaped_body(body), json.as_bytes());
        }
    }

    #[test]
    fn names_and_numbers_are_resolved_and_the_rest_stays() {
        for (escaped, text) in [
            ("a&amp;b&lt;c", "a&b<c"),
            ("&quot;&#39;&#x27;&apos;", "\"'''"),
            ("&#128512;&#xe9;", "😀é"),
            ("&amp;amp;", "&amp;"),
            ("a&b;&;&#;&#xd800;&", "a&b;&;&#;&#xd800;&"),
        ] {
            assert_eq!(unescaped(escaped), text.as_bytes(), "{escaped}");
        }
    }
}
