//! What a request itself says of the URL that it was sent to.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Uri, header, uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    FIRST_FORM_NAME, NoUrl,
    authority::Authority,
    candidates::{Scheme, UrlVariants},
    forwarded::{Forwarded, TrustedHeaders},
};

/// All that RFC 3986, section 3.2.1 does not allow. A colon is allowed: the first one ends the user,
/// who can have none.
const ENCODED_IN_USERINFO: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':');

/// What a request itself says of the URL that it was sent to.
pub(crate) struct RequestUrl<'a> {
    uri: &'a Uri,
    headers: &'a HeaderMap,
    /// As they are written in a URL, from `Authorization: Basic`.
    pub(crate) credentials: Option<String>,
    /// Byte for byte as received.
    pub(crate) path: &'a str,
    /// With its question mark; empty where there is none.
    pub(crate) query: &'a str,
}

impl<'a> RequestUrl<'a> {
    /// `uri` is the one received, before any router stripped a prefix from it.
    pub(crate) fn new(uri: &'a Uri, headers: &'a HeaderMap) -> Self {
        let path_and_query = uri.path_and_query().map_or("", uri::PathAndQuery::as_str);
        let query_length = uri.query().map_or(0, |query| "?".len() + query.len());
        let (path, query) = path_and_query.split_at(path_and_query.len() - query_length);
        Self {
            uri,
            headers,
            credentials: basic_credentials(headers),
            path,
            query,
        }
    }

    /// The host that the request names, with its port.
    ///
    /// HTTP/2 has it in the URI, HTTP/1.1 in `Host`. A request that names two hosts has none that a
    /// handler could rely on.
    pub(crate) fn authority(&self) -> Result<Authority<'a>, NoUrl> {
        let mut named = self.named_authorities();
        let first = named.next().ok_or(NoUrl::UnknownHost)?;
        if !named.all(|other| is_same_host(first, other)) {
            return Err(NoUrl::AmbiguousHost);
        }
        Authority::parse(first).ok_or(NoUrl::UnknownHost)
    }

    /// The host that the request names, or the first of several, as it was received: for a log.
    #[cfg(any(feature = "axum", feature = "explain"))]
    pub(crate) fn named_authority(&self) -> Option<&'a str> {
        let first = self.named_authorities().next()?;
        Authority::parse(first)?;
        str::from_utf8(first).ok()
    }

    /// Where the URI has a host, and in each `Host` line. An empty line counts: a handler may read it in
    /// place of the other.
    fn named_authorities(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let in_uri = self
            .uri
            .authority()
            .map(without_userinfo)
            .map(str::as_bytes);
        let lines = self.headers.get_all(header::HOST).into_iter();
        in_uri.into_iter().chain(lines.map(HeaderValue::as_bytes))
    }

    pub(crate) fn variants(&self, trusted: &TrustedHeaders) -> Result<UrlVariants<'_>, NoUrl> {
        let forwarded = Forwarded::from_headers(self.headers, trusted);
        let https = (self.uri.scheme() == Some(&uri::Scheme::HTTPS)).then_some(Scheme::Https);
        // An inner proxy may have written a header's scheme, so it excludes nothing.
        let known = https.or(forwarded.scheme);
        let named_by_proxy = forwarded.authority.is_some();
        let (host, port) = if let Some(authority) = &forwarded.authority {
            let Authority { host, port } =
                Authority::parse(authority.as_bytes()).ok_or(NoUrl::UnknownHost)?;
            let port = port.map(|port| Cow::from(port.to_owned()));
            (Cow::from(host.to_owned()), port)
        } else {
            let Authority { host, port } = self.authority()?;
            (Cow::from(host), port.map(Cow::from))
        };
        let port = match forwarded.port {
            Some(forwarded) if !(named_by_proxy && port.is_some()) => {
                let is_default = known.is_some_and(|scheme| scheme.default_port() == forwarded);
                (!is_default).then(|| forwarded.into())
            }
            _ => port,
        };
        Ok(UrlVariants {
            scheme: known.unwrap_or(Scheme::Https),
            may_have_other_scheme: https.is_none(),
            userinfo: self.credentials.as_deref(),
            host,
            port,
            prefix: forwarded.prefix,
            path: self.path,
            query: self.query,
            is_exact: false,
        })
    }
}

/// Case and a default port aside.
fn is_same_host(one: &[u8], other: &[u8]) -> bool {
    without_default_port(one).eq_ignore_ascii_case(without_default_port(other))
}

fn without_default_port(authority: &[u8]) -> &[u8] {
    [&b":443"[..], b":80", b":"]
        .into_iter()
        .find_map(|port| authority.strip_suffix(port))
        .unwrap_or(authority)
}

pub(crate) fn without_userinfo(authority: &uri::Authority) -> &str {
    let text = authority.as_str();
    text.rsplit_once('@').map_or(text, |(_, host)| host)
}

/// A client that is given `https://user:password@host/` sends the credentials in this header
/// (RFC 7617); one without a password is given as `https://user@host/`.
fn basic_credentials(headers: &HeaderMap) -> Option<String> {
    let (scheme, encoded) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    if decoded.contains(FIRST_FORM_NAME) {
        return None;
    }
    let encode = |text| utf8_percent_encode(text, ENCODED_IN_USERINFO);
    match (user, password) {
        ("", "") => None,
        (user, "") => Some(encode(user).to_string()),
        (user, password) => Some(format!("{}:{}", encode(user), encode(password))),
    }
}
