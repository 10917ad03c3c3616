//! Splits a host from its port.

use super::FIRST_FORM_NAME;

/// A host and its port as they stand in a URL: `example.com`, `example.com:8443`, `[::1]:3000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Authority<'a> {
    /// An IPv6 address keeps its brackets.
    pub(crate) host: &'a str,
    /// Digits.
    pub(crate) port: Option<&'a str>,
}

impl<'a> Authority<'a> {
    /// Splits an authority without user information (RFC 3986, section 3.2).
    ///
    /// Strict on purpose: a `Host` of `example.com/a` would let a request signed for one path
    /// pass on another. Own code, since `http` takes `a@b` and `[::1]x` for authorities.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        // The search for a letter is the faster one, and nearly always enough.
        if text.contains('A') && text.contains(FIRST_FORM_NAME) {
            return None;
        }
        let (host, rest) = text.split_at(host_length(text)?);
        let port = match rest.strip_prefix(':') {
            Some(port) => port,
            None if rest.is_empty() => "",
            None => return None,
        };
        let is_valid = port.bytes().all(|byte| byte.is_ascii_digit());
        is_valid.then_some(Self {
            host,
            port: (!port.is_empty()).then_some(port),
        })
    }
}

/// The length in bytes of the host at the beginning of the text.
fn host_length(text: &str) -> Option<usize> {
    match text.strip_prefix('[') {
        Some(address) => {
            let length = leading(address, is_address_byte)?;
            let is_closed = address[length..].starts_with(']');
            is_closed.then_some("[".len() + length + "]".len())
        }
        None => leading(text, is_host_byte),
    }
}

/// How many bytes at the beginning are allowed, if any.
fn leading(text: &str, is_allowed: impl Fn(u8) -> bool) -> Option<usize> {
    let length = text.bytes().take_while(|&byte| is_allowed(byte)).count();
    (length > 0).then_some(length)
}

fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

/// The `reg-name` of RFC 3986: unreserved, sub-delims, percent.
fn is_host_byte(byte: u8) -> bool {
    matches!(byte,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'%'
        | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_its_port_are_told_apart() {
        for (text, host, port) in [
            ("example.com", "example.com", None),
            ("example.com:8443", "example.com", Some("8443")),
            ("example.com:", "example.com", None),
            ("[::1]", "[::1]", None),
            ("[2001:db8::1]:3000", "[2001:db8::1]", Some("3000")),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
        ] {
            assert_eq!(
                Authority::parse(text.as_bytes()),
                Some(Authority { host, port }),
                "{text}"
            );
        }
    }

    #[test]
    fn what_could_reach_into_another_part_of_the_url_is_not_an_authority() {
        for text in [
            "",
            ":80",
            "a/b",
            "a?b",
            "a#b",
            "a@b",
            "a b",
            "a\\b",
            "a:80/b",
            "a:b",
            "[::1",
            "[]",
            "[::1]x",
            "[a/b]",
            "::1",
            "bücher.example",
            "staging.example.comAccountSid1Bodyx",
        ] {
            assert_eq!(Authority::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
