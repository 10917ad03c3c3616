//! The likeliest reasons where nothing matches: what the request and the keys speak for.

use http::{HeaderMap, Method, header, request::Parts};

use super::url::{
    headers::hosts,
    host_kind::HostKind,
    text::{UrlText, host_and_port},
};
use crate::{
    form::MAX_PARAMETERS,
    key::{SigningKey, SigningKeys},
    log_text::log_text,
};

/// No more are told.
const MAX_REASONS: usize = 3;

/// A reason, and how much speaks for it: the higher, the more.
struct Reason {
    weight: u8,
    text: String,
}

/// What there is to see of a request that nothing explains.
pub(super) struct Visible<'a> {
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
    pub(super) tried: &'a [String],
    pub(super) dashboard: Option<&'a str>,
    pub(super) keys: &'a SigningKeys,
}

impl Visible<'_> {
    /// Of a request whose signature nothing explains: the three that most speaks for.
    pub(super) fn of_mismatch(&self) -> Vec<String> {
        let mut reasons = vec![self.key(), self.url(), forged()];
        reasons.extend(self.body());
        reasons.extend(self.web_socket());
        reasons.extend(self.redirect());
        reasons.extend(self.encoding());
        reasons.extend(self.length());
        reasons.extend(self.content_type());
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.weight));
        reasons
            .into_iter()
            .take(MAX_REASONS)
            .map(|reason| reason.text)
            .collect()
    }

    /// Of a request without a signature.
    pub(super) fn of_missing_signature(&self) -> Vec<String> {
        let mut reasons: Vec<String> = self.web_socket().into_iter().map(|one| one.text).collect();
        reasons.extend(
            [
                "the request is not from SignalWire, as one from a browser, a scanner or curl",
                "a proxy or gateway drops the header X-SignalWire-Signature: let it pass all headers on",
                "it is one that SignalWire may not sign (SWAIG functions, post_prompt_url, the SWML \
                 method request): leave its route outside the layer and protect it with basic auth",
            ]
            .map(str::to_owned),
        );
        reasons.truncate(MAX_REASONS);
        reasons
    }

    fn key(&self) -> Reason {
        const ANOTHER: &str = "another Signing Key signed it: compare the fingerprint of the key in the dashboard's API \
             Credentials (`printf %s \"$KEY\" | sha256sum | cut -c1-8`) with those of the keys tried, of \
             the project that owns the number, and allow a minute after a reset";
        let begins_with =
            |prefix: &'static [u8]| move |key: &SigningKey| key.text().starts_with(prefix);
        let is_placeholder = |key: &SigningKey| {
            let starts: [&[u8]; 5] = [b"${", b"$(", b"{{", b"%(", b"<%"];
            starts.iter().any(|start| key.text().starts_with(start))
        };
        let (weight, text) = if self.keys.iter().any(is_placeholder) {
            (
                11,
                "the configured key is a placeholder that nothing has replaced with the Signing Key"
                    .to_owned(),
            )
        } else if self.keys.iter().any(begins_with(b"PT")) {
            (
                11,
                "the configured key begins with PT, as an API token does: copy the Signing Key, which \
                 begins with PSK, from the dashboard's API Credentials"
                    .to_owned(),
            )
        } else if !self.keys.iter().any(begins_with(b"PSK")) {
            (
                if self.dashboard.is_some() { 9 } else { 7 },
                format!(
                    "no configured key begins with PSK, as a Signing Key does: copy it from the \
                     dashboard's API Credentials; or {ANOTHER}"
                ),
            )
        } else {
            let weight = if self.dashboard.is_some() { 8 } else { 6 };
            (weight, ANOTHER.to_owned())
        };
        Reason { weight, text }
    }

    fn url(&self) -> Reason {
        const SAY_IT: &str = "pass it with --dashboard-url to `signalwire-webhook explain`, or set \
                              SIGNALWIRE_WEBHOOK_URL to its part before the path";
        if self.dashboard.is_some() {
            return Reason {
                weight: 5,
                text: "the url in the dashboard is another one, or its path or query is changed on the \
                       way in an unusual manner"
                    .to_owned(),
            };
        }
        let (weight, why) = match self.likeliest_host() {
            Some((HostKind::Public, _)) => match self.proxy() {
                Some(proxy) => (
                    9,
                    format!(
                        "it came through {proxy}, after which the public host is mostly another one"
                    ),
                ),
                None => (
                    7,
                    "its host, path or query is not the one that was called".to_owned(),
                ),
            },
            Some((HostKind::Provider, host)) => (
                9,
                format!("{} is a name that a provider gave", log_text(&host)),
            ),
            Some((HostKind::Private, host)) => (
                9,
                format!("{} is not a name that SignalWire can call", log_text(&host)),
            ),
            None => (9, "the request names no host".to_owned()),
        };
        Reason {
            weight,
            text: format!(
                "the url in the dashboard is one that nothing in the request names ({why}): {SAY_IT}"
            ),
        }
    }

    /// The most public one of those that the layer tries or the request names.
    fn likeliest_host(&self) -> Option<(HostKind, String)> {
        let tried = self.tried.iter().filter_map(|url| UrlText::parse(url));
        tried
            .map(|url| url.host)
            .chain(hosts(&self.parts.headers).map(|host| host_and_port(host).0))
            .map(|host| (HostKind::of(host), host.to_owned()))
            .min_by_key(|(kind, _)| kind.rank())
    }

    fn proxy(&self) -> Option<String> {
        let via = self.parts.headers.get(header::VIA)?.to_str().ok()?;
        let is_content_network = [
            "cloudfront",
            "fastly",
            "varnish",
            "akamai",
            "google",
            "cloudflare",
        ]
        .iter()
        .any(|name| via.to_ascii_lowercase().contains(name));
        is_content_network.then(|| format!("`Via: {}`", log_text(via)))
    }

    fn has_no_body(&self) -> bool {
        self.body.is_empty()
    }

    fn body(&self) -> Option<Reason> {
        (!self.has_no_body()).then(|| Reason {
            weight: 5,
            text: "the body was changed in a way that cannot be undone, as by a proxy that rewrites it \
                   or a layer outside this one that parses it"
                .to_owned(),
        })
    }

    /// A redirect makes a GET of a POST and drops its body, so that nothing is left to verify.
    fn redirect(&self) -> Option<Reason> {
        let is_get = [Method::GET, Method::HEAD].contains(&self.parts.method);
        (is_get && self.has_no_body()).then(|| Reason {
            weight: 6,
            text: "it was a POST, and a redirect (301 or 302, as from http to https or to another \
                   slash) made a GET of it without its body: configure the redirect's target at \
                   SignalWire"
                .to_owned(),
        })
    }

    fn web_socket(&self) -> Option<Reason> {
        let is_upgrade = has_token(&self.parts.headers, header::UPGRADE, "websocket");
        let is_configured = self.dashboard.is_some_and(|url| {
            url.get(..2)
                .is_some_and(|start| start.eq_ignore_ascii_case("ws"))
        });
        (is_upgrade || is_configured).then(|| Reason {
            weight: 12,
            text: "it is the WebSocket handshake of a <Stream>, which SignalWire does not sign: route \
                   it outside the layer and check its bearer token"
                .to_owned(),
        })
    }

    fn encoding(&self) -> Option<Reason> {
        let encoding = self.parts.headers.get(header::CONTENT_ENCODING)?;
        let name = encoding.to_str().ok()?.trim().to_ascii_lowercase();
        if self.has_no_body() || name.is_empty() || name == "identity" {
            return None;
        }
        let why = if ["gzip", "deflate"].contains(&name.as_str()) {
            "and what it holds is not what was signed"
        } else {
            "which this explanation does not read"
        };
        Some(Reason {
            weight: 8,
            text: format!(
                "the body is compressed (`Content-Encoding: {}`), {why}: switch the compression off on \
                 the way, or decompress it before the layer",
                log_text(&name)
            ),
        })
    }

    fn length(&self) -> Option<Reason> {
        let length = self.parts.headers.get(header::CONTENT_LENGTH)?;
        let length: usize = length.to_str().ok()?.trim().parse().ok()?;
        (length != self.body.len()).then(|| Reason {
            weight: 10,
            text: format!(
                "the body is not as long as Content-Length says ({} bytes of {length}): something read, \
                 cut off or rewrote it before it arrived here",
                self.body.len()
            ),
        })
    }

    fn content_type(&self) -> Option<Reason> {
        let content_type = self
            .parts
            .headers
            .get(header::CONTENT_TYPE)?
            .to_str()
            .ok()?;
        let parameters = self.body.split(|byte| *byte == b'&').count();
        if parameters > MAX_PARAMETERS {
            return Some(Reason {
                weight: 9,
                text: "the form has more than 1,000 parameters, which SignalWire does not send"
                    .to_owned(),
            });
        }
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_foreign = [
            "multipart/form-data",
            "text/xml",
            "application/xml",
            "text/html",
        ]
        .iter()
        .any(|foreign| essence.eq_ignore_ascii_case(foreign));
        (is_foreign && !self.has_no_body()).then(|| Reason {
            weight: 8,
            text: format!(
                "SignalWire does not send `Content-Type: {}`: something wrote the body anew",
                log_text(essence)
            ),
        })
    }
}

fn forged() -> Reason {
    Reason {
        weight: 4,
        text: "the request is forged, or was changed after it was signed, and is rightly refused"
            .to_owned(),
    }
}

fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(token))
}

/// Of a signature that is not one.
pub(super) fn of_malformed_signature() -> Vec<String> {
    [
        "a proxy or gateway cut off or rewrote the signature header",
        "the request is signed by a tool of your own that writes neither hex nor base64 of an \
         HMAC-SHA1 or HMAC-SHA256: `signalwire-webhook sign` prints the right headers",
        "the request is forged, and is rightly refused",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::url::PublicUrl;

    fn reasons(
        method: Method,
        headers: &[(&str, &str)],
        body: &str,
        key: &str,
        dashboard: Option<&str>,
    ) -> Vec<String> {
        let mut request = Request::builder().method(method).uri("/sms");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let visible = Visible {
            parts: &parts,
            body: body.as_bytes(),
            tried: &PublicUrl::from_request().candidates(&parts),
            dashboard,
            keys: &SigningKey::new(key).unwrap().into(),
        };
        visible.of_mismatch()
    }

    #[test]
    fn the_likeliest_reason_is_the_one_that_the_request_speaks_for() {
        let public = ("host", "hooks.example.com");
        let url = Some("https://hooks.example.com/sms");
        for (headers, key, dashboard, first) in [
            (&[public][..], "PSKa", None, "the url in the dashboard"),
            (&[public], "PSKa", url, "another Signing Key"),
            (
                &[public],
                "PT1234",
                None,
                "the configured key begins with PT",
            ),
            (
                &[public],
                "${KEY}",
                None,
                "the configured key is a placeholder",
            ),
            (&[public], "abcd", url, "no configured key begins with PSK"),
            (
                &[("host", "app:3000")],
                "PSKa",
                None,
                "the url in the dashboard",
            ),
            (
                &[public, ("content-length", "100")],
                "PSKa",
                None,
                "the body is not as long",
            ),
            (
                &[public, ("content-encoding", "br")],
                "PSKa",
                None,
                "the body is compressed",
            ),
            (
                &[public, ("upgrade", "websocket")],
                "PSKa",
                None,
                "it is the WebSocket",
            ),
            (
                &[public],
                "PSKa",
                Some("wss://hooks.example.com/s"),
                "it is the WebSocket",
            ),
            (
                &[public, ("content-type", "multipart/form-data; b=1")],
                "PSKa",
                None,
                "SignalWire does not send",
            ),
        ] {
            let found = reasons(Method::POST, headers, "a=b", key, dashboard);
            assert!(found[0].starts_with(first), "{headers:?} {key}: {found:?}");
            assert_eq!(found.len(), 3);
        }
    }

    #[test]
    fn the_url_is_doubted_for_what_its_host_is() {
        for (headers, why) in [
            (
                &[("host", "app:3000")][..],
                "app is not a name that SignalWire can call",
            ),
            (
                &[("host", "x.cloudfront.net")],
                "x.cloudfront.net is a name that a provider gave",
            ),
            (
                &[
                    ("host", "a.example"),
                    ("via", "1.1 x.cloudfront.net (CloudFront)"),
                ],
                "it came through `Via: 1.1 x.cloudfront.net (CloudFront)`",
            ),
            (&[], "the request names no host"),
        ] {
            let found = reasons(Method::POST, headers, "a=b", "PSKa", None);
            assert!(found[0].contains(why), "{found:?}");
        }
    }

    #[test]
    fn a_get_without_a_body_has_no_reason_of_its_body_and_may_have_been_a_post() {
        let found = reasons(Method::GET, &[("host", "a.example")], "", "PSKa", None);
        assert!(
            found.iter().all(|reason| !reason.starts_with("the body")),
            "{found:?}"
        );
        assert!(
            found
                .iter()
                .any(|reason| reason.starts_with("it was a POST")),
            "{found:?}"
        );
    }
}
