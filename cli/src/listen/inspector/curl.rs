//! A request as a command line, to be sent once more by hand.

use std::fmt::Write as _;

use super::super::record::Record;

/// curl computes them anew, or they concern one connection alone.
const LEFT_OUT: [&str; 4] = [
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
];

/// The command for a POSIX shell such as bash or zsh. It calls the target, where there is one.
pub(super) fn curl_command(record: &Record, target: Option<&str>) -> String {
    let head = &record.head;
    let headers = head.headers.iter();
    let host = headers.clone().find(|(name, _)| name == "host");
    let host = host.map_or_else(String::new, |(_, host)| {
        String::from_utf8_lossy(host).into_owned()
    });
    let base = target.map_or_else(|| format!("http://{host}"), ToOwned::to_owned);
    let mut command = format!(
        "curl -i -g --path-as-is -X {} {}",
        quoted(head.method.as_bytes()),
        quoted(format!("{base}{}", head.uri).as_bytes())
    );
    for (name, value) in headers.clone() {
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        // A colon would remove a header that has no value.
        let line = if value.is_empty() {
            format!("{name};").into_bytes()
        } else {
            [name.as_bytes(), b": ", value].concat()
        };
        let _ = write!(command, " \\\n  -H {}", quoted(&line));
    }
    if !headers.clone().any(|(name, _)| name == "content-type") {
        command.push_str(" \\\n  -H 'content-type:'");
    }
    if record.body.contains(&0) {
        command.push_str(" \\\n  --data-binary @body");
        command.insert_str(0, "# The body has NUL bytes, which a command line cannot hold: put it into the file `body`.\n");
    } else if !record.body.is_empty() {
        let _ = write!(command, " \\\n  --data-raw {}", quoted(&record.body));
    }
    command.push('\n');
    command
}

/// One word, byte for byte: what a terminal or a shell might change is written as bash's `$'…'`.
fn quoted(word: &[u8]) -> String {
    if let Ok(text) = str::from_utf8(word)
        && !text.chars().any(char::is_control)
    {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = "$'".to_owned();
    for &byte in word {
        match byte {
            b'\'' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\x{byte:02x}");
            }
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_request_holds_is_one_word_of_the_shell() {
        for (word, expected) in [
            (&b"a=b&c"[..], "'a=b&c'"),
            (b"it's $(id) `id`", r"'it'\''s $(id) `id`'"),
            ("Zoë".as_bytes(), "'Zoë'"),
            (b"a\nb'\\\xff", r"$'a\x0ab\'\\\xff'"),
            (b"", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
