use serde_json::{Map, Value};

use crate::failure::Failure;

/// Replaces the parameters of these names, or adds them. Answers what to warn of.
pub(crate) fn set_parameters(
    parameters: &mut Vec<(String, String)>,
    settings: &[(String, String)],
) -> Vec<String> {
    let mut warnings = Vec::new();
    for (name, value) in settings {
        if let Some((_, known)) = parameters.iter_mut().find(|(known, _)| known == name) {
            known.clone_from(value);
            continue;
        }
        let known = parameters.iter().map(|(known, _)| known.as_str());
        warnings.extend(warning_of_case(name, known));
        parameters.push((name.clone(), value.clone()));
    }
    warnings
}

/// Replaces or adds the fields of JSON at these paths, as in `call.from`.
pub(crate) fn set_fields(
    value: &mut Value,
    settings: &[(String, String)],
) -> Result<Vec<String>, Failure> {
    let mut warnings = Vec::new();
    for (path, setting) in settings {
        let mut place = &mut *value;
        for name in path.split('.') {
            let Value::Object(fields) = place else {
                return Err(Failure::usage(format!(
                    "--set {path}: {name:?} is inside of something that has no fields"
                )));
            };
            if !fields.contains_key(name) {
                warnings.extend(warning_of_case(name, fields.keys().map(String::as_str)));
            }
            place = fields
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
        }
        *place = read_setting(setting);
    }
    Ok(warnings)
}

/// JSON, unless it is text; what looks like a number is text too, as phone numbers are.
fn read_setting(setting: &str) -> Value {
    serde_json::from_str(setting)
        .ok()
        .filter(|parsed: &Value| !parsed.is_number())
        .unwrap_or_else(|| Value::from(setting))
}

fn warning_of_case<'a>(name: &str, mut known: impl Iterator<Item = &'a str>) -> Option<String> {
    let similar = known.find(|known| known.eq_ignore_ascii_case(name))?;
    Some(format!(
        "--set {name}: there is {similar:?} already, and names are case-sensitive, so {name:?} is \
         added beside it; write {similar:?} to replace it"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
        settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_setting_replaces_the_parameter_of_its_name_or_is_added() {
        let mut parameters = owned(&[("From", "+1"), ("To", "+2")]);
        let warnings = set_parameters(&mut parameters, &owned(&[("To", "+3"), ("Error", "x")]));
        assert_eq!(
            parameters,
            owned(&[("From", "+1"), ("To", "+3"), ("Error", "x")])
        );
        assert!(warnings.is_empty());
    }

    #[test]
    fn a_name_of_the_wrong_case_is_added_with_a_warning() {
        let mut parameters = owned(&[("From", "+1")]);
        let warnings = set_parameters(&mut parameters, &owned(&[("from", "+3")]));
        assert_eq!(parameters, owned(&[("From", "+1"), ("from", "+3")]));
        assert!(warnings[0].contains(r#"write "From" to replace it"#));
        let mut value = json!({ "call": { "from": "+1" } });
        let warnings = set_fields(&mut value, &owned(&[("Call.from", "+3")])).unwrap();
        assert!(warnings[0].contains(r#"there is "call" already"#));
    }

    #[test]
    fn a_field_is_json_unless_it_is_text_or_a_number() {
        let mut value = json!({ "call": { "to": "+1", "from": "+1" } });
        let settings = [
            ("call.to", "15550001111"),
            ("vars.a.b", "true"),
            ("params", "[1]"),
        ];
        let warnings = set_fields(&mut value, &owned(&settings)).unwrap();
        assert_eq!(
            value,
            json!({
                "call": { "to": "15550001111", "from": "+1" },
                "vars": { "a": { "b": true } },
                "params": [1],
            })
        );
        assert!(warnings.is_empty());
        assert!(set_fields(&mut value, &owned(&[("call.to.x", "1")])).is_err());
    }
}
