use std::borrow::Cow;

use axum::extract::OriginalUri;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, Uri, header, request::Parts, uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    authority::Authority,
    candidate_url::{Scheme, UrlVariants},
    forwarded::Forwarded,
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

/// What a request itself says of the URL it was sent to.
pub(crate) struct RequestUrl<'a> {
    uri: &'a Uri,
    headers: &'a HeaderMap,
    /// As they stand in a URL, from `Authorization: Basic`.
    pub(crate) credentials: Option<String>,
    /// Byte for byte as received.
    pub(crate) path: &'a str,
    /// With its question mark; empty where there is none.
    pub(crate) query: &'a str,
}

impl<'a> RequestUrl<'a> {
    pub(crate) fn of(parts: &'a Parts) -> Self {
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or(&parts.uri, |OriginalUri(uri)| uri);
        let path_and_query = uri.path_and_query().map_or("", uri::PathAndQuery::as_str);
        let query_length = uri.query().map_or(0, |query| "?".len() + query.len());
        let (path, query) = path_and_query.split_at(path_and_query.len() - query_length);
        Self {
            uri,
            headers: &parts.headers,
            credentials: basic_credentials(&parts.headers),
            path,
            query,
        }
    }

    /// The host that the request names, with its port, as they were received.
    pub(crate) fn authority_text(&self) -> Option<&'a str> {
        let text = self.unchecked_authority()?;
        Authority::parse(text).map(|_| text)
    }

    /// The host that the request names, with its port.
    pub(crate) fn authority(&self) -> Option<Authority<'a>> {
        Authority::parse(self.unchecked_authority()?)
    }

    /// HTTP/2 has it in the URI.
    fn unchecked_authority(&self) -> Option<&'a str> {
        match self.uri.authority() {
            Some(authority) => Some(without_userinfo(authority)),
            None => self.headers.get(header::HOST)?.to_str().ok(),
        }
    }

    /// `None` where nothing names a host.
    pub(crate) fn variants(&self, trusts_forwarded_headers: bool) -> Option<UrlVariants<'_>> {
        let forwarded = if trusts_forwarded_headers {
            Forwarded::from_headers(self.headers)
        } else {
            Forwarded::default()
        };
        let https = (self.uri.scheme() == Some(&uri::Scheme::HTTPS)).then_some(Scheme::Https);
        let scheme = forwarded.scheme.or(https);
        let named_by_proxy = forwarded.authority.is_some();
        let (host, port) = match forwarded.authority {
            Some(authority) => host_and_port(authority)?,
            None => borrowed(self.authority()?),
        };
        let port = match forwarded.port {
            Some(forwarded) if !(named_by_proxy && port.is_some()) => {
                let is_default = scheme.is_some_and(|scheme| scheme.default_port() == forwarded);
                (!is_default).then(|| forwarded.into())
            }
            _ => port,
        };
        Some(UrlVariants {
            scheme,
            userinfo: self.credentials.as_deref(),
            host: host.into(),
            port,
            prefix: forwarded.prefix,
            path: self.path,
            query: self.query,
        })
    }
}

pub(crate) fn without_userinfo(authority: &uri::Authority) -> &str {
    let text = authority.as_str();
    text.rsplit_once('@').map_or(text, |(_, host)| host)
}

type HostAndPort<'a> = (Cow<'a, str>, Option<Cow<'a, str>>);

fn host_and_port(authority: Cow<'_, str>) -> Option<HostAndPort<'_>> {
    match authority {
        Cow::Borrowed(text) => Authority::parse(text).map(borrowed),
        Cow::Owned(text) => {
            let Authority { host, port } = Authority::parse(&text)?;
            let port = port.map(|port| port.to_owned().into());
            Some((host.to_owned().into(), port))
        }
    }
}

fn borrowed(authority: Authority<'_>) -> HostAndPort<'_> {
    (authority.host.into(), authority.port.map(Cow::from))
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
    let encode = |text| utf8_percent_encode(text, ENCODED_IN_USERINFO);
    match (user, password) {
        ("", "") => None,
        (user, "") => Some(encode(user).to_string()),
        (user, password) => Some(format!("{}:{}", encode(user), encode(password))),
    }
}
