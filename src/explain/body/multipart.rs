//! A form in `multipart/form-data` (RFC 7578).

use super::form::Pair;
use crate::form::MAX_PARAMETERS;

/// The names and values; `None` where the body is not multipart, or has too many.
pub(super) fn pairs(body: &[u8]) -> Option<Vec<Pair<'_>>> {
    let text = str::from_utf8(body).ok()?;
    let boundary = text.lines().next()?.trim_end();
    if !boundary.starts_with("--") || boundary.len() < 3 {
        return None;
    }
    let mut found = Vec::new();
    for part in text.split(boundary).skip(1) {
        if part.starts_with("--") {
            return (!found.is_empty()).then_some(found);
        }
        let line_end = if part.starts_with("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let part = part.strip_prefix(line_end)?.strip_suffix(line_end)?;
        let empty_line = [line_end, line_end].concat();
        let (headers, value) = part.split_once(&empty_line)?;
        let name = name_in(headers)?;
        found.push((name.as_bytes().into(), value.as_bytes().into()));
        if found.len() > MAX_PARAMETERS {
            return None;
        }
    }
    None
}

/// In quotes, or a token.
fn name_in(headers: &str) -> Option<&str> {
    let (_, name) = headers.split_once("; name=")?;
    match name.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map(|(name, _)| name),
        None => name.split([';', '\r', '\n', ' ']).next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_a_parameter() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"From\"\r\n\r\n+1555\r\n--b\r\n\
                    Content-Disposition: form-data; name=\"Body\"\r\n\r\na\r\nb\r\n--b--\r\n";
        let pairs = pairs(body.as_bytes()).unwrap();
        let texts: Vec<(&[u8], &[u8])> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(texts, [(&b"From"[..], &b"+1555"[..]), (b"Body", b"a\r\nb")]);
    }

    #[test]
    fn what_is_not_multipart_is_none() {
        for body in ["", "--", "a=b", "--b\r\n", "--b\r\nx\r\n--b--", "--b--"] {
            assert_eq!(pairs(body.as_bytes()), None, "{body}");
        }
    }
}
