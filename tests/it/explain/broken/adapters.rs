//! What adapters, queues and frameworks write a body as.

/// As JSON has a `Buffer` of Node.js.
pub fn buffer(body: &str) -> String {
    let numbers: Vec<String> = body.bytes().map(|byte| byte.to_string()).collect();
    format!(r#"{{"type":"Buffer","data":[{}]}}"#, numbers.join(","))
}

/// As `str()` of Python writes what it parsed.
pub fn python_dict(body: &str) -> String {
    body.replace('"', "'").replace(':', ": ").replace(',', ", ")
}

pub fn event_stream(body: &str) -> String {
    format!("data: {body}\n\n")
}

/// As the record of a queue.
pub fn record(body: &str) -> String {
    let text = serde_json::to_string(body).unwrap();
    format!(r#"{{"Records":[{{"messageId":"1","body":{text}}}]}}"#)
}

pub fn xml_text(body: &str) -> String {
    let text = body.replace('&', "&amp;").replace('<', "&lt;");
    format!("<m><id>1</id><body>{text}</body></m>")
}

/// With names as Ruby and Python have them.
pub fn snake_case_names(form: &str) -> String {
    renamed(form, |name| {
        let mut found = String::new();
        for character in name.chars() {
            if character.is_uppercase() && !found.is_empty() {
                found.push('_');
            }
            found.extend(character.to_lowercase());
        }
        found
    })
}

/// As a framework that puts parameters below one name writes them.
pub fn names_in_brackets(form: &str) -> String {
    renamed(form, |name| format!("data[{name}]"))
}

pub fn renamed(form: &str, rename: impl Fn(&str) -> String) -> String {
    let pairs = form_urlencoded::parse(form.as_bytes());
    let pairs = pairs.map(|(name, value)| (rename(&name), value));
    let mut renamed = form_urlencoded::Serializer::new(String::new());
    renamed.extend_pairs(pairs).finish()
}

/// Decoded, and not encoded again.
pub fn unescaped(form: &str, separator: &str) -> String {
    let pairs = form_urlencoded::parse(form.as_bytes());
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join(separator)
}
