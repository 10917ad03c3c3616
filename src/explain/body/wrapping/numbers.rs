//! A body that is written as a list of its bytes' numbers: a Node.js `Buffer` or a typed array as JSON,
//! a list of Python or Java.

const BUFFER: &[u8] = br#"{"type":"Buffer","data":"#;

/// A list of numbers, or an object of them with their places.
pub(super) fn is_likely(body: &[u8]) -> bool {
    let list = inside(body);
    list.len() >= 8
        && list
            .iter()
            .all(|byte| byte.is_ascii_digit() || b",:-\" \r\n\t".contains(byte))
}

fn inside(body: &[u8]) -> &[u8] {
    let list = match body.strip_prefix(BUFFER) {
        Some(list) => list.strip_suffix(b"}").unwrap_or(list),
        None => body,
    };
    [(b"[", b"]"), (b"{", b"}")]
        .into_iter()
        .find_map(|(open, close)| list.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(list)
}

/// Numbers with a sign are Java's.
pub(super) fn content(body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(body.len() / 2);
    for item in inside(body).split(|byte| *byte == b',') {
        let number = item.rsplit(|byte| *byte == b':').next()?.trim_ascii();
        let number: i16 = str::from_utf8(number).ok()?.parse().ok()?;
        let byte = u8::try_from(number)
            .or_else(|_| i8::try_from(number).map(i8::cast_unsigned))
            .ok()?;
        content.push(byte);
    }
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_listed() {
        for body in [
            r#"{"type":"Buffer","data":[123,34,195,169]}"#,
            "[123, 34, 195, 169]",
            "123,34,195,169",
            r#"{"0":123,"1":34,"2":195,"3":169}"#,
            "[123, 34, -61, -87]",
        ] {
            assert!(is_likely(body.as_bytes()), "{body}");
            assert_eq!(content(body.as_bytes()).unwrap(), "{\"é".as_bytes());
        }
        for body in ["[1,2,3,4,256]", "1,2,3,4,,", "-129,1,1,1"] {
            assert_eq!(content(body.as_bytes()), None, "{body}");
        }
        assert!(!is_likely(br#"{"a":123456789}"#));
    }
}
