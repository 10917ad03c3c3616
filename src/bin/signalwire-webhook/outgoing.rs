use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use percent_encoding::percent_decode_str;
use signalwire_webhook::{PublicUrl, SigningKey};

use crate::{content::Content, failure::Failure};

/// A request as SignalWire makes it.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// Without credentials.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Outgoing {
    /// A request to `url`, not signed.
    pub(crate) fn new(url: &str, content: &Content) -> Result<Self, Failure> {
        PublicUrl::exact(url).map_err(|error| Failure::usage(error.to_string()))?;
        let (target, userinfo) = without_userinfo(url);
        let mut headers = vec![("Content-Type".to_owned(), content.content_type().to_owned())];
        if let Some(userinfo) = userinfo {
            let credentials: Vec<u8> = percent_decode_str(&userinfo).collect();
            let credentials = format!("Basic {}", STANDARD.encode(credentials));
            headers.push(("Authorization".to_owned(), credentials));
        }
        Ok(Self {
            target,
            headers,
            body: content.body(),
        })
    }

    pub(crate) fn add_header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }
}

/// The headers that sign `content` for `url`: a form as cXML, anything else as SWML.
pub(crate) fn signature_headers(
    key: &SigningKey,
    url: &str,
    content: &Content,
) -> Vec<(String, String)> {
    let header = |name: &str, signature| (name.to_owned(), signature);
    match content {
        Content::Form(parameters) => {
            let pairs = parameters
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            vec![header("X-SignalWire-Signature", key.sign_form(url, pairs))]
        }
        Content::Raw { body, .. } => vec![
            header("X-SignalWire-Signature", key.sign_body(url, body)),
            header(
                "X-SignalWire-SHA256-Signature",
                key.sign_body_sha256(url, body),
            ),
        ],
    }
}

/// The URL that is signed: as configured at SignalWire, with the path and query of the request
/// where it has none of its own.
pub(crate) fn signed_url(target: &str, public_url: Option<&str>) -> Result<String, Failure> {
    let Some(public_url) = public_url else {
        return Ok(target.to_owned());
    };
    PublicUrl::exact(public_url).map_err(|error| Failure::usage(error.to_string()))?;
    let has_path = public_url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .is_some_and(|(_, path)| !path.is_empty());
    if has_path || public_url.contains('?') {
        return Ok(public_url.to_owned());
    }
    let uri: Uri = target
        .parse()
        .map_err(|error| Failure::usage(format!("the url {target:?} cannot be called: {error}")))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Ok(format!("{}{path}", public_url.trim_end_matches('/')))
}

pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

fn without_userinfo(url: &str) -> (String, Option<String>) {
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((userinfo, host)) => (
            format!("{scheme}://{host}{}", &rest[end..]),
            Some(userinfo.to_owned()),
        ),
        None => (url.to_owned(), None),
    }
}
