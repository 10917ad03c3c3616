//! A body that was taken for the name of a form, or is the value of its only parameter.

use percent_encoding::percent_decode;

/// What a form's name or value looks like that is a whole body.
pub(super) fn is_likely(body: &[u8]) -> bool {
    let value = value_of_only_parameter(body);
    let has_start = [&b"%7B"[..], b"%7b", b"%5B", b"%5b"]
        .iter()
        .any(|start| value.starts_with(start));
    let is_escaped_form = !value.contains(&b'=')
        && !value.contains(&b'&')
        && value
            .windows(3)
            .any(|three| three.eq_ignore_ascii_case(b"%3D"));
    has_start || is_escaped_form
}

fn value_of_only_parameter(body: &[u8]) -> &[u8] {
    let is_one = !body.contains(&b'&');
    match body.iter().position(|byte| *byte == b'=') {
        Some(equals) if is_one && equals + 1 < body.len() => &body[equals + 1..],
        _ => body,
    }
}

pub(super) fn content(body: &[u8]) -> Vec<u8> {
    let value = value_of_only_parameter(body);
    let value = value.strip_suffix(b"=").unwrap_or(value);
    let mut content: Vec<u8> = Vec::with_capacity(value.len());
    for (index, part) in value.split(|byte| *byte == b'+').enumerate() {
        if index > 0 {
            content.push(b' ');
        }
        content.extend(percent_decode(part));
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_a_name_or_a_value_of_a_form_is_decoded() {
        for (body, decoded) in [
            ("%7B%22a%22%3A+1%7D", r#"{"a": 1}"#),
            ("%7B%22a%22%3A+1%7D=", r#"{"a": 1}"#),
            ("payload=%7B%22a%22%3A1%7D", r#"{"a":1}"#),
            ("From%3D%252B1%26To%3D2", "From=%2B1&To=2"),
            ("payload=From%3D%252B1%26To%3D2", "From=%2B1&To=2"),
        ] {
            assert!(is_likely(body.as_bytes()), "{body}");
            assert_eq!(content(body.as_bytes()), decoded.as_bytes());
        }
        assert!(!is_likely(b"From=%2B1&To=%7B"));
    }
}
