//! What trusted proxies say of the URL that they were called by.
//!
//! Own code, since forwarded-header-value splits inside quoted strings.

use std::borrow::{Borrow, Cow};

use http::{HeaderMap, HeaderName, header::FORWARDED};

use super::{authority::Authority, candidates::Scheme};

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// A header in which a proxy says what it was called by.
///
/// Trust a header only where your outermost proxy overwrites or drops what its client sent: see
/// [`PublicUrl::from_headers`](crate::PublicUrl::from_headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForwardingHeader {
    /// `X-Forwarded-Proto`: `http` or `https`. It says which of the two is tried first.
    XForwardedProto,
    /// `X-Forwarded-Host`: the host, with or without a port.
    XForwardedHost,
    /// `X-Forwarded-Port`: the port, where the host has none.
    XForwardedPort,
    /// `X-Forwarded-Prefix`: the beginning of the path, which a proxy stripped.
    XForwardedPrefix,
    /// `Forwarded` (RFC 7239): the scheme and the host. It counts before the others.
    Forwarded,
}

/// The headers whose values are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrustedHeaders(Vec<ForwardingHeader>);

impl TrustedHeaders {
    pub(crate) fn new<H: Borrow<ForwardingHeader>>(trusted: impl IntoIterator<Item = H>) -> Self {
        Self(trusted.into_iter().map(|header| *header.borrow()).collect())
    }

    fn trusts(&self, header: ForwardingHeader) -> bool {
        self.0.contains(&header)
    }
}

/// What the outermost proxy says of the URL it was called by; whatever is malformed is left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded<'a> {
    pub(crate) scheme: Option<Scheme>,
    /// A valid [`Authority`].
    pub(crate) authority: Option<Cow<'a, str>>,
    pub(crate) port: Option<&'a str>,
    /// Begins with a slash and does not end with one; empty where there is none.
    pub(crate) prefix: &'a str,
}

impl<'a> Forwarded<'a> {
    /// Reads the trusted headers alone: `Forwarded`, and what it leaves open from the others. Of a
    /// list, the first entry counts: the outermost proxy wrote it.
    pub(crate) fn from_headers(headers: &'a HeaderMap, trusted: &TrustedHeaders) -> Self {
        let standard = if trusted.trusts(ForwardingHeader::Forwarded) {
            Element::from_headers(headers).unwrap_or_default()
        } else {
            Element::default()
        };
        let first = |header: ForwardingHeader, name: &HeaderName| {
            let is_trusted = trusted.trusts(header);
            is_trusted.then(|| first_entry(headers, name)).flatten()
        };
        let is_authority = |host: &str| Authority::parse(host.as_bytes()).is_some();
        let proto = first(ForwardingHeader::XForwardedProto, &X_FORWARDED_PROTO);
        let host = first(ForwardingHeader::XForwardedHost, &X_FORWARDED_HOST);
        let port = first(ForwardingHeader::XForwardedPort, &X_FORWARDED_PORT);
        let prefix = first(ForwardingHeader::XForwardedPrefix, &X_FORWARDED_PREFIX);
        let standard_scheme = standard.proto.as_deref().and_then(Scheme::parse);
        let standard_host = standard.host.filter(|host| is_authority(host));
        Self {
            scheme: standard_scheme.or_else(|| proto.and_then(Scheme::parse)),
            authority: standard_host
                .or_else(|| host.filter(|host| is_authority(host)).map(Cow::Borrowed)),
            port: port.filter(|port| is_port(port)),
            prefix: prefix.and_then(path_prefix).unwrap_or_default(),
        }
    }
}

/// The lines of a header make one list (RFC 9110, section 5.3); one that is not text ends it, so
/// that an entry of a proxy further in is never taken for the first.
fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    headers
        .get_all(name)
        .into_iter()
        .map_while(|line| line.to_str().ok())
}

fn first_entry<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    lines(headers, name)
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .find(|entry| !entry.is_empty())
}

/// Stricter than parsing a number, which takes a sign too.
fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

fn path_prefix(text: &str) -> Option<&str> {
    let is_path = text.starts_with('/')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#');
    is_path.then(|| text.trim_end_matches('/'))
}

/// A `forwarded-element` of RFC 7239, section 4.
#[derive(Default)]
struct Element<'a> {
    proto: Option<Cow<'a, str>>,
    host: Option<Cow<'a, str>>,
}

impl<'a> Element<'a> {
    /// The first element that is not empty; `None` where it is malformed.
    fn from_headers(headers: &'a HeaderMap) -> Option<Self> {
        lines(headers, &FORWARDED)
            .map(|line| line.trim_start_matches([' ', '\t', ',']))
            .find(|line| !line.is_empty())
            .and_then(Self::first_of)
    }

    /// Reads up to the first comma outside a quoted string. A pair may be empty, as in `;;`.
    fn first_of(list: &'a str) -> Option<Self> {
        let mut element = Self::default();
        let mut rest = list;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ';']);
            if rest.is_empty() || rest.starts_with(',') {
                return Some(element);
            }
            let (name, after) = rest.split_once('=')?;
            let (value, after) = value(after)?;
            element.set(name.trim_end(), value)?;
            rest = after.trim_start();
            if !rest.is_empty() && !rest.starts_with([';', ',']) {
                return None;
            }
        }
    }

    /// `None` for a name that is not a token, or is there twice (RFC 7239, section 4).
    fn set(&mut self, name: &str, value: Cow<'a, str>) -> Option<()> {
        let field = if name.eq_ignore_ascii_case("proto") {
            &mut self.proto
        } else if name.eq_ignore_ascii_case("host") {
            &mut self.host
        } else {
            return is_token(name).then_some(());
        };
        field.replace(value).is_none().then_some(())
    }
}

/// A `token` of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// A token or a quoted string, and what follows it.
fn value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted_string(quoted);
    }
    let end = text.find([';', ',']).unwrap_or(text.len());
    Some((text[..end].trim_end().into(), &text[end..]))
}

/// Reads up to the closing quote; a backslash makes the next character plain.
fn quoted_string(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut unescaped = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((unescaped.into(), &text[index + 1..])),
            '\\' => unescaped.push(characters.next()?.1),
            _ => unescaped.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    /// With every header trusted.
    fn forwarded(headers: &HeaderMap) -> Forwarded<'_> {
        let all = [
            ForwardingHeader::XForwardedProto,
            ForwardingHeader::XForwardedHost,
            ForwardingHeader::XForwardedPort,
            ForwardingHeader::XForwardedPrefix,
            ForwardingHeader::Forwarded,
        ];
        Forwarded::from_headers(headers, &TrustedHeaders::new(all))
    }

    #[test]
    fn a_header_that_is_not_trusted_is_not_read() {
        let headers = headers(&[
            ("forwarded", "host=a.example;proto=http"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "b.example"),
            ("x-forwarded-port", "8443"),
            ("x-forwarded-prefix", "/hooks"),
        ]);
        let read = |trusted: &[ForwardingHeader]| {
            Forwarded::from_headers(&headers, &TrustedHeaders::new(trusted))
        };
        assert_eq!(read(&[]), Forwarded::default());
        let expected = Forwarded {
            scheme: Some(Scheme::Https),
            ..Forwarded::default()
        };
        assert_eq!(read(&[ForwardingHeader::XForwardedProto]), expected);
        let expected = Forwarded {
            authority: Some("b.example".into()),
            ..Forwarded::default()
        };
        assert_eq!(read(&[ForwardingHeader::XForwardedHost]), expected);
        let expected = Forwarded {
            port: Some("8443"),
            prefix: "/hooks",
            ..Forwarded::default()
        };
        let port_and_prefix = [
            ForwardingHeader::XForwardedPort,
            ForwardingHeader::XForwardedPrefix,
        ];
        assert_eq!(read(&port_and_prefix), expected);
        let expected = Forwarded {
            scheme: Some(Scheme::Http),
            authority: Some("a.example".into()),
            ..Forwarded::default()
        };
        assert_eq!(read(&[ForwardingHeader::Forwarded]), expected);
    }

    #[test]
    fn the_first_entry_of_the_first_line_counts() {
        let headers = headers(&[
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", " ,hooks.example.com:8443 , inner"),
            ("x-forwarded-host", "other"),
            ("x-forwarded-port", "8443,80"),
            ("x-forwarded-prefix", "/hooks/, /b"),
        ]);
        assert_eq!(
            forwarded(&headers),
            Forwarded {
                scheme: Some(Scheme::Https),
                authority: Some("hooks.example.com:8443".into()),
                port: Some("8443"),
                prefix: "/hooks",
            }
        );
    }

    #[test]
    fn the_lines_of_a_header_make_one_list() {
        let first_of = |lines: [&str; 3]| {
            let lines = lines.map(|line| ("x-forwarded-host", line));
            forwarded(&headers(&lines)).authority.map(Cow::into_owned)
        };
        assert_eq!(first_of(["", " ,", "a, b"]).as_deref(), Some("a"));
        assert_eq!(first_of(["a", "b", "c"]).as_deref(), Some("a"));
        assert_eq!(first_of([",", "\u{fc}", "inner"]), None);

        let standard = headers(&[
            ("forwarded", ","),
            ("forwarded", "host=a"),
            ("forwarded", "x"),
        ]);
        assert_eq!(forwarded(&standard).authority.as_deref(), Some("a"));
    }

    #[test]
    fn the_standard_header_wins_and_the_others_fill_what_it_leaves_open() {
        let headers = headers(&[
            ("forwarded", "for=192.0.2.1;Proto=HTTPS"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", "hooks.example.com"),
        ]);
        let forwarded = forwarded(&headers);
        assert_eq!(forwarded.scheme, Some(Scheme::Https));
        assert_eq!(forwarded.authority.as_deref(), Some("hooks.example.com"));
    }

    #[test]
    fn quoted_strings_and_odd_spacing_are_read() {
        for (line, host) in [
            (
                r#"host="[2001:db8::1]:8443";proto=https"#,
                "[2001:db8::1]:8443",
            ),
            (
                r#"for="_a,b;host=evil" ; host = "hooks.example.com" , host=inner"#,
                "hooks.example.com",
            ),
            (
                r#" , ;for=1;;host="hooks\.example.com";"#,
                "hooks.example.com",
            ),
            (
                "for=\"[2001:db8::2]\"; host=hooks.example.com, for=10.0.0.1",
                "hooks.example.com",
            ),
        ] {
            let headers = headers(&[("forwarded", line)]);
            assert_eq!(
                forwarded(&headers).authority.as_deref(),
                Some(host),
                "{line}"
            );
        }
    }

    #[test]
    fn a_port_is_a_number_that_a_url_can_have() {
        for (line, port) in [
            ("1", Some("1")),
            ("65535", Some("65535")),
            ("0", None),
            ("65536", None),
            ("+443", None),
            ("-1", None),
            ("a", None),
        ] {
            let headers = headers(&[("x-forwarded-port", line)]);
            assert_eq!(forwarded(&headers).port, port, "{line}");
        }
    }

    #[test]
    fn malformed_headers_are_ignored() {
        let headers = headers(&[
            ("forwarded", "host=\"unclosed"),
            ("x-forwarded-proto", "gopher"),
            ("x-forwarded-host", "example.com/path"),
            ("x-forwarded-port", "+443"),
            ("x-forwarded-prefix", "hooks"),
        ]);
        assert_eq!(forwarded(&headers), Forwarded::default());
        for line in [
            "",
            ",",
            ";",
            "=",
            "host",
            "host=",
            "host=a b",
            "\"",
            "host=\"a\"b",
            "host=\"\\",
            "inner, for=1;host=inner",
            "host=a;host=b",
            "host=a;b",
        ] {
            let headers = self::headers(&[("forwarded", line), ("x-forwarded-prefix", "/a?b")]);
            assert_eq!(forwarded(&headers), Forwarded::default(), "{line}");
        }
    }
}
