//! Parameters that are listed: in a JSON array of pairs or of objects with a name and a value, or as the
//! elements of an XML document.

use std::borrow::Cow;

use super::{Pair, bytes, json_value};
use crate::{
    explain::body::{html, json::Reader},
    form::MAX_PARAMETERS,
};

/// What the members of an object with a name and a value are called.
const NAMES: [&str; 4] = ["\"name\"", "\"key\"", "\"Name\"", "\"Key\""];

pub(in crate::explain::body) fn pairs(body: &[u8]) -> Option<Vec<Pair<'_>>> {
    let text = str::from_utf8(body).ok()?;
    let found = if text.trim_start().starts_with('<') {
        elements(text)
    } else {
        items(text)
    };
    found.filter(|pairs| (1..=MAX_PARAMETERS).contains(&pairs.len()))
}

fn items(text: &str) -> Option<Vec<Pair<'_>>> {
    let mut reader = Reader::new(text);
    let mut found = Vec::new();
    reader.skip_white_space();
    reader.take('[').then_some(())?;
    while found.len() <= MAX_PARAMETERS {
        reader.skip_white_space();
        if reader.take(']') {
            return Some(found);
        }
        found.push(item(&mut reader)?);
        reader.skip_white_space();
        reader.take(',');
    }
    None
}

fn item<'a>(reader: &mut Reader<'a>) -> Option<Pair<'a>> {
    if reader.take('[') {
        reader.skip_white_space();
        let name = reader.string()?;
        separator(reader, ',')?;
        let value = json_value(reader)?;
        reader.skip_white_space();
        reader.take(']').then_some(())?;
        return Some((bytes(name), value));
    }
    reader.take('{').then_some(())?;
    reader.skip_white_space();
    let first = reader.string().filter(|key| NAMES.contains(key))?;
    separator(reader, ':')?;
    let name = bytes(reader.string()?);
    separator(reader, ',')?;
    reader.string().filter(|key| *key != first)?;
    separator(reader, ':')?;
    let value = json_value(reader)?;
    reader.skip_white_space();
    reader.take('}').then_some(())?;
    Some((name, value))
}

fn separator(reader: &mut Reader<'_>, character: char) -> Option<()> {
    reader.skip_white_space();
    let is_there = reader.take(character);
    reader.skip_white_space();
    is_there.then_some(())
}

/// Those that hold no others.
fn elements(text: &str) -> Option<Vec<Pair<'_>>> {
    let mut found = Vec::new();
    let mut before = "";
    for piece in text.split('<').skip(1) {
        let (name, value) = before.split_once('>').unwrap_or(("", ""));
        if piece
            .strip_prefix('/')
            .is_some_and(|end| end.trim_end().trim_end_matches('>') == name)
            && !name.is_empty()
        {
            let value = html::unescaped(value);
            found.push((Cow::Borrowed(name.as_bytes()), Cow::Owned(value)));
        } else if let Some(name) = piece.trim_end().strip_suffix("/>") {
            found.push((name.trim_end().as_bytes().into(), Cow::default()));
        }
        if found.len() > MAX_PARAMETERS {
            return None;
        }
        before = piece;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_parameters_is_read() {
        for body in [
            r#"[["From","+1"],["To","a&b"],["Zip",""]]"#,
            r#"[ {"name": "From", "value": "+1"}, {"name": "To", "value": "a&b"}, {"name": "Zip", "value": null} ]"#,
            "<xml>\n<From>+1</From>\n<To>a&amp;b</To>\n<Zip/></xml>",
            "<?xml version=\"1.0\"?><r><From>+1</From><To>a&amp;b</To><Zip></Zip></r>",
        ] {
            let pairs = pairs(body.as_bytes()).unwrap();
            let texts: Vec<_> = pairs
                .iter()
                .map(|(name, value)| String::from_utf8([&**name, b"=", &**value].concat()).unwrap())
                .collect();
            assert_eq!(texts, ["From=+1", "To=a&b", "Zip="], "{body}");
        }
        for body in [
            "",
            "<",
            "<a>",
            "[]",
            "[1]",
            r#"[["a"]]"#,
            r#"[{"a":"b"}]"#,
            r#"[{"name":"a","name":"b"}]"#,
            r#"[["a","b"]"#,
        ] {
            assert_eq!(pairs(body.as_bytes()), None, "{body}");
        }
    }
}
