//! JSON of strangers, read only where something is looked for. It refers to the text, so that neither
//! the long answers in a capture nor hostile nesting fill the memory.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A value as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Json<'a>(&'a RawValue);

impl<'a> Json<'a> {
    /// All values of a text, which may be one or, as in a log, a line each.
    pub(crate) fn all(text: &'a str) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::Deserializer::from_str(text)
            .into_iter::<&'a RawValue>()
            .map(|value| value.map(Self))
            .collect()
    }

    /// The value as it is written.
    pub(crate) fn written(self) -> &'a str {
        self.0.get()
    }

    /// The field of this name, the last where it is there twice, as JavaScript has it; `null` counts
    /// as absent.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        if !self.written().starts_with('{') {
            return None;
        }
        let Found(found) = Search(name).find(self.written())?;
        found.map(Self).filter(|value| value.written() != "null")
    }

    /// The first of these fields that is there.
    pub(crate) fn first(self, names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The names and values of an object, in their order; none of anything else.
    pub(crate) fn fields(self) -> Vec<(Cow<'a, str>, Self)> {
        let parsed: Result<Fields<'a>, _> = serde_json::from_str(self.written());
        parsed.map(|fields| fields.0).unwrap_or_default()
    }

    /// The names of an object, each with its value or with each of several values; what is neither
    /// text nor a list of texts is left out.
    pub(crate) fn pairs(self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let mut pairs = Vec::new();
        for (name, value) in self.fields() {
            if let Some(value) = value.text() {
                pairs.push((name, value));
            } else {
                let values = value.elements().into_iter().filter_map(Json::text);
                pairs.extend(values.map(|value| (name.clone(), value)));
            }
        }
        pairs
    }

    /// The elements of an array; none of anything else.
    pub(crate) fn elements(self) -> Vec<Self> {
        let parsed: Result<Elements<'a>, _> = serde_json::from_str(self.written());
        parsed.map(|elements| elements.0).unwrap_or_default()
    }

    /// A string, or a number or a truth value as it is written.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self.written().as_bytes().first()? {
            b'"' => serde_json::from_str::<Text<'a>>(self.written())
                .ok()
                .map(|text| text.0),
            b'{' | b'[' | b'n' => None,
            _ => Some(Cow::Borrowed(self.written())),
        }
    }

    /// The text of a field.
    pub(crate) fn text_of(self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name)?.text()
    }

    pub(crate) fn is_object(self) -> bool {
        self.written().starts_with('{')
    }

    /// Whether it is an object or an array without anything in it, or neither.
    pub(crate) fn is_empty(self) -> bool {
        let written = self.written();
        let inner = written.get(1..written.len() - 1).unwrap_or_default();
        !written.starts_with(['{', '[']) || inner.trim().is_empty()
    }

    pub(crate) fn is_true(self) -> bool {
        self.written() == "true"
    }
}

struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

struct Fields<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    fields.push((name.0, Json(value)));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct Elements<'a>(Vec<Json<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementsVisitor;
        impl<'de> Visitor<'de> for ElementsVisitor {
            type Value = Elements<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(value) = array.next_element::<&'de RawValue>()? {
                    elements.push(Json(value));
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(ElementsVisitor)
    }
}

/// Looks for one field without keeping the others.
struct Search<'n>(&'n str);

struct Found<'a>(Option<&'a RawValue>);

impl Search<'_> {
    fn find<'a>(&self, json: &'a str) -> Option<Found<'a>> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        deserializer.deserialize_map(self).ok()
    }
}

impl<'de> Visitor<'de> for &Search<'_> {
    type Value = Found<'de>;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            if name.0 == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Found(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Json<'_> {
        Json::all(text).unwrap()[0]
    }

    #[test]
    fn what_is_looked_for_is_found_as_it_is_written() {
        let json = one(r#"{"a": [1, "x\u00e9"], "b": {"c": null, "d": 1.50}, "a": {"e": true}}"#);
        assert_eq!(json.get("a").unwrap().written(), r#"{"e": true}"#);
        assert!(json.get("b").unwrap().get("c").is_none());
        assert_eq!(json.get("b").unwrap().text_of("d").unwrap(), "1.50");
        assert!(json.get("a").unwrap().get("e").unwrap().is_true());
        let array = one(r#"["x\u00e9", 2]"#).elements();
        assert_eq!(array[0].text().unwrap(), "xé");
        assert_eq!(array[1].text().unwrap(), "2");
        assert_eq!(json.fields().len(), 3);
        let pairs = one(r#"{"a": "b", "c": ["d", 1, {}], "e": null, "f": {}}"#).pairs();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(pairs, [("a", "b"), ("c", "d"), ("c", "1")]);
        assert!(one("3").get("a").is_none() && one("3").fields().is_empty());
    }

    #[test]
    fn a_log_has_a_value_on_each_line() {
        assert_eq!(Json::all("{}\n{}\n").unwrap().len(), 2);
        assert!(Json::all("{}\n{").is_err());
        assert!(Json::all(&"[".repeat(100_000)).is_err());
    }
}
