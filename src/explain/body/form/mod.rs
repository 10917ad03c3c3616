//! Forms: the parameters that may have been signed, and what has happened to them since.

mod change;
mod listed;
mod names;
mod plain;
mod text;
mod two_changes;

use std::borrow::Cow;

use percent_encoding::percent_decode;

pub(in crate::explain) use self::change::FormChange;
pub(super) use self::{
    change::CHANGES, listed::pairs as listed, plain::pairs as plain, two_changes::pairs_of_changes,
};
use super::json::{Reader, decoded};
use crate::form::MAX_PARAMETERS;

/// A decoded name and value.
pub(super) type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// The parameters of `application/x-www-form-urlencoded`; `None` where there are none, or more than the
/// layer reads.
pub(super) fn urlencoded(body: &[u8]) -> Option<Vec<Pair<'_>>> {
    let pairs: Vec<Pair<'_>> = body
        .split(|&byte| byte == b'&')
        .filter(|pair| !pair.is_empty())
        .take(MAX_PARAMETERS + 1)
        .map(|pair| match pair.iter().position(|&byte| byte == b'=') {
            Some(position) => (decode(&pair[..position]), decode(&pair[position + 1..])),
            None => (decode(pair), Cow::default()),
        })
        .collect();
    (1..=MAX_PARAMETERS).contains(&pairs.len()).then_some(pairs)
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'+') {
        return percent_decode(text).into();
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    match Cow::from(percent_decode(&spaced)) {
        Cow::Owned(decoded) => Cow::Owned(decoded),
        Cow::Borrowed(_) => Cow::Owned(spaced),
    }
}

/// The members of a JSON object, as what parses a form and forwards JSON writes it.
pub(super) fn of_json(body: &[u8]) -> Option<Vec<Pair<'_>>> {
    let text = str::from_utf8(body).ok()?;
    let mut reader = Reader::new(text);
    let mut found: Vec<Pair<'_>> = Vec::new();
    reader.skip_white_space();
    reader.take('{').then_some(())?;
    loop {
        reader.skip_white_space();
        if reader.take('}') {
            break;
        }
        let name = reader.string()?;
        reader.skip_white_space();
        reader.take(':').then_some(())?;
        reader.skip_white_space();
        if reader.take('[') {
            while found.len() <= MAX_PARAMETERS {
                reader.skip_white_space();
                if reader.take(']') {
                    break;
                }
                found.push((bytes(name), json_value(&mut reader)?));
                reader.skip_white_space();
                reader.take(',');
            }
        } else {
            found.push((bytes(name), json_value(&mut reader)?));
        }
        if found.len() > MAX_PARAMETERS {
            return None;
        }
        reader.skip_white_space();
        reader.take(',');
    }
    reader.skip_white_space();
    (reader.is_at_end() && !found.is_empty()).then_some(found)
}

fn bytes(string: &str) -> Cow<'_, [u8]> {
    Cow::Owned(decoded(string).into_bytes())
}

fn json_value<'a>(reader: &mut Reader<'a>) -> Option<Cow<'a, [u8]>> {
    if let Some(string) = reader.string() {
        return Some(bytes(string));
    }
    match reader.scalar()? {
        "null" => Some(Cow::default()),
        scalar => Some(scalar.as_bytes().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_over_the_limit_is_not_tried() {
        assert_eq!(urlencoded(b""), None);
        let most = "a=1&".repeat(MAX_PARAMETERS);
        assert!(urlencoded(most.as_bytes()).is_some());
        assert_eq!(urlencoded(format!("{most}a=1").as_bytes()), None);
    }

    #[test]
    fn a_json_object_is_read_as_a_form() {
        let pairs = of_json(br#" {"From":"+1555", "To":["a","b"],"NumMedia":0,"Body":null} "#);
        assert_eq!(
            FormChange::None.message(pairs.unwrap()),
            b"BodyFrom+1555NumMedia0ToaTob"
        );
        for body in [
            "",
            "{}",
            "[]",
            r#"{"a":{}}"#,
            r#"{"a":1}x"#,
            r#"{"a""#,
            r#"{"a":["#,
        ] {
            assert_eq!(of_json(body.as_bytes()), None, "{body}");
        }
    }
}
