//! The chunks of HTTP/1.1's transfer encoding (RFC 9112, section 7.1).

/// `None` where they are not whole.
pub(super) fn content(body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let line_end = rest.windows(2).position(|two| two == b"\r\n")?;
        let line = str::from_utf8(&rest[..line_end]).ok()?;
        let digits = line.split(';').next()?.trim();
        let length = usize::from_str_radix(digits, 16).ok()?;
        rest = &rest[line_end + 2..];
        if length == 0 {
            return Some(content);
        }
        content.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        for (body, whole) in [
            (&b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"[..], Some("abcde")),
            (b"0\r\n\r\n", Some("")),
            (b"4\r\nabc\r\n0\r\n\r\n", None),
            (b"fffffffffffffffff\r\n\r\n\r\n", None),
            (b"", None),
        ] {
            let found = content(body);
            assert_eq!(found.as_deref(), whole.map(str::as_bytes), "{body:?}");
        }
    }
}
