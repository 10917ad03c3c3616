//! Which URLs each package tries: what they do, not what they should.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{package::Package, webhook_url::WebhookUrl};

/// What JavaScript's `encodeURIComponent` encodes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

impl Package {
    /// Those that it tries for a signature in base64.
    pub fn urls(self, url: &WebhookUrl) -> Vec<String> {
        let (given, other_port) = match self {
            Self::CompatibilityApi | Self::WebApi => {
                let url = by_url_parse(url.clone());
                (url.clone(), Some(url.with_other_port()))
            }
            Self::Python => (url.clone(), rebuilt_by_python(url)),
            Self::Rust => (url.clone().with_path(), with_port_by_rust(url)),
        };
        [Some(given), other_port]
            .into_iter()
            .flatten()
            .map(|url| url.to_string())
            .collect()
    }

    /// The one that it tries for a signature in hex.
    pub fn url_as_given(self, url: &WebhookUrl) -> String {
        match self {
            Self::Rust => url.clone().with_path().to_string(),
            _ => url.to_string(),
        }
    }
}

/// `url-parse` of npm: the host in lower case, a path always, the credentials encoded anew.
fn by_url_parse(url: WebhookUrl) -> WebhookUrl {
    let mut url = url.with_host_in_lower_case().with_path();
    url.path = url.path.replace('\\', "/");
    url.userinfo = url.userinfo.map(|userinfo| {
        let encode = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8_lossy();
            utf8_percent_encode(&decoded, COMPONENT).to_string()
        };
        match userinfo.split_once(':') {
            Some((user, "")) => encode(user),
            Some((user, password)) => format!("{}:{}", encode(user), encode(password)),
            None => encode(&userinfo),
        }
    });
    if url.has_default_port() {
        url.port = None;
    }
    url
}

/// `urlunparse` of Python, which the package hands neither the credentials nor the path's
/// parameters.
fn rebuilt_by_python(url: &WebhookUrl) -> Option<WebhookUrl> {
    if url.port.is_some() && !url.has_default_port() {
        return None;
    }
    let mut rebuilt = url
        .clone()
        .with_other_port()
        .with_host_in_lower_case()
        .without_credentials();
    let segment_start = rebuilt.path.rfind('/').unwrap_or(0);
    if let Some(position) = rebuilt.path[segment_start..].find(';') {
        rebuilt.path.truncate(segment_start + position);
    }
    if rebuilt.query == "?" {
        rebuilt.query.clear();
    }
    Some(rebuilt)
}

/// The Rust crate takes the last colon for a port's, though it stands in the credentials.
fn with_port_by_rust(url: &WebhookUrl) -> Option<WebhookUrl> {
    let colons = match &url.userinfo {
        Some(userinfo) => format!("{userinfo}{}", url.host),
        None => url.host.trim_start_matches('[').replace(':', ""),
    };
    let has_other_port = match &url.port {
        Some(_) => !url.has_default_port(),
        None => colons.contains(':'),
    };
    (!has_other_port).then(|| url.clone().with_path().with_other_port())
}
