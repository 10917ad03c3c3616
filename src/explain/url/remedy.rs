use http::request::Parts;

use crate::explain::remedy::Remedy;
use crate::explain::url::text::UrlText;
use crate::{ForwardingHeader, log_text::log_text, url::PublicUrl};

/// The configuration with which the layer tries the URL that was signed, each held against the
/// request before it is proposed.
pub(in crate::explain) fn url_remedy(
    signed: &str,
    parts: &Parts,
    shows_queries: bool,
) -> Option<Remedy> {
    let url = UrlText::parse(signed)?;
    let covers = |public_url: &PublicUrl| {
        public_url
            .candidates(parts)
            .iter()
            .any(|tried| tried == signed)
    };
    let by_request = PublicUrl::from_request();
    let request_suffices = covers(&by_request);
    let sufficient_headers = if request_suffices {
        Vec::new()
    } else {
        sufficient_headers(parts, covers)
    };
    for base in bases(&url) {
        if let Some(public_url) = PublicUrl::base(&base.text).ok().filter(covers) {
            return Some(Remedy::PublicUrl {
                public_url,
                code: format!("PublicUrl::base(\"{}\")?", base.shown),
                variable: Some(base.shown),
                request_suffices,
                sufficient_headers: sufficient_headers.clone(),
            });
        }
    }
    let without_default_port = without_default_port(signed, &url);
    for exact in [without_default_port.as_deref().unwrap_or(signed), signed] {
        if let Some(public_url) = PublicUrl::exact(exact).ok().filter(covers) {
            return Some(Remedy::PublicUrl {
                public_url,
                code: format!("PublicUrl::exact(\"{}\")?", shown(exact, shows_queries)),
                variable: None,
                request_suffices,
                sufficient_headers: sufficient_headers.clone(),
            });
        }
    }
    Some(dashboard_remedy(&url, shows_queries))
}

/// The fewest headers with which the layer tries the URL: those that are there, without each that it
/// does not need.
fn sufficient_headers(parts: &Parts, covers: impl Fn(&PublicUrl) -> bool) -> Vec<ForwardingHeader> {
    let mut headers: Vec<ForwardingHeader> = [
        (ForwardingHeader::XForwardedProto, "x-forwarded-proto"),
        (ForwardingHeader::XForwardedHost, "x-forwarded-host"),
        (ForwardingHeader::XForwardedPort, "x-forwarded-port"),
        (ForwardingHeader::XForwardedPrefix, "x-forwarded-prefix"),
        (ForwardingHeader::Forwarded, "forwarded"),
    ]
    .into_iter()
    .filter(|(_, name)| parts.headers.contains_key(*name))
    .map(|(header, _)| header)
    .collect();
    if !covers(&PublicUrl::from_headers(&headers)) {
        return Vec::new();
    }
    for candidate in headers.clone() {
        let mut fewer = headers.clone();
        fewer.retain(|header| *header != candidate);
        if covers(&PublicUrl::from_headers(&fewer)) {
            headers = fewer;
        }
    }
    headers
}

struct Base {
    text: String,
    shown: String,
}

/// The signed URL cut off after its host, and after each part of its path; without its
/// credentials first, since the request may carry them.
fn bases(url: &UrlText<'_>) -> Vec<Base> {
    const MAX_PREFIXES: usize = 8;
    let port = url.port.filter(|&port| port != url.default_port());
    let authority = UrlText { port, ..*url }.authority();
    let slashes = url.path.match_indices('/').map(|(index, _)| index);
    let ends = [0].into_iter().chain(slashes).chain([url.path.len()]);
    let mut prefixes: Vec<&str> = ends.map(|end| &url.path[..end]).collect();
    prefixes.dedup();
    prefixes.truncate(MAX_PREFIXES);
    let mut bases = Vec::new();
    for userinfo in [None, url.userinfo] {
        let (given, masked) = match userinfo {
            Some(userinfo) => (format!("{userinfo}@"), "***@"),
            None => (String::new(), ""),
        };
        for prefix in &prefixes {
            bases.push(Base {
                text: format!("{}://{given}{authority}{prefix}", url.scheme),
                shown: format!("{}://{masked}{authority}{prefix}", url.scheme),
            });
        }
    }
    bases
}

fn without_default_port(signed: &str, url: &UrlText<'_>) -> Option<String> {
    let port = url.port.filter(|&port| port == url.default_port())?;
    Some(signed.replacen(&format!("{}:{port}", url.host), url.host, 1))
}

/// What no configuration of the layer can express has to change at SignalWire.
fn dashboard_remedy(url: &UrlText<'_>, shows_queries: bool) -> Remedy {
    let userinfo = url
        .userinfo
        .map_or(String::new(), |userinfo| format!("{userinfo}@"));
    let plain = format!(
        "{}://{userinfo}{}{}{}",
        url.scheme,
        url.authority(),
        percent_encoding::utf8_percent_encode(url.path, NOT_IN_A_URL),
        percent_encoding::utf8_percent_encode(url.query, NOT_IN_A_URL),
    );
    Remedy::DashboardUrl {
        shown: shown(&plain, shows_queries),
        url: plain,
    }
}

/// What a request line cannot hold.
const NOT_IN_A_URL: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\');

/// A URL for a text: without credentials, and with its query only where that is asked for.
pub(in crate::explain) fn shown(url: &str, shows_queries: bool) -> String {
    let Some(url) = UrlText::parse(url) else {
        return "an unknown url".to_owned();
    };
    if !shows_queries {
        return log_text(&url.masked()).into_owned();
    }
    let plain = UrlText {
        query: "",
        fragment: "",
        ..url
    };
    format!("{}{}{}", plain.masked(), url.query, url.fragment)
}
